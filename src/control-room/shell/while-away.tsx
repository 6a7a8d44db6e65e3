/** What came while nobody was at this desk, as one line that leads to the sheet of that time. */
import { CloseButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { shiftAlarms } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { onGateway, useLiveStatus } from '../live/status.ts'
import { useMay, useSession } from '../session/use-session.ts'
import styles from './shell.module.css'
import { useAway } from './use-away.ts'

export function WhileAway() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const { since: left, dismiss } = useAway(useSession().user)
  useLiveStatus() // with the first word of the gateway its clock is known
  const since = left === undefined ? undefined : onGateway(left)
  const allowed = may('alarms:read') && may('reports:read')
  const { data } = useQuery({
    ...shiftAlarms(since ?? 0),
    enabled: allowed && since !== undefined,
    refetchInterval: false,
  })
  if (!allowed || since === undefined || !data || data.items.length === 0) return null
  return (
    <p className={styles.away}>
      <Link to={`/reports/shift?from=${new Date(since).toISOString()}`} onClick={dismiss}>
        {t('away.since', { count: data.items.length, time: format.dayTime(since) })}
      </Link>
      <CloseButton size="xs" aria-label={t('away.dismiss')} onClick={dismiss} />
    </p>
  )
}
