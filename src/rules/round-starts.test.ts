import { describe, expect, it } from 'vitest'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { createEngine, type StateRow } from './engine.ts'
import { RulesOptions } from './index.ts'

const MINUTE_MS = 60_000
const at = (local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds

const OFFICE = [{ from: '08:30', to: '17:30' }]
/** The seven days of the National Day are off; Saturday the 10th makes up for one of them. */
const CALENDAR = {
  id: 'office',
  name: 'Office',
  hours: { monday: OFFICE, tuesday: OFFICE, wednesday: OFFICE, thursday: OFFICE, friday: OFFICE },
  makeUpHours: OFFICE,
  years: {
    '2026': {
      holidays: ['01', '02', '03', '04', '05', '06', '07'].map((day) => `2026-10-${day}`),
      workdays: ['2026-10-10'],
    },
  },
}
const site = (years = CALENDAR.years): Site => ({
  id: 's',
  name: 'S',
  timeZone: 'Asia/Shanghai',
  buildings: [],
  zones: [],
  vehicles: [],
  institutions: [{ id: 'school', name: 'School', type: 'school', headCount: 9, areaM2: 9 }],
  calendars: [{ ...CALENDAR, years }],
  devices: ['a', 'b'].map((id) => ({
    id,
    name: id,
    family: 'patrol-checkpoint',
    profile: 'p',
    place: { institution: 'school' },
  })),
  routes: [
    {
      id: 'evening',
      name: 'Evening',
      starts: { at: ['20:00'] },
      visits: [
        { checkpoint: 'a', offsetMinutes: 0 },
        { checkpoint: 'b', offsetMinutes: 10 },
      ],
    },
  ],
})
const rulesOf = (kind: string, options: object, on: Site, more: object = {}) =>
  bindRules(
    RulesOptions.parse({ rules: [{ id: 'r', kind, severity: 'high', verifyMs: 1, options, ...more }] }).rules,
    on,
    () => ({}),
  )

/** Nobody walks from then to then; what is told, by local minute. */
function unwalked(rules: ReturnType<typeof rulesOf>, from: string, to: string, stored: StateRow[] = []) {
  const engine = createEngine(rules, stored)
  const told: string[] = []
  let offset = 0
  for (let now = at(from); now <= at(to); now += 30 * MINUTE_MS) {
    for (const { subject, breached, because } of engine.take({
      offset: ++offset,
      receivedAt: now,
      records: [],
    })) {
      const { planned, started } = because.figures
      told.push(`${breached ? '+' : '-'} ${subject} ${planned ?? started ?? because.code}`)
    }
  }
  return { told, states: [...engine.changedStates()] }
}

const WORKED = { days: ['working', 'make-up'] }

describe('rounds on the days of a calendar', () => {
  it('are missed on a make-up Saturday, and neither on a holiday nor on a Sunday', () => {
    const rules = rulesOf('missed-checkpoint', WORKED, site(), { scope: { devices: ['a'] } })
    // From the eve of the holidays on; the breach of the 30th would hide the next one, so it begins after it.
    expect(unwalked(rules, '2026-09-30T20:30', '2026-10-08T19:00').told).toEqual([])
    expect(unwalked(rules, '2026-10-09T20:30', '2026-10-10T21:00').told).toEqual([
      '+ evening/a 2026-10-10 20:00',
    ])
    expect(unwalked(rules, '2026-10-10T20:30', '2026-10-12T19:00').told).toEqual([])
    expect(unwalked(rules, '2026-10-10T20:30', '2026-10-12T21:00').told).toEqual([
      '+ evening/a 2026-10-12 20:00',
    ])
  })

  it('are incomplete and out of time on those days alone', () => {
    const incomplete = rulesOf('round-incomplete', WORKED, site())
    expect(unwalked(incomplete, '2026-09-30T20:30', '2026-10-10T19:00').told).toEqual([
      '+ route:evening 2026-10-08 20:00',
    ])
    const late = rulesOf('late-checkpoint', WORKED, site(), { scope: { devices: ['b'] } })
    expect(unwalked(late, '2026-10-01T00:00', '2026-10-08T20:00').told).toEqual([])
  })

  it('follow the list of the year that is entered while they wait', () => {
    const guessed = rulesOf('missed-checkpoint', WORKED, site({ '2026': { holidays: [], workdays: [] } }))
    const { states } = unwalked(guessed, '2026-09-30T21:00', '2026-09-30T22:00')
    const known = rulesOf('missed-checkpoint', WORKED, site())
    expect(unwalked(known, '2026-09-30T22:30', '2026-10-08T19:00', states).told).toEqual([])
    expect(unwalked(known, '2026-09-30T22:30', '2026-10-08T21:00', states).told).toEqual([
      '+ evening/a 2026-10-08 20:00',
      '+ evening/b 2026-10-08 20:10',
    ])
  })

  it('nobody stays late for a visit that turns out to be on a holiday', () => {
    const some = { scope: { devices: ['a'] } }
    const guessed = rulesOf('late-checkpoint', WORKED, site({ '2026': { holidays: [], workdays: [] } }), some)
    const { told, states } = unwalked(guessed, '2026-10-01T19:40', '2026-10-01T20:10')
    expect(told).toEqual(['+ evening/a 2026-10-01 20:00'])
    const known = rulesOf('late-checkpoint', WORKED, site(), some)
    expect(unwalked(known, '2026-10-01T20:12', '2026-10-01T20:14', states).told).toEqual([
      '- evening/a visit-given-up',
    ])
  })

  it('are walked every day where nothing is said of days, under the version that they had', () => {
    const rules = rulesOf('missed-checkpoint', {}, site(), { scope: { devices: ['a'] } })
    expect(unwalked(rules, '2026-09-30T20:30', '2026-10-01T21:00').told).toEqual([
      '+ evening/a 2026-10-01 20:00',
    ])
    expect(rules[0]?.subjects.get('evening/a')?.options).not.toHaveProperty('plan.days')
  })

  it('of days that never come wait for ever, and a calendar that the site has not is refused', () => {
    const never = rulesOf(
      'missed-checkpoint',
      { days: ['holiday'] },
      site({ '2026': { holidays: [], workdays: [] } }),
    )
    expect(unwalked(never, '2026-10-01T00:00', '2026-10-03T00:00').told).toEqual([])
    expect(() => rulesOf('missed-checkpoint', { ...WORKED, calendar: 'nobody' }, site())).toThrow(
      /calendar nobody/,
    )
  })
})
