/** How long ago, absolute on hover. */

import { useTranslation } from 'react-i18next'
import { useNow } from './now.ts'
import { useFormat } from './use-format.ts'

/** Seconds that tick beside a value that is fresh are only noise. */
const JUST_NOW_MS = 15_000

export function Age({ at, since = false }: { at: string; since?: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const ms = Math.max(0, useNow() - Date.parse(at))
  return (
    <time dateTime={at} title={format.absolute(at)}>
      {since ? format.duration(ms) : ms < JUST_NOW_MS ? t('age.now') : format.ago(ms)}
    </time>
  )
}
