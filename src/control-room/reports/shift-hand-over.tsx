/** What the next shift takes over: alarms that stand or that nobody has seen, orders under way, what is kept quiet, and the gateway's own troubles. */

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import { chosen, filterOf } from '../alarms/filter.ts'
import { gatewayNotices, openAlarms, openOrders, outOfService, suppressedAlarms } from '../api/queries.ts'
import type { Alarm, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { gatewayNow } from '../live/status.ts'
import { actor } from '../parts/actor.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { useDevices, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './reports.module.css'

const SHOWN = 50

export function HandOver() {
  const { t } = useTranslation()
  const may = useMay()
  const language = useLanguage()
  const names = useNames()
  const now = useNow(30_000)
  const alarms = chosen(
    useQuery(openAlarms).data?.items ?? [],
    filterOf(new URLSearchParams()),
    names,
    now,
  ).filter(({ state }) => state !== 'cleared')
  const faults = faultsOf(alarms)
  const orders = useQuery({ ...openOrders, enabled: may('orders:read') }).data?.items ?? []
  const open = orders.filter(({ state }) => state !== 'closed' && state !== 'cancelled')
  const notices = useQuery({ ...gatewayNotices(language), enabled: may('links:read') }).data ?? []
  const silent = [...useDevices().values()].filter(({ status }) => status === 'silent').length
  return (
    <section className={styles.handOver}>
      <h2>{t('shift.open')}</h2>
      {notices.map(({ code, title, detail }) => (
        <p key={code + detail}>
          <Link to={`/settings/gateway#${code}`}>{title}</Link> <span className="quiet">{detail}</span>
        </p>
      ))}
      {silent > 0 ? (
        <p>
          <Link to="/devices?status=silent">{t('needs.silent', { count: silent })}</Link>
        </p>
      ) : null}
      <Quiet />
      <div className={styles.columns}>
        <div>
          <h3>{t('shift.openAlarms', { count: alarms.length })}</h3>
          {alarms.length > 0 ? (
            <OpenAlarms faults={faults.slice(0, SHOWN)} />
          ) : (
            <p className="quiet">{t('shift.openNothing')}</p>
          )}
          <More all={faults.length} to="/" />
        </div>
        <div>
          <h3>{t('shift.openOrders', { count: open.length })}</h3>
          {open.length > 0 ? (
            <OpenOrders orders={open.slice(0, SHOWN)} />
          ) : (
            <p className="quiet">{t('shift.openNothing')}</p>
          )}
          <More all={open.length} to="/orders?view=list" />
        </div>
      </div>
    </section>
  )
}

function More({ all, to }: { all: number; to: string }) {
  const { t } = useTranslation()
  return all > SHOWN ? (
    <p>
      <Link to={to}>{t('shift.more', { count: all - SHOWN })}</Link>
    </p>
  ) : null
}

/** The alarms of one rule on one device: who takes over goes there once. */
type Fault = {
  readonly newest: Alarm
  /** Undefined where none of them is active. */
  readonly since: string | undefined
  readonly count: number
  readonly unseen: number
}

function faultsOf(alarms: readonly Alarm[]): Fault[] {
  const faults = new Map<string, Alarm[]>()
  for (const alarm of alarms) {
    const key = `${alarm.rule} ${alarm.device}`
    faults.set(key, [...(faults.get(key) ?? []), alarm])
  }
  return [...faults.values()].flatMap((all) => {
    const sorted = all.sort((one, other) => Date.parse(other.raisedAt) - Date.parse(one.raisedAt))
    const newest = sorted[0]
    if (!newest) return []
    const active = sorted.filter(({ clearedAt }) => clearedAt === null)
    const unseen = all.filter(({ acknowledged }) => !acknowledged).length
    return [{ newest, since: active.at(-1)?.raisedAt, count: all.length, unseen }]
  })
}

function OpenAlarms({ faults }: { faults: readonly Fault[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const columns: Column<Fault>[] = [
    {
      head: t('alarms.column.what'),
      is: 'text',
      cell: ({ newest: { id, rule, severity, device, place }, count, unseen }) => (
        <>
          <span className={styles.what}>
            <SeverityMark severity={severity} seen={unseen === 0} bare />
            <Link to={`/?alarm=${id}`}>{names.rule(rule)}</Link>
            {count > 1 ? <span className="quiet">{t('shift.times', { count })}</span> : null}
          </span>
          <div className="quiet">
            {t('where', { place: names.place(place), device: names.device(device) })}
          </div>
        </>
      ),
    },
    {
      head: t('alarms.column.since'),
      cell: ({ newest: { clearedAt }, since }) =>
        since !== undefined ? (
          <Age at={since} since />
        ) : (
          <span className="quiet">{t('alarms.until', { time: format.clock(clearedAt ?? '') })}</span>
        ),
    },
    {
      head: t('alarms.column.acknowledged'),
      is: 'text',
      cell: ({ newest: { acknowledged }, unseen }) =>
        acknowledged && unseen === 0 ? (
          <>
            {t('alarms.by', { by: actor(acknowledged.by, t), time: format.clock(acknowledged.at) })}
            {acknowledged.note ? <div className="quiet">{acknowledged.note}</div> : null}
          </>
        ) : (
          <strong>{t('alarms.notSeen')}</strong>
        ),
    },
  ]
  return <FiguresTable rows={faults} idOf={({ newest }) => newest.id} columns={columns} />
}

function OpenOrders({ orders }: { orders: readonly WorkOrder[] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  const columns: Column<WorkOrder>[] = [
    {
      head: t('alarms.column.order'),
      is: 'text',
      cell: (order) => (
        <>
          <Link to={`/orders/${order.id}`}>
            {t('order.named', { number: order.number, title: names.order(order) })}
          </Link>
          <div className="quiet">{names.where(order)}</div>
        </>
      ),
    },
    { head: t('alarms.state'), cell: ({ state }) => ORDER_STATE_WORDS[state][language] },
    {
      head: t('alarms.column.since'),
      cell: ({ history, createdAt }) => <Age at={history.at(-1)?.at ?? createdAt} since />,
    },
    { head: t('order.assignee'), is: 'text', cell: ({ assignee }) => assignee ?? t('order.unassigned') },
  ]
  return <FiguresTable rows={orders} idOf={({ id }) => id} columns={columns} />
}

/** What does not ring, until when and why: a shelf that ends in the next shift is its business. */
function Quiet() {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const services = useQuery(outOfService).data?.items ?? []
  const shelved = (useQuery(suppressedAlarms).data?.items ?? []).flatMap(
    ({ id, rule, device, suppression }) =>
      suppression?.by === 'shelved' && Date.parse(suppression.until) > gatewayNow()
        ? [
            {
              id,
              name: t('alarms.named', { rule: names.rule(rule), device: names.device(device) }),
              ...suppression,
            },
          ]
        : [],
  )
  if (services.length === 0 && shelved.length === 0) return null
  return (
    <ul className={styles.quiet}>
      {services.map(({ kind, id, until, reason, who }) => (
        <li key={`${kind} ${id}`}>
          <strong>{kind === 'device' ? names.device(id) : names.place({ institution: '', zone: id })}</strong>{' '}
          {t('service.is', { time: format.dayTime(until), reason, by: actor(who, t) })}
        </li>
      ))}
      {shelved.map(({ id, name, until, reason, who }) => (
        <li key={id}>
          <Link to={`/?state=suppressed&alarm=${id}`}>{name}</Link>{' '}
          {t('shift.shelved', { time: format.dayTime(until), reason, by: actor(who, t) })}
        </li>
      ))}
    </ul>
  )
}
