import { expect, it } from 'vitest'
import type { OrderState, OrderStep, WorkOrder } from '../model/work-order.ts'
import { type ClocksOf, clockOf } from './clocks.ts'
import { performanceBy } from './performance.ts'

const clocksOf: ClocksOf = (order) => [
  clockOf(order, 'acceptance', { limitMs: 100 }),
  clockOf(order, 'repair', { limitMs: 1_000 }),
]

function order(steps: readonly (readonly [OrderState, number])[], more: Partial<WorkOrder> = {}): WorkOrder {
  const history = steps.map(([to, at], i): OrderStep => {
    const from = steps[i - 1]?.[0]
    const assignee = { assignee: more.assignee ?? 'Plumbers' }
    return {
      at,
      by: 'li',
      to,
      ...(from !== undefined && { from }),
      ...((to === 'dispatched' || (to === 'reported' && from !== undefined)) && assignee),
    }
  })
  return {
    id: `o-${steps.length}`,
    number: 1,
    kind: 'repair',
    fault: 'drips',
    subject: 'meter-1',
    device: 'meter-1',
    occurrences: [],
    severity: 'medium',
    state: steps.at(-1)?.[0] ?? 'reported',
    assignee: 'Plumbers',
    version: 1,
    title: 'It drips',
    createdAt: 0,
    history,
    verification: { state: 'none' },
    ...more,
  }
}

const rowOf = (...orders: readonly WorkOrder[]) => {
  const performance = performanceBy(clocksOf, ({ assignee = '' }) => assignee)
  for (const one of orders) performance.add(one)
  const [row, ...others] = performance.rows()
  expect(others).toEqual([])
  return row
}

const WELL = [
  ['reported', 0],
  ['dispatched', 10],
  ['accepted', 50],
  ['done', 500],
  ['verified', 700],
  ['closed', 900],
] as const

it('an order that went well is in time twice, right the first time, and proven', () => {
  expect(rowOf(order(WELL, { verification: { state: 'passed' } }))).toEqual({
    group: 'Plumbers',
    orders: 1,
    withoutRepair: 0,
    open: 0,
    repaired: 1,
    rightFirst: 1,
    sentBack: 0,
    givenBack: 0,
    recurrences: 0,
    provenByReadings: 1,
    verifiedByPerson: 0,
    visited: 0,
    clocks: {
      acceptance: { inTime: 1, late: 0, medianMs: 50, p90Ms: 50 },
      repair: { inTime: 1, late: 0, medianMs: 500, p90Ms: 500 },
    },
  })
})

it('what the readings sent back was not right the first time, however well it ended', () => {
  const back = [...WELL.slice(0, 4), ['accepted', 520], ['done', 600], ['verified', 800]] as const
  expect(rowOf(order(back))).toMatchObject({ repaired: 1, rightFirst: 0, sentBack: 1, open: 1 })
})

it('what came again soon after it was closed was not right the first time either', () => {
  expect(rowOf(order(WELL, { recurrenceOf: 'o-0' }))).toMatchObject({ recurrences: 1, rightFirst: 0 })
})

it('what was cancelled is counted and judged by nothing', () => {
  const row = rowOf(
    order([
      ['reported', 0],
      ['cancelled', 5_000],
    ]),
  )
  expect(row).toMatchObject({
    orders: 1,
    withoutRepair: 1,
    open: 0,
    clocks: { acceptance: { inTime: 0, late: 0, medianMs: null } },
  })
})

it('an open order counts as late once it was told so, and not before it is over otherwise', () => {
  const open = order([['reported', 0]])
  expect(rowOf(open)?.clocks.acceptance).toMatchObject({ inTime: 0, late: 0 })
  const late = { ...open, overdue: [{ clock: 'acceptance', at: 100 }] as const }
  expect(rowOf(late)?.clocks.acceptance).toMatchObject({ inTime: 0, late: 1, medianMs: null })
})

it('who gave an order back has it in their row, and who did it then has the rest', () => {
  const refused = order(
    [
      ['reported', 0],
      ['dispatched', 10],
      ['reported', 20],
      ['dispatched', 30],
      ['accepted', 40],
    ],
    { assignee: 'Fitters' },
  )
  const history = refused.history.map((step, i) =>
    i === 1 || i === 2 ? { ...step, assignee: 'Plumbers' } : step,
  )
  const performance = performanceBy(
    clocksOf,
    ({ assignee = '' }) => assignee,
    (_order, giver) => giver,
  )
  performance.add({ ...refused, history })
  expect(performance.rows()).toMatchObject([
    { group: 'Fitters', orders: 1, givenBack: 0 },
    { group: 'Plumbers', orders: 0, givenBack: 1 },
  ])
})

it('the middle and the ninth of ten are those that were', () => {
  const orders = Array.from({ length: 10 }, (_, i) =>
    order([
      ['reported', 0],
      ['accepted', 10 * (i + 1)],
    ]),
  )
  expect(rowOf(...orders)?.clocks.acceptance).toEqual({ inTime: 10, late: 0, medianMs: 50, p90Ms: 90 })
})
