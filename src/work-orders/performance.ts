/**
 * How well orders were done, by whom or of what: in time or late, right the first time or not, proven or
 * taken on trust. Counted from histories alone, so a report of last year can be made at any time. Each figure
 * says of how many it is; few prove little.
 */
import type { OrderClockName, OrderState, WorkOrder } from '../model/work-order.ts'
import type { ClocksOf } from './clocks.ts'

export type Punctuality = {
  readonly inTime: number
  readonly late: number
  /** Of those that are over, in the hours that count, ms; null of none. `p90`: nine of ten were not slower. */
  readonly medianMs: number | null
  readonly p90Ms: number | null
}

export type Performance = {
  /** Reported in the stretch; those that ended without a repair are counted apart, and nowhere else. */
  readonly orders: number
  readonly withoutRepair: number
  readonly open: number
  readonly clocks: Readonly<Record<OrderClockName, Punctuality>>
  /** Called done at least once. */
  readonly repaired: number
  /** Of these, those that nothing ever sent back, and whose fault was no recurrence of a repair before. */
  readonly rightFirst: number
  /** How often one was sent back, by the readings or by a person. */
  readonly sentBack: number
  /** Steps by which somebody gave one back that had been given to them. */
  readonly givenBack: number
  /** Faults that came again soon after they had been closed. */
  readonly recurrences: number
  readonly provenByReadings: number
  readonly verifiedByPerson: number
  readonly visited: number
}

const WITHOUT_REPAIR: readonly OrderState[] = ['cancelled', 'rejected', 'merged']
const AFTER_DONE: readonly OrderState[] = ['done', 'verified', 'visited', 'closed']

type Tally = { inTime: number; late: number; ran: number[] }

/** `groupOf` may be asked for an order, and for who gave one back. */
export type Grouping = (order: WorkOrder) => string

type Sums = { -readonly [Key in keyof Omit<Performance, 'clocks'>]: number } & {
  readonly tallies: Readonly<Record<OrderClockName, Tally>>
}

const none = (): Sums => ({
  orders: 0,
  withoutRepair: 0,
  open: 0,
  repaired: 0,
  rightFirst: 0,
  sentBack: 0,
  givenBack: 0,
  recurrences: 0,
  provenByReadings: 0,
  verifiedByPerson: 0,
  visited: 0,
  tallies: { acceptance: { inTime: 0, late: 0, ran: [] }, repair: { inTime: 0, late: 0, ran: [] } },
})

/**
 * Adds up orders, one at a time. `groupOf` says in whose row an order stands, `giverOf` in whose row it
 * counts that somebody gave one back: by default in that of the order.
 */
export function performanceBy(
  clocksOf: ClocksOf,
  groupOf: Grouping,
  giverOf: (order: WorkOrder, giver: string) => string = groupOf,
) {
  const groups = new Map<string, Sums>()
  const sumsOf = (group: string) => {
    const sums = groups.get(group) ?? none()
    groups.set(group, sums)
    return sums
  }
  return {
    add(order: WorkOrder): void {
      for (const { from, to, by, assignee = by } of order.history)
        if (to === 'reported' && from !== undefined && from !== 'reported')
          sumsOf(giverOf(order, assignee)).givenBack++
      count(sumsOf(groupOf(order)), order, clocksOf)
    },
    /** By the name of the group. */
    rows: (): readonly (Performance & { readonly group: string })[] =>
      [...groups]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([group, { tallies, ...sums }]) => ({
          group,
          ...sums,
          clocks: { acceptance: punctuality(tallies.acceptance), repair: punctuality(tallies.repair) },
        })),
  }
}

function count(sums: Sums, order: WorkOrder, clocksOf: ClocksOf): void {
  const { state, history, verification, overdue = [] } = order
  sums.orders++
  if (WITHOUT_REPAIR.includes(state)) {
    sums.withoutRepair++
    return
  }
  if (state !== 'closed') sums.open++
  for (const { clock, dueAt, metAt, ranMs } of clocksOf(order)) {
    const tally = sums.tallies[clock]
    const isLate = overdue.some((one) => one.clock === clock) || (metAt ?? 0) > (dueAt ?? metAt ?? 0)
    if (isLate) tally.late++
    else if (metAt !== null) tally.inTime++
    if (metAt !== null) tally.ran.push(ranMs)
  }
  const back = history.filter(
    ({ from, to }) => from !== undefined && AFTER_DONE.includes(from) && to === 'accepted',
  ).length
  const isRepaired = history.some(({ to }) => to === 'done')
  const recurs = order.recurrenceOf !== undefined
  sums.sentBack += back
  if (recurs) sums.recurrences++
  if (isRepaired) sums.repaired++
  if (isRepaired && back === 0 && !recurs) sums.rightFirst++
  const isVerified = state === 'verified' || state === 'visited' || state === 'closed'
  if (isVerified && verification.state === 'passed') sums.provenByReadings++
  if (isVerified && verification.state === 'manual') sums.verifiedByPerson++
  if (history.some(({ from, to }) => to === 'visited' && from !== 'visited')) sums.visited++
}

function punctuality({ inTime, late, ran }: Tally): Punctuality {
  const sorted = ran.toSorted((a, b) => a - b)
  /** The nearest rank. */
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
  return { inTime, late, medianMs: rank(0.5), p90Ms: rank(0.9) }
}
