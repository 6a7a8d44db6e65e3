import { expect, it } from 'vitest'
import type { WorkOrder } from '../api/types.ts'
import { monthStart, monthText, weeksOf } from './calendar-days.ts'

const ZONE = 'Asia/Shanghai'
const NOW = Date.parse('2026-11-22T15:30:00+08:00')

const order = (id: string, createdAt: string, more: Partial<WorkOrder> = {}): WorkOrder =>
  ({
    id,
    createdAt,
    state: 'reported',
    history: [],
    verification: { state: 'none', until: null },
    ...more,
  }) as WorkOrder

const shown = (orders: WorkOrder[], month = '2026-11') =>
  weeksOf(monthStart(month, NOW, ZONE), orders, ZONE)
    .flat()
    .flatMap(({ text, entries }) => entries.map(({ kind, order: { id } }) => `${text} ${kind} ${id}`))

it('is made of whole weeks from Monday, days of other months among them', () => {
  const weeks = weeksOf(monthStart('2026-11', NOW, ZONE), [], ZONE)
  expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7, 7])
  expect(weeks[0]?.map(({ text, isInMonth }) => [text, isInMonth]).slice(5)).toEqual([
    ['2026-10-31', false],
    ['2026-11-01', true],
  ])
  expect(weeks.at(-1)?.at(0)).toMatchObject({ text: '2026-11-30', isInMonth: true })
})

it('an order stands where it was raised by the clocks of the site, where its proof is due, and where it ended', () => {
  const done = {
    state: 'done',
    verification: { state: 'waiting', until: '2026-11-25T09:00:00+08:00' },
  } as Partial<WorkOrder>
  const closed = { state: 'closed', history: [{ at: '2026-11-20T12:00:00+08:00' }] } as Partial<WorkOrder>
  expect(
    shown([
      order('late', '2026-11-10T23:30:00+08:00'),
      order('done', '2026-11-10T16:30:00Z', done),
      order('closed', '2026-10-30T08:00:00+08:00', closed),
    ]),
  ).toEqual([
    '2026-11-10 raised late',
    '2026-11-11 raised done',
    '2026-11-20 ended closed',
    '2026-11-25 due done',
  ])
})

it('a proof that is no longer awaited is not due', () => {
  const failed = {
    verification: { state: 'failed', until: '2026-11-25T09:00:00+08:00' },
  } as Partial<WorkOrder>
  expect(shown([order('a', '2026-11-02T08:00:00+08:00', failed)])).toEqual(['2026-11-02 raised a'])
})

it('within a day the order of time stands', () => {
  expect(shown([order('b', '2026-11-02T09:00:00+08:00'), order('a', '2026-11-02T08:00:00+08:00')])).toEqual([
    '2026-11-02 raised a',
    '2026-11-02 raised b',
  ])
})

it('a month that cannot be read is the one under way', () => {
  expect(monthText(monthStart('2026-13', NOW, ZONE), ZONE)).toBe('2026-11')
  expect(monthText(monthStart(null, NOW, ZONE), ZONE)).toBe('2026-11')
  expect(monthText(monthStart('2026-02', NOW, ZONE), ZONE)).toBe('2026-02')
})

it('keeps its days where a clock is put back', () => {
  const october = weeksOf(monthStart('2026-10', NOW, 'Europe/Berlin'), [], 'Europe/Berlin').flat()
  expect(new Set(october.map(({ text }) => text)).size).toBe(october.length)
  expect(october.filter(({ isInMonth }) => isInMonth)).toHaveLength(31)
})
