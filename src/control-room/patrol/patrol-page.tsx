/** Patrol rounds as lanes: where a guard was due, and when one was there. */
import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { openAlarms, site as siteQuery } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import { Lane } from './lane.tsx'
import styles from './patrol.module.css'
import { dueIn } from './rounds.ts'

const RANGES = { '1h': 3_600_000, '4h': 14_400_000, '12h': 43_200_000 } as const
/** What is due next is shown before it is due. */
const AHEAD = 0.1

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const { asked, change } = useAddress()
  const here = useQuery(siteQuery)
  const { data: site } = here
  const alarms = useQuery({ ...openAlarms, enabled: may('alarms:read') }).data?.items ?? []
  const now = useNow(10_000)
  const range =
    (Object.keys(RANGES) as (keyof typeof RANGES)[]).find((one) => one === asked.get('range')) ?? '1h'
  const span = RANGES[range]
  const [from, to] = [now - span * (1 - AHEAD), now + span * AHEAD]

  if (!site) return <Unanswered of={here} />
  if (site.routes.length === 0) return <Empty title={t('patrol.none')}>{t('patrol.noneHelp')}</Empty>
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.patrol')}</h1>
        <SegmentedControl
          className="no-print"
          aria-label={t('device.range')}
          value={range}
          data={Object.entries(RANGES).map(([value, ms]) => ({ value, label: format.duration(ms) }))}
          onChange={(value) => change({ range: value })}
        />
        <ul className={styles.legend}>
          <li>
            <span className={styles.due} /> {t('patrol.due')}
          </li>
          <li>
            <span className={styles.was} /> {t('patrol.was')}
          </li>
        </ul>
      </div>
      {site.routes.map((route) => {
        const due = dueIn(route, from, to, site.timeZone)
        return (
          <section key={route.id} className={styles.route}>
            <h2>{route.name}</h2>
            <p className="quiet">
              {'everyMinutes' in route.starts
                ? t('patrol.every', { count: route.starts.everyMinutes })
                : t('patrol.at', {
                    times: new Intl.ListFormat(undefined, { type: 'unit' }).format(route.starts.at),
                  })}
            </p>
            <div className={styles.axis}>
              <span />
              <div>
                <span>{format.clock(from)}</span>
                <span style={{ left: `${(1 - AHEAD) * 100}%` }} className={styles.now}>
                  {format.clock(now)}
                </span>
              </div>
            </div>
            {route.visits.map(({ checkpoint }) => (
              <Lane
                key={checkpoint}
                checkpoint={checkpoint}
                due={due.get(checkpoint) ?? []}
                from={from}
                to={to}
                now={now}
                alarm={alarms.find(
                  (alarm) => alarm.device === checkpoint && alarm.clearedAt === null && !alarm.suppression,
                )}
              />
            ))}
          </section>
        )
      })}
    </div>
  )
}
