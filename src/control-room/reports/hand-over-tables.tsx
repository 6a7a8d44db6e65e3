/** The open alarms and orders of a handover, a row a fault and a row an order. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { Alarm, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { ClockLine } from '../orders/clock.tsx'
import { since } from '../orders/columns.ts'
import { actor } from '../parts/actor.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './reports.module.css'

/** The alarms of one rule on one device: who takes over goes there once. */
type Fault = {
  readonly newest: Alarm
  /** Undefined where none of them is active. */
  readonly since: string | undefined
  readonly count: number
  readonly unseen: number
}

export function faultsOf(alarms: readonly Alarm[]): Fault[] {
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

export function OpenAlarms({ faults }: { faults: readonly Fault[] }) {
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

export function OpenOrders({ orders }: { orders: readonly WorkOrder[] }) {
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
      cell: (order) => <Age at={since(order)} since />,
    },
    { head: t('order.clock'), cell: (order) => <ClockLine order={order} /> },
    { head: t('order.assignee'), is: 'text', cell: ({ assignee }) => assignee ?? t('order.unassigned') },
  ]
  return <FiguresTable rows={orders} idOf={({ id }) => id} columns={columns} />
}
