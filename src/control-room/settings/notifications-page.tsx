/**
 * What was told to whom: how each channel is doing, and the notifications by what became of them; what was
 * given up is tried again from here.
 */
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EVENT_WORDS } from '../../model/words-notify.ts'
import { channels, notifications } from '../api/queries.ts'
import type { Notification } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useLanguage } from '../i18n/language.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { useNames } from '../parts/names.ts'
import { NotificationState, Retry, RetryAll } from '../parts/notification.tsx'
import { SeverityMark } from '../parts/severity.tsx'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import { Channels } from './channels.tsx'
import styles from './settings.module.css'

const STATES = ['dead', 'waiting', 'dropped', 'delivered'] as const

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const { asked, change } = useAddress()
  const state = STATES.find((one) => one === asked.get('state')) ?? 'dead'
  const channel = asked.get('channel') ?? ''
  const known = useQuery(channels).data?.items ?? []
  const sent = useQuery(notifications({ state, ...(channel && { channel }) }))
  const { data } = sent
  const count = data?.items.length ?? 0
  return (
    <>
      <Channels />
      <section className={styles.wide}>
        <h2>{t('notification.title')}</h2>
        <div className={`${styles.tools} no-print`}>
          <SegmentedControl
            className={styles.scrolls}
            aria-label={t('alarms.state')}
            value={state}
            data={STATES.map((one) => ({ value: one, label: t(`notification.${one}`) }))}
            onChange={(value) => change({ state: value })}
          />
          <NativeSelect
            aria-label={t('notification.channel')}
            value={channel}
            data={[
              { value: '', label: t('notification.anyChannel') },
              ...known.map(({ name }) => ({ value: name, label: name })),
            ]}
            onChange={(event) => change({ channel: event.currentTarget.value })}
          />
          {state === 'dead' && count > 0 && may('notifications:retry') ? (
            <RetryAll channel={channel || undefined} />
          ) : null}
          {data ? (
            <span className="quiet" role="status">
              {t(data.cut ? 'list.first' : 'list.count', { count })}
            </span>
          ) : null}
        </div>
        <Unanswered of={sent} />
        {data && count === 0 ? (
          <Empty title={t(state === 'dead' ? 'notification.noneDead' : 'notification.none')} />
        ) : null}
        {count > 0 ? <Rows items={data?.items ?? []} /> : null}
      </section>
    </>
  )
}

function Rows({ items }: { items: readonly Notification[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const columns: Column<Notification>[] = [
    { head: t('notification.age'), cell: ({ at }) => <Age at={at} /> },
    { head: t('notification.channel'), cell: ({ channel }) => channel },
    {
      head: t('notification.what'),
      cell: (one) => (
        <>
          {one.severity ? <SeverityMark severity={one.severity} seen over bare /> : null}{' '}
          <About of={one} text={EVENT_WORDS[one.event]?.[language] ?? one.event} />
        </>
      ),
    },
    { head: t('alarms.state'), is: 'text', cell: (one) => <NotificationState of={one} /> },
    {
      head: <span className={styles.hidden}>{t('notification.retry')}</span>,
      cell: (one) => <Retry of={one} />,
    },
  ]
  return <FiguresTable rows={items} idOf={({ id }) => id} columns={columns} />
}

function About({ of: { event, about, rule, device }, text }: { of: Notification; text: string }) {
  const { t } = useTranslation()
  const names = useNames()
  const what = rule === null ? text : t('notification.about', { what: text, rule: names.rule(rule) })
  const where = device === null ? null : <span className="quiet">{names.device(device)}</span>
  const to = event.startsWith('alarm.')
    ? `/?alarm=${about}`
    : event.startsWith('order.')
      ? `/orders/${about}`
      : undefined
  return (
    <>
      {to === undefined ? what : <Link to={to}>{what}</Link>} {where}
    </>
  )
}
