/** What came while the list was held still; the worst of it by its shape. */
import { UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SEVERITIES } from '../../model/alarm.ts'
import type { Alarm } from '../api/types.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './wall.module.css'

export function NewBar({ fresh, onShow }: { fresh: readonly Alarm[]; onShow(): void }) {
  const { t } = useTranslation()
  const worst = SEVERITIES.find((severity) => fresh.some((alarm) => alarm.severity === severity))
  if (!worst) return null
  return (
    <UnstyledButton className={styles.fresh} onClick={onShow} aria-keyshortcuts="n">
      <SeverityMark severity={worst} bare />
      {t('alarms.fresh', { count: fresh.length })}
    </UnstyledButton>
  )
}
