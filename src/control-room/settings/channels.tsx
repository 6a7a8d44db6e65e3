/** The channels of notifications and how each is doing. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { channels, notifications } from '../api/queries.ts'
import type { NotificationChannel } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { Unanswered } from '../parts/states.tsx'
import styles from './settings.module.css'

export function Channels() {
  const { t } = useTranslation()
  const format = useFormat()
  const known = useQuery(channels)
  const { data } = known
  const dead = useQuery(notifications({ state: 'dead' })).data?.items ?? []
  const columns: Column<NotificationChannel>[] = [
    { head: t('notification.channel'), cell: ({ name }) => name },
    {
      head: t('rules.kind'),
      is: 'wide',
      cell: ({ kind }) => <span className="quiet">{t(`channel.${kind}`)}</span>,
    },
    {
      head: t('alarms.state'),
      is: 'text',
      cell: ({ state, because }) => (
        <>
          {state === 'waiting' || state === 'refused' ? (
            <strong>{t(`channel.${state}`)}</strong>
          ) : (
            <span className="quiet">{t(`channel.${state}`)}</span>
          )}
          {because === null ? null : <span className="quiet"> {because}</span>}
        </>
      ),
    },
    { head: t('notification.waiting'), is: 'num', cell: ({ waiting }) => format.count(waiting) },
    {
      head: t('notification.dead'),
      is: 'num',
      cell: ({ name }) => (
        <DeadOf name={name} count={dead.filter(({ channel }) => channel === name).length} />
      ),
    },
    {
      head: t('channel.delivered'),
      cell: ({ lastDeliveredAt }) =>
        lastDeliveredAt === null ? (
          <span className="quiet">{t('channel.never')}</span>
        ) : (
          <Age at={lastDeliveredAt} />
        ),
    },
  ]
  return (
    <section className={styles.wide}>
      <h2>{t('channel.title')}</h2>
      <Unanswered of={known} />
      {data?.items.length === 0 ? <p className="quiet">{t('channel.none')}</p> : null}
      {data && data.items.length > 0 ? (
        <FiguresTable rows={data.items} idOf={({ name }) => name} columns={columns} />
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
