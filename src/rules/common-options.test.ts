import { describe, expect, it } from 'vitest'
import type { Commit } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import type { WorkCalendar } from '../model/work-calendar.ts'
import { bindRules } from './bind.ts'
import { createEngine } from './engine.ts'
import { RULE_KINDS, RulesOptions } from './index.ts'

const meter = (id: string, institution = 'bureau'): Device => ({
  id,
  name: id,
  family: 'water-meter',
  profile: 'any/any',
  place: { institution },
})
const hours = [{ from: '08:30', to: '18:00' }]
const calendar = (id: string, weekday: 'monday' | 'saturday'): WorkCalendar => ({
  id,
  name: id,
  hours: { [weekday]: hours },
  makeUpHours: hours,
  years: {},
})
const institution = (id: string, own?: string) => ({
  id,
  name: id,
  type: 'other' as const,
  headCount: 1,
  areaM2: 1,
  ...(own !== undefined && { calendar: own }),
})
const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [institution('bureau'), institution('school', 'school')],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: [meter('meter-1'), meter('meter-2', 'school')],
  calendars: [calendar('office', 'monday'), calendar('school', 'saturday')],
}
const FLOW = { point: 'flow', above: 8, forMs: 0 }

const bindAll = (rules: object[], site = SITE) => {
  const declared = rules.map((rule, index) => ({
    id: `rule-${index}`,
    kind: 'sustained',
    severity: 'low',
    verifyMs: 1,
    options: FLOW,
    ...rule,
  }))
  return bindRules(RulesOptions.parse({ rules: declared }).rules, site, () => ({ measuresEveryMs: 60_000 }))
}
const bind = (rule: object, site?: Site) => {
  const [bound] = bindAll([rule], site)
  if (!bound) throw new Error('no rule')
  return bound
}
const optionsOf = (rule: object, subject = 'meter-1') => bind(rule).subjects.get(subject)?.options
const at = (local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds

const says = (offset: number, local: string, flow: number): Commit => ({
  offset,
  receivedAt: at(local),
  records: [{ is: 'reading', device: 'meter-1', at: at(local), values: { flow } }],
})
const quiet = (offset: number, local: string): Commit => ({ offset, receivedAt: at(local), records: [] })

describe('a rule without common options', () => {
  it('has the very options of its kind, and its version says nothing of them', () => {
    expect(optionsOf({})).not.toHaveProperty('conditions')
    expect(optionsOf({ onDelayMs: 0, offDelayMs: 0 })).not.toHaveProperty('conditions')
    expect(bind({}).version).not.toBe(bind({ onDelayMs: 1 }).version)
  })
})

describe('a rule with common options', () => {
  it('shares one object of them among all subjects that come to the same', () => {
    const rule = bind({ onDelayMs: 5_000 })
    const [one, two] = [...rule.subjects.values()].map(({ options }) => options as { conditions: object })
    expect(one).toMatchObject({ above: 8, conditions: { onDelayMs: 5_000, heldMs: 180_000 } })
    expect(one?.conditions).not.toBe(undefined)
    // Of another institution with another calendar: the conditions may differ, the rest is the same.
    expect(two).toEqual(one)
  })

  it('turns a deadband into the limit at which its kind clears', () => {
    expect(optionsOf({ deadband: 2 })).toMatchObject({ above: 8, clearBelow: 6 })
    expect(optionsOf({ deadband: { percent: 5 } })).toMatchObject({ clearBelow: 7.6 })
    const battery = {
      kind: 'low-battery',
      options: { belowV: 3, belowPercent: 10 },
      deadband: { percent: 10 },
    }
    expect(optionsOf(battery)).toMatchObject({ clearAboveV: 3.3, clearAbovePercent: 11 })
    const compared = {
      kind: 'compare',
      options: { point: 'flow', with: { point: 'flow', device: 'meter-2' }, is: 'above', by: 4 },
    }
    expect(optionsOf({ ...compared, scope: { devices: ['meter-1'] }, deadband: 1 })).toMatchObject({
      hysteresis: 1,
    })
    expect(() => bind({ kind: 'silent', options: {}, deadband: 2 })).toThrow(
      'rule rule-0: deadband: silent judges no numeric limit',
    )
  })

  it('tells its kind how long a value is believed', () => {
    expect(optionsOf({ heldMs: 7_000 })).toMatchObject({ heldMs: 7_000 })
    expect(optionsOf({})).toMatchObject({ heldMs: 180_000 })
  })

  it('needs a kind that judges the rate it adds', () => {
    const rateOfChange = { point: 'flow' }
    expect(() => bind({ rateOfChange })).toThrow('rateOfChange: its options do not judge flowPerHour')
    const rule = bind({ rateOfChange, options: { ...FLOW, point: 'flowPerHour' } })
    expect(rule.subjects.get('meter-1')?.points).toEqual(['flow'])
  })

  it('names the calendars that the site does not have, each where it is asked for', () => {
    const bare = { ...SITE, calendars: [] }
    const wanted = {
      when: 'holidays',
      severityWhen: [{ when: { hours: 'free', calendar: 'x' }, severity: 'high' }],
    }
    expect(() => bind(wanted, bare)).toThrow(
      'rule rule-0: when: the site has no calendar\nrule rule-0: severityWhen.0.when: the site has no calendar x',
    )
    expect(() => bind({ when: 'night' }, bare)).not.toThrow()
  })

  it('a wrong option for a time is named where it stands', () => {
    const rule = { id: 'r', kind: 'silent', severity: 'low', verifyMs: 1, options: {} }
    const optionsWhen = [{ when: 'night', options: { formMs: 5 } }]
    expect(RulesOptions.safeParse({ rules: [{ ...rule, optionsWhen }] }).error?.issues[0]?.path).toEqual([
      'rules',
      0,
      'optionsWhen',
      0,
      'options',
    ])
  })

  it('clears at the end of its schedule and breaches again when that begins, where the kind still sees it', () => {
    const engine = createEngine([bind({ when: 'outside-working-hours' })])
    const told = [
      says(1, '2026-10-05T07:00', 9), // a Monday
      quiet(2, '2026-10-05T08:29'),
      quiet(3, '2026-10-05T08:30'),
      says(4, '2026-10-05T12:00', 9),
      quiet(5, '2026-10-05T18:00'),
      says(6, '2026-10-05T19:00', 1),
    ].flatMap((commit) => engine.take(commit))
    expect(told.map(({ at: instant, breached, because }) => [instant, breached, because.code])).toEqual([
      [at('2026-10-05T07:00'), true, 'above-for'],
      [at('2026-10-05T08:30'), false, 'out-of-schedule'],
      [at('2026-10-05T18:00'), true, 'above-for'],
      [at('2026-10-05T19:00'), false, 'below'],
    ])
  })

  it('judges by other limits at other times', () => {
    const night = { optionsWhen: [{ when: 'night', options: { above: 0.5 } }] }
    const engine = createEngine([bind(night)])
    const told = [
      says(1, '2026-10-05T01:00', 2),
      says(2, '2026-10-05T02:30', 2),
      says(3, '2026-10-05T03:00', 0.1),
      says(4, '2026-10-05T05:30', 2),
    ].flatMap((commit) => engine.take(commit))
    expect(told.map(({ breached }) => breached)).toEqual([true, false])
  })

  it('has a severity by schedule, by the calendar of the institution', () => {
    const rule = bind({ severityWhen: [{ when: 'outside-working-hours', severity: 'critical' }] })
    expect(rule.severityAt('meter-1', at('2026-10-05T09:00'))).toBe('low')
    expect(rule.severityAt('meter-1', at('2026-10-05T20:00'))).toBe('critical')
    // The school works on Saturdays alone.
    expect(rule.severityAt('meter-2', at('2026-10-05T09:00'))).toBe('critical')
    expect(rule.severityAt('meter-2', at('2026-10-03T09:00'))).toBe('low')
  })

  it('reaches the same decision again from its evidence alone', () => {
    const rule = bind({ onDelayMs: 5_000, when: 'outside-working-hours' })
    const engine = createEngine([rule])
    const told = [says(1, '2026-10-05T07:00', 9), quiet(2, '2026-10-05T07:00:05')].flatMap((commit) =>
      engine.take(commit),
    )
    const [breach] = told
    const { options } = rule.subjects.get('meter-1') ?? {}
    const kept = JSON.parse(JSON.stringify({ options, grounds: breach?.grounds }))
    const kind = RULE_KINDS.find((each) => each.kind === 'sustained')
    expect(told).toHaveLength(1)
    expect(kind?.lone(kept.options).decide(kept.grounds)).toMatchObject({
      breached: true,
      because: breach?.because,
    })
  })
})
