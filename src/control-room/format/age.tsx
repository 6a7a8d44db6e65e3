/** How long ago, absolute on hover. */

import { useNow } from './now.ts'
import { useFormat } from './use-format.ts'

export function Age({ at, since = false }: { at: string; since?: boolean }) {
  const format = useFormat()
  const ms = Math.max(0, useNow() - Date.parse(at))
  return (
    <time dateTime={at} title={format.absolute(at)}>
      {since ? format.duration(ms) : format.ago(ms)}
    </time>
  )
}
