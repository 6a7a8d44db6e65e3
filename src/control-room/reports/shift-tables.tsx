/** What came in a shift, in lines that belong together, and what people did, in the order of time. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { Line } from '../alarms/lines.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { actor } from '../parts/actor.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './reports.module.css'
import type { Deed } from './shift.ts'

type LineProps = { lines: readonly Line[]; isOver: boolean; days: { from: string; to: string } }

export function LineTable({ lines, isOver, days }: LineProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const columns: Column<Line>[] = [
    {
      head: t('alarms.column.what'),
      cell: ({ rule, place, severity, active }) => (
        <span className={styles.what}>
          <SeverityMark severity={severity} seen over={active === 0} bare />
          <Link to={`/?${new URLSearchParams({ state: 'past', rule, place, ...days })}`}>
            {names.rule(rule)}
          </Link>
        </span>
      ),
    },
    { head: t('alarms.column.where'), is: 'text', cell: ({ place }) => names.broad(place) },
    { head: t('load.count'), is: 'num', cell: ({ count }) => format.count(count) },
    ...(isOver
      ? []
      : [
          {
            head: t('shift.active'),
            is: 'num' as const,
            cell: ({ active }: Line) => (active > 0 ? format.count(active) : ''),
          },
        ]),
    {
      head: t('shift.last'),
      cell: ({ lastAt }) => (
        <time dateTime={lastAt} title={format.absolute(lastAt)}>
          {format.clock(lastAt)}
        </time>
      ),
    },
  ]
  return <FiguresTable rows={lines} idOf={({ rule, place }) => `${rule} ${place}`} columns={columns} />
}

export function DeedList({ deeds }: { deeds: readonly Deed[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ol className={styles.deeds}>
      {deeds.map((deed) => (
        <li key={`${deed.is} ${deed.at} ${'alarm' in deed ? deed.alarm.id : deed.order.id}`}>
          <time className="quiet" dateTime={deed.at} title={format.absolute(deed.at)}>
            {format.clock(deed.at)}
          </time>
          <span>{actor(deed.by, t)}</span>
          <span>
            <What deed={deed} />
            {deed.note ? <div className="quiet">{deed.note}</div> : null}
          </span>
        </li>
      ))}
    </ol>
  )
}

function What({ deed }: { deed: Deed }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  if (deed.is === 'moved') {
    const { id, number } = deed.order
    const title = t('order.named', { number, title: names.order(deed.order) })
    return (
      <>
        {ORDER_STATE_WORDS[deed.to][language]} <Link to={`/orders/${id}`}>{title}</Link>
      </>
    )
  }
  const { id, rule, device } = deed.alarm
  const name = t('alarms.named', { rule: names.rule(rule), device: names.device(device) })
  return (
    <>
      {t(deed.is === 'shelved' ? 'shift.shelvedIt' : 'shift.acknowledged')}{' '}
      <Link to={`/?alarm=${id}`}>{name}</Link>
    </>
  )
}
