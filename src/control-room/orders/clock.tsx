/** The clock of an order in words; overdue it takes a colour, with a shape and a word beside it. */
import { useTranslation } from 'react-i18next'
import type { WorkOrder } from '../api/types.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import styles from './board.module.css'
import { clockState, nextClock, type OrderClock } from './clocks.ts'

const STEP_MS = 15_000

/** What comes next, in a line; nothing where nothing is promised or all is kept. */
export function ClockLine({ order }: { order: Pick<WorkOrder, 'clocks'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(STEP_MS)
  const next = nextClock(order)
  if (!next) return null
  const state = clockState(next, now)
  if (state === 'held') return <span className="quiet">{t('clock.held')}</span>
  const time = format.duration(Math.abs(Date.parse(next.dueAt ?? '') - now))
  return (
    <span
      className={state === 'overdue' ? styles.overdue : 'quiet'}
      title={format.absolute(next.dueAt ?? '')}
    >
      {state === 'overdue'
        ? t(`clock.overdue.${next.clock}`, { time })
        : t(`clock.due.${next.clock}`, { time })}
    </span>
  )
}

/** One promise, and how it was kept. */
export function ClockFact({ of }: { of: OrderClock }) {
  const { t } = useTranslation()
  const format = useFormat()
  const state = clockState(of, useNow(STEP_MS))
  const [due, met] = [of.dueAt, of.metAt].map((at) => at && format.dayTime(at))
  const isSameDay = of.dueAt && of.metAt && format.date(of.dueAt) === format.date(of.metAt)
  return (
    <span className={state === 'overdue' ? styles.overdue : undefined}>
      {t(state === 'met' && !due ? 'clock.is.metOnly' : `clock.is.${state}`, {
        due: of.dueAt && isSameDay ? format.clock(of.dueAt) : due,
        met,
      })}
    </span>
  )
}
