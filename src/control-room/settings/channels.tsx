/** The channels of notifications and how each is doing. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { channels, notifications } from '../api/queries.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { Failed, Loading } from '../parts/states.tsx'
import styles from './settings.module.css'

export function Channels() {
  const { t } = useTranslation()
  const format = useFormat()
  const { data, error, refetch } = useQuery(channels)
  const dead = useQuery(notifications({ state: 'dead' })).data?.items ?? []
  return (
    <section className={styles.wide}>
      <h2>{t('channel.title')}</h2>
      {data || error ? null : <Loading />}
      {error && !data ? <Failed cause={error} retry={() => void refetch()} /> : null}
      {data?.items.length === 0 ? <p className="quiet">{t('channel.none')}</p> : null}
      {data && data.items.length > 0 ? (
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{t('notification.channel')}</th>
              <th scope="col">{t('rules.kind')}</th>
              <th scope="col">{t('alarms.state')}</th>
              <th scope="col" className="num">
                {t('notification.waiting')}
              </th>
              <th scope="col" className="num">
                {t('notification.dead')}
              </th>
              <th scope="col">{t('channel.delivered')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ name, kind, state, because, waiting, lastDeliveredAt }) => (
              <tr key={name}>
                <td>{name}</td>
                <td className="quiet">{t(`channel.${kind}`)}</td>
                <td className={styles.wraps}>
                  {state === 'waiting' || state === 'refused' ? (
                    <strong>{t(`channel.${state}`)}</strong>
                  ) : (
                    <span className="quiet">{t(`channel.${state}`)}</span>
                  )}
                  {because === null ? null : <span className="quiet"> {because}</span>}
                </td>
                <td className="num">{format.count(waiting)}</td>
                <td className="num">
                  <DeadOf name={name} count={dead.filter(({ channel }) => channel === name).length} />
                </td>
                <td>
                  {lastDeliveredAt === null ? (
                    <span className="quiet">{t('channel.never')}</span>
                  ) : (
                    <Age at={lastDeliveredAt} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  )
}

function DeadOf({ name, count }: { name: string; count: number }) {
  const format = useFormat()
  if (count === 0) return <span className="quiet">{format.count(0)}</span>
  return (
    <Link to={`/settings/notifications?state=dead&channel=${encodeURIComponent(name)}`}>
      {format.count(count)}
    </Link>
  )
}
