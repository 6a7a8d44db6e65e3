/** One checkpoint: rings where a guard was due, dots where one was. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { listReadings, MOST_READINGS } from '../api/calls.ts'
import type { Alarm } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useDevices } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './patrol.module.css'

type Props = {
  readonly checkpoint: string
  readonly due: readonly number[]
  readonly from: number
  readonly to: number
  readonly now: number
  readonly alarm: Alarm | undefined
}

/** The readings are asked for from a fixed hour on, so that time going by is no new question. */
const HOUR = 3_600_000

export function Lane({ checkpoint, due, from, to, now, alarm }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const device = useDevices().get(checkpoint)
  const start = Math.floor(from / HOUR) * HOUR
  const { data } = useQuery({
    // A new visit changes `lastSeenAt`, and that asks anew
    queryKey: ['readings', checkpoint, 'visits', start, device?.lastSeenAt],
    queryFn: ({ signal }) =>
      listReadings(
        checkpoint,
        { from: new Date(start).toISOString(), to: new Date(to + HOUR).toISOString() },
        MOST_READINGS,
        signal,
      ),
    placeholderData: (before) => before,
  })
  const visits = (data?.items ?? []).flatMap(({ at, values }) => {
    const when = Date.parse(at)
    return when >= from && when < to ? { when, guard: String(values.guard ?? values.tag ?? '') } : []
  })
  const place = (at: number) => `${((at - from) / (to - from)) * 100}%`
  const name = device?.name ?? checkpoint
  return (
    <div className={styles.lane}>
      <span className={styles.name}>
        {alarm ? (
          <SeverityMark severity={alarm.severity} seen={alarm.acknowledged !== undefined} bare />
        ) : null}
        <Link to={alarm ? `/?alarm=${alarm.id}` : `/devices/${checkpoint}`} className="truncate">
          {name}
        </Link>
        <span className="quiet">
          {device?.lastSeenAt ? <Age at={device.lastSeenAt} /> : t('status.never-seen')}
        </span>
      </span>
      <div
        className={styles.track}
        role="img"
        aria-label={t('patrol.lane', {
          name,
          due: due.filter((at) => at < now).length,
          count: visits.length,
        })}
      >
        <span className={styles.nowLine} style={{ left: place(now) }} />
        {due.map((at) => (
          <span key={at} className={styles.due} style={{ left: place(at) }} title={format.clock(at)} />
        ))}
        {visits.map(({ when, guard }) => (
          <span
            key={when}
            className={styles.was}
            style={{ left: place(when) }}
            title={t('patrol.visit', { guard, time: format.clockSeconds(when) })}
          />
        ))}
      </div>
    </div>
  )
}
