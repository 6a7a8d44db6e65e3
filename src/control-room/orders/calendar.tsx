/**
 * The orders of a month: raised, due to be proven, ended; a month of paper on a desk, a list of days on a
 * telephone.
 */
import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ordersIn } from '../api/queries.ts'
import type { WorkOrder } from '../api/types.ts'
import { boundary } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useWalk } from '../keyboard/use-walk.ts'
import { MonthTable } from '../parts/month-table.tsx'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import styles from './calendar.module.css'
import { type Day, type Entry, monthStart, monthText, weeksOf } from './calendar-days.ts'
import { isEnded } from './columns.ts'

/** More of a day stands behind a button. */
const SHOWN = 4

export function OrderCalendar({ fits, withEnded }: { fits(order: WorkOrder): boolean; withEnded: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { timeZone } = format
  const { asked, link } = useAddress()
  const now = useNow(60_000)
  const month = monthStart(asked.get('month'), now, timeZone)
  const to = boundary('month', month, timeZone, 1)
  const today = boundary('day', now, timeZone)
  const found = useQuery({
    ...ordersIn(new Date(month).toISOString(), new Date(to).toISOString()),
    placeholderData: keepPreviousData,
  })
  const { data, isPlaceholderData } = found
  const table = useRef<HTMLTableElement>(null)
  useWalk(table)
  const shown = (data?.items ?? []).filter((order) => fits(order) && (withEnded || !isEnded(order)))
  const weeks = weeksOf(month, shown, timeZone)
  const isEmpty = weeks.every((week) => week.every(({ entries }) => entries.length === 0))
  const name = format.month(month)
  const at = (steps: number) =>
    link({ month: monthText(boundary('month', month, timeZone, steps), timeZone) })

  if (!data) return <Unanswered of={found} />
  return (
    <div className={styles.page} aria-busy={isPlaceholderData}>
      <div className={styles.bar}>
        <h2 aria-live="polite">{name}</h2>
        <Button
          component={Link}
          to={at(-1)}
          variant="default"
          size="compact-sm"
          aria-label={t('orders.monthBefore')}
        >
          ‹
        </Button>
        <Button
          component={Link}
          to={at(1)}
          variant="default"
          size="compact-sm"
          aria-label={t('orders.monthAfter')}
        >
          ›
        </Button>
        <Button component={Link} to={link({ month: undefined })} variant="default" size="compact-sm">
          {t('orders.thisMonth')}
        </Button>
        {isEmpty ? <span className="quiet">{t('orders.monthEmpty')}</span> : null}
      </div>
      <MonthTable
        ref={table}
        className={styles.month}
        label={t('orders.calendar', { month: name })}
        weeks={weeks}
        cell={(day) => <Cell day={day} isToday={day.start === today} />}
      />
    </div>
  )
}

function Cell({ day: { start, text, isInMonth, entries }, isToday }: { day: Day; isToday: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [whole, setWhole] = useState(false)
  const more = entries.length - SHOWN
  const shown = whole || more <= 1 ? entries : entries.slice(0, SHOWN)
  return (
    <td
      data-outside={!isInMonth || undefined}
      data-empty={entries.length === 0 || undefined}
      aria-current={isToday ? 'date' : undefined}
    >
      <time dateTime={text}>
        <span className={styles.number}>{format.dayOfMonth(start)}</span>
        <span className={styles.long}>{format.date(start)}</span>
      </time>
      {entries.length > 0 ? (
        <ul>
          {shown.map((entry) => (
            <EntryLine key={`${entry.order.id} ${entry.kind}`} entry={entry} />
          ))}
        </ul>
      ) : null}
      {shown.length < entries.length ? (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          className="no-print"
          onClick={() => setWhole(true)}
        >
          {t('orders.more', { count: more })}
        </Button>
      ) : null}
    </td>
  )
}

function EntryLine({ entry: { kind, at, order } }: { entry: Entry }) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const title = t('order.named', { number: order.number, title: names.order(order) })
  const when = t(`orders.entry.${kind}`, { time: format.clock(at) })
  return (
    <li data-row={order.id} data-kind={kind} title={`${title}\n${names.where(order)}\n${when}`}>
      <SeverityMark severity={order.severity} bare over={isEnded(order)} />
      <Link to={`/orders/${order.id}`} data-row-link className={styles.title}>
        {title}
      </Link>
      <span className={styles.when}>{when}</span>
    </li>
  )
}
