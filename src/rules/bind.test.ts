import { describe, expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { RulesOptions } from './index.ts'

const device = (id: string, family: Device['family'], institution = 'library'): Device => ({
  id,
  name: id,
  family,
  profile: 'gatehouse/any',
  place: { institution },
})

const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [
    { id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 },
    { id: 'school', name: 'School', type: 'school', headCount: 9, areaM2: 9 },
  ],
  buildings: [],
  zones: [
    {
      id: 'yard',
      name: 'Yard',
      kind: 'parking',
      rings: [
        [
          [120, 30],
          [120.1, 30],
          [120.1, 30.1],
          [120, 30],
        ],
      ],
    },
  ],
  routes: [
    {
      id: 'night',
      name: 'Night',
      starts: { everyMinutes: 60 },
      visits: [
        { checkpoint: 'post-1', offsetMinutes: 0 },
        { checkpoint: 'post-1', offsetMinutes: 20 },
      ],
    },
    {
      id: 'day',
      name: 'Day',
      starts: { at: ['08:00'] },
      visits: [{ checkpoint: 'post-1', offsetMinutes: 5 }],
    },
  ],
  vehicles: [{ device: 'car-1', plate: 'A1', homeZones: ['yard'] }],
  devices: [
    device('meter-1', 'water-meter'),
    device('meter-2', 'water-meter', 'school'),
    device('post-1', 'patrol-checkpoint'),
    device('car-1', 'vehicle-tracker'),
  ],
}

const bind = (...rules: object[]) => {
  const declared = rules.map((rule, index) => ({
    id: `rule-${index}`,
    severity: 'low',
    verifyMs: 1_000,
    ...rule,
  }))
  return bindRules(RulesOptions.parse({ rules: declared }).rules, SITE, () => ({
    measuresEveryMs: 60_000,
    reportsEveryMs: 120_000,
  }))
}

const subjects = (rule: object) =>
  Object.fromEntries([...(bind(rule)[0]?.subjects ?? [])].map(([subject, { options }]) => [subject, options]))

describe('a rule bound to its site', () => {
  it('judges the devices that its kind can judge and that meet its scope', () => {
    expect(Object.keys(subjects({ kind: 'continuous-flow', options: {} }))).toEqual(['meter-1', 'meter-2'])
    expect(
      Object.keys(subjects({ kind: 'continuous-flow', options: {}, scope: { institutions: ['school'] } })),
    ).toEqual(['meter-2'])
    expect(
      Object.keys(subjects({ kind: 'silent', options: {}, scope: { exceptDevices: ['car-1'] } })),
    ).toEqual(['meter-1', 'meter-2', 'post-1'])
  })

  it('takes from the profile what the rule leaves open', () => {
    expect(subjects({ kind: 'silent', options: {} })['meter-1']).toEqual({ forMs: 360_000 })
    expect(
      subjects({ kind: 'sustained', options: { point: 'flow', above: 8, forMs: 5 } })['meter-1'],
    ).toMatchObject({ clearBelow: 8, heldMs: 180_000 })
  })

  it('gives a single subject its own options', () => {
    const own = subjects({
      kind: 'silent',
      options: { reports: 2 },
      optionsFor: { 'meter-2': { forMs: 700_000 } },
    })
    expect([own['meter-1'], own['meter-2']]).toEqual([{ forMs: 240_000 }, { forMs: 700_000 }])
  })

  it('judges each checkpoint on each route that comes by, with all its visits', () => {
    const found = subjects({ kind: 'missed-checkpoint', options: {} })
    expect(found['night/post-1']).toMatchObject({
      plan: { starts: { everyMinutes: 60 }, offsetsMinutes: [0, 20] },
    })
    expect(found['day/post-1']).toMatchObject({ plan: { starts: { at: ['08:00'] }, offsetsMinutes: [5] } })
    expect(
      Object.keys(subjects({ kind: 'missed-checkpoint', options: {}, scope: { routes: ['day'] } })),
    ).toEqual(['day/post-1'])
  })

  it('leaves out devices whose profile has none of the points', () => {
    const declared = {
      id: 'flow',
      kind: 'sustained',
      severity: 'low',
      verifyMs: 1,
      options: { point: 'flow', above: 8, forMs: 5 },
    }
    const { rules } = RulesOptions.parse({ rules: [declared] })
    expect(bindRules(rules, SITE, () => ({ points: { volume: {}, flow: {} } }))[0]?.subjects.size).toBe(4)
    expect(bindRules(rules, SITE, () => ({ points: { volume: {} } }))[0]?.subjects.size).toBe(0)
  })

  it('finds who is concerned by a reading, and the device to walk to', () => {
    const [rule] = bind({ kind: 'missed-checkpoint', options: {} })
    const read = { device: 'post-1', at: 0, receivedAt: 0, values: {} }
    expect(rule?.subjectsOf(read)).toEqual(['night/post-1', 'day/post-1'])
    expect(rule?.subjectsOf({ ...read, device: 'meter-1' })).toEqual([])
    expect(rule?.deviceOf('day/post-1')).toBe('post-1')
    expect(rule?.subjects.get('day/post-1')?.points).toEqual(['tag'])
  })

  it('knows the ground on which a vehicle is at home', () => {
    expect(subjects({ kind: 'long-parking', options: {} })['car-1']).toMatchObject({
      free: [{ id: 'yard', rings: SITE.zones[0]?.rings }],
    })
  })

  it('names what the site does not know', () => {
    const scope = { zones: ['moon'], routes: ['orbit'] }
    expect(() => bind({ kind: 'silent', options: {}, scope, optionsFor: { 'meter-9': {} } })).toThrow(
      'rule rule-0: scope.zones: the site has no moon\nrule rule-0: scope.routes: the site has no orbit\nrule rule-0: optionsFor: meter-9 is not under it',
    )
  })

  it('names options that do not go together, and for whom', () => {
    const flow = { kind: 'sustained', options: { point: 'flow', above: 8, forMs: 5 } }
    const wrong = { 'meter-2': { clearBelow: 9 } }
    expect(() => bind({ ...flow, optionsFor: wrong })).toThrow(
      'rule rule-0: optionsFor.meter-2: clearBelow must not exceed above',
    )
    expect(() => bind({ ...flow, options: { ...flow.options, clearBelow: 9 } })).toThrow(
      'rule rule-0: options: clearBelow must not exceed above',
    )
  })

  it('has a version that changes with what is declared', () => {
    const versions = [{}, {}, { severity: 'high' }, { options: { reports: 4 } }].map(
      (more) => bind({ kind: 'silent', options: {}, ...more })[0]?.version,
    )
    expect(versions[0]).toMatch(/^[0-9a-f]{16}$/)
    expect(versions[1]).toBe(versions[0])
    expect(new Set(versions).size).toBe(3)
  })
})
