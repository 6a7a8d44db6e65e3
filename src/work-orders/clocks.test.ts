import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instant } from '../model/instant.ts'
import type { Site } from '../model/site.ts'
import type { WorkCalendar } from '../model/work-calendar.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import { clockOf, clocksIn, promisedBy } from './clocks.ts'
import { WorkOrdersOptions } from './options.ts'

const HOUR = 3_600_000
const at = (local: string): Instant => Date.parse(`${local}+08:00`)

type Steps = readonly (readonly [OrderState, Instant])[]

const order = (steps: Steps, more: Partial<WorkOrder> = {}): WorkOrder => ({
  id: 'o-1',
  number: 1,
  kind: 'repair',
  fault: 'drips',
  subject: 'meter-1',
  device: 'meter-1',
  occurrences: [],
  severity: 'medium',
  state: steps.at(-1)?.[0] ?? 'reported',
  version: steps.length,
  title: 'It drips',
  createdAt: steps[0]?.[1] ?? 0,
  history: steps.map(([to, at]) => ({ at, by: 'li', to })),
  verification: { state: 'none' },
  ...more,
})

const clock = (name: 'acceptance' | 'repair', limitMs: number, steps: Steps) =>
  clockOf(order(steps), name, { limitMs })

describe('around the clock', () => {
  it('acceptance runs from the report until somebody has accepted it', () => {
    const steps: Steps = [
      ['reported', 0],
      ['dispatched', 40],
    ]
    expect(clock('acceptance', 100, steps)).toMatchObject({ dueAt: 100, metAt: null })
    expect(clock('acceptance', 100, [...steps, ['accepted', 70]])).toMatchObject({ dueAt: 100, metAt: 70 })
  })

  it('what is given back goes on where its clock stood: who refuses gives the next no time of their own, and takes none', () => {
    const steps: Steps = [
      ['reported', 0],
      ['dispatched', 10],
      ['accepted', 30],
      ['reported', 530],
    ]
    expect(clock('acceptance', 100, steps)).toMatchObject({ dueAt: 600, metAt: null })
    expect(clock('repair', 1_000, steps)).toMatchObject({ dueAt: 1_000, metAt: null })
  })

  it('repair stops at done and goes on where the readings send it back; the time of the proof is nobody’s', () => {
    const steps: Steps = [
      ['reported', 0],
      ['dispatched', 10],
      ['accepted', 20],
      ['done', 60],
    ]
    expect(clock('repair', 100, steps)).toMatchObject({ dueAt: 100, metAt: 60 })
    const back: Steps = [...steps, ['accepted', 500]]
    expect(clock('repair', 100, back)).toMatchObject({ dueAt: 540, metAt: null })
    const again: Steps = [...back, ['done', 530], ['verified', 700], ['closed', 900]]
    expect(clock('repair', 100, again)).toMatchObject({ dueAt: 540, metAt: 530 })
    expect(clock('acceptance', 100, again)).toMatchObject({ dueAt: 100, metAt: 20 })
  })

  it('on hold it stands still, and nobody can say when it will be due', () => {
    const steps: Steps = [
      ['reported', 0],
      ['accepted', 20],
      ['on-hold', 60],
    ]
    expect(clock('repair', 100, steps)).toMatchObject({ dueAt: null, metAt: null })
    expect(clock('acceptance', 100, steps), 'that was over').toMatchObject({ dueAt: 100, metAt: 20 })
    expect(clock('repair', 100, [...steps, ['accepted', 1_060]])).toMatchObject({ dueAt: 1_100 })
  })

  it('what was too late stays too late, however the order goes on', () => {
    const late: Steps = [
      ['reported', 0],
      ['accepted', 20],
      ['done', 150],
      ['accepted', 300],
      ['done', 310],
    ]
    expect(clock('repair', 100, late)).toMatchObject({ dueAt: 100, metAt: 310 })
  })
})

const CALENDAR: WorkCalendar = {
  id: 'office',
  name: 'Office',
  hours: Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [
      day,
      [
        { from: '08:00', to: '12:00' },
        { from: '14:00', to: '18:00' },
      ],
    ]),
  ),
  makeUpHours: [{ from: '09:00', to: '12:00' }],
  years: {
    '2026': {
      holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'],
      workdays: ['2026-10-10'],
    },
  },
}

const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [{ id: 'bureau', name: 'Bureau', type: 'office', headCount: 1, areaM2: 1 }],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  calendars: [CALENDAR],
  devices: [
    {
      id: 'meter-1',
      name: 'Main',
      family: 'water-meter',
      profile: 'gatehouse/meter',
      place: { institution: 'bureau' },
    },
  ],
}
const OPTIONS = WorkOrdersOptions.parse({ targets: { medium: { acceptMs: HOUR, repairMs: 8 * HOUR } } })

/** The repair of an order of medium severity, in working hours. */
const repair = (steps: Steps, site = SITE) => clocksIn(OPTIONS, site)(order(steps))[1]

describe('in working hours', () => {
  it('what is reported on a Friday evening has its whole day on Monday', () => {
    expect(repair([['reported', at('2026-09-11T20:00')]])?.dueAt).toBe(at('2026-09-14T18:00'))
  })

  it('what is reported at 17:59 before a week of holidays has a minute of that day', () => {
    expect(repair([['reported', at('2026-09-30T17:59')]])?.dueAt).toBe(at('2026-10-08T17:59'))
  })

  it('a make-up Saturday counts', () => {
    expect(repair([['reported', at('2026-10-09T18:00')]])?.dueAt).toBe(at('2026-10-12T15:00'))
  })

  it('a hold over a weekend takes nothing but its working hours off the clock', () => {
    const steps: Steps = [
      ['reported', at('2026-09-11T16:00')],
      ['accepted', at('2026-09-11T16:10')],
      ['on-hold', at('2026-09-11T17:00')],
      ['accepted', at('2026-09-14T09:00')],
    ]
    expect(repair(steps)?.dueAt).toBe(at('2026-09-14T18:00'))
    const holiday: Steps = [
      ['reported', at('2026-09-30T17:00')],
      ['accepted', at('2026-09-30T17:30')],
      ['on-hold', at('2026-10-03T10:00')],
      ['accepted', at('2026-10-05T10:00')],
    ]
    expect(repair(holiday)?.dueAt, 'held over days on which nobody works').toBe(at('2026-10-08T17:00'))
  })

  it('done at the very instant it is due is in time', () => {
    const reported = ['reported', at('2026-09-14T08:00')] as const
    const done = repair([reported, ['done', at('2026-09-14T18:00')]])
    expect(done).toMatchObject({ dueAt: at('2026-09-14T18:00'), metAt: at('2026-09-14T18:00') })
  })

  it('a site without a calendar works around the clock', () => {
    const { calendars: _, ...site } = SITE
    expect(repair([['reported', 0]], site)?.dueAt).toBe(8 * HOUR)
  })

  it('a calendar without a working hour promises no instant, and costs no endless search', () => {
    const none = { ...SITE, calendars: [{ ...CALENDAR, hours: {}, years: {} }] }
    expect(repair([['reported', 0]], none)).toMatchObject({ dueAt: null, metAt: null })
  })
})

it('what ended without a repair was promised nothing, and neither was what nobody judges', () => {
  const clocksOf = clocksIn(OPTIONS, SITE)
  expect(clocksOf(order([['cancelled', 5]]))).toEqual([])
  const unjudged = WorkOrdersOptions.parse({ targets: { medium: { acceptMs: null } } })
  expect(clocksIn(unjudged, SITE)(order([['reported', 5]])).map((one) => one.clock)).toEqual(['repair'])
})

it('what was told as overdue is not promised again', () => {
  const clocksOf = clocksIn(OPTIONS, SITE)
  const late = order([['reported', 0]], { overdue: [{ clock: 'acceptance', at: 3 }] })
  expect(promisedBy(late, clocksOf).map((one) => one.clock)).toEqual(['repair'])
})

it('however an order moves: a clock is overdue exactly where it ran for longer than its limit', () => {
  const states: readonly OrderState[] = ['reported', 'dispatched', 'accepted', 'on-hold', 'done', 'verified']
  const move = fc.tuple(fc.constantFrom(...states), fc.integer({ min: 0, max: 50 }))
  fc.assert(
    fc.property(fc.array(move, { maxLength: 20 }), fc.integer({ min: 1, max: 200 }), (moves, limitMs) => {
      let now = 0
      const steps: [OrderState, Instant][] = [['reported', 0]]
      let ranMs = 0
      for (const [to, gapMs] of moves) {
        if (['reported', 'dispatched', 'accepted'].includes(steps.at(-1)?.[0] ?? '')) ranMs += gapMs
        now += gapMs
        steps.push([to, now])
      }
      const { dueAt } = clock('repair', limitMs, steps)
      const isOver = dueAt !== null && dueAt < now && ranMs > limitMs
      expect(isOver).toBe(ranMs > limitMs)
      const runs = ['reported', 'dispatched', 'accepted'].includes(steps.at(-1)?.[0] ?? '')
      if (runs && ranMs <= limitMs) expect(dueAt).toBe(now + limitMs - ranMs)
    }),
  )
})
