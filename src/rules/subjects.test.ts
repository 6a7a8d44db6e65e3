import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Commit } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import type { Reading } from '../model/reading.ts'
import { believed } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { declareKind, type ProfileFacts } from './bound-rule.ts'
import { createEngine } from './engine.ts'
import { defineRule } from './rule.ts'
import { balanceNodes, patrolRounds } from './subjects.ts'

const device = (id: string, family: Device['family'], institution = 'library'): Device => ({
  id,
  name: id,
  family,
  profile: id === 'meter-dumb' ? 'any/without-volume' : 'any/any',
  place: { institution },
})

const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: ['library', 'school'].map((id) => ({ id, name: id, type: 'other', headCount: 1, areaM2: 1 })),
  buildings: [],
  zones: [],
  vehicles: [],
  routes: [
    {
      id: 'night',
      name: 'Night',
      starts: { everyMinutes: 60 },
      visits: [
        { checkpoint: 'post-2', offsetMinutes: 0 },
        { checkpoint: 'post-1', offsetMinutes: 5 },
        { checkpoint: 'post-2', offsetMinutes: 9 },
      ],
    },
    {
      id: 'day',
      name: 'Day',
      starts: { at: ['08:00'] },
      visits: [{ checkpoint: 'post-1', offsetMinutes: 5 }],
    },
  ],
  balances: [
    { id: 'hall', name: 'Hall', main: ['meter-main'], subs: ['meter-a', 'meter-b', 'meter-dumb'] },
    { id: 'wing', name: 'Wing', main: ['meter-a'], subs: ['meter-c'] },
  ],
  devices: [
    device('meter-a', 'water-meter'),
    device('meter-b', 'water-meter', 'school'),
    device('meter-c', 'water-meter'),
    device('meter-dumb', 'water-meter'),
    device('meter-main', 'water-meter'),
    device('post-1', 'patrol-checkpoint'),
    device('post-2', 'patrol-checkpoint'),
  ],
}

/** Made up: breached while what the mains show differs from the sum of the others by more than `above`. */
const State = z.strictObject({ seen: z.record(z.string(), z.number()), breached: z.boolean() })
const Options = z.strictObject({ above: z.number(), mains: z.array(z.string()) })
const lossKind = declareKind(
  defineRule<z.output<typeof Options>, z.output<typeof State>>({
    kind: 'loss',
    summary: 'Made up.',
    options: Options,
    state: State,
    codes: ['lost', 'found'],
    points: () => ['volume'],
    start: () => ({ state: { seen: {}, breached: false } }),
    step(state, moment, { above, mains }) {
      if ('wokenAt' in moment) return { state }
      const volume = believed(moment.reading, 'volume')
      if (typeof volume === 'string') return { state }
      const seen = { ...state.seen, [moment.reading.device]: volume }
      const lost = Object.entries(seen).reduce((sum, [id, m3]) => sum + (mains.includes(id) ? m3 : -m3), 0)
      const breached = lost > above
      if (breached === state.breached) return { state: { ...state, seen } }
      const because = { code: breached ? 'lost' : 'found', figures: { lost } }
      return { state: { seen, breached }, verdict: { breached, because } }
    },
  }),
  {
    families: ['water-meter'],
    declared: z.strictObject({ above: z.number() }),
    subjects: balanceNodes,
    options: ({ above }, { balance }) => ({ above, mains: [...(balance?.main ?? [])] }),
  },
)

const roundKind = declareKind(
  defineRule<{ posts: string[] }, null>({
    kind: 'round',
    summary: 'Made up.',
    options: z.strictObject({ posts: z.array(z.string()) }),
    state: z.null(),
    codes: [],
    points: () => [],
    start: () => ({ state: null }),
    step: () => ({ state: null }),
  }),
  {
    families: ['patrol-checkpoint'],
    declared: z.strictObject({}),
    subjects: patrolRounds,
    options: (_declared, { members }) => ({ posts: members.map((member) => member.device.id) }),
  },
)

const facts = (profile: string): ProfileFacts => ({
  points: profile === 'any/any' ? { volume: {}, tag: {} } : {},
})

const bind = (kind: string, scope: object = {}, more: object = {}) => {
  const config = { id: 'r', severity: 'low', verifyMs: 1, fault: 'r', order: 'none', kind, scope }
  const options = kind === 'loss' ? { above: 1 } : {}
  const rule = { options, optionsFor: {}, ...config, ...more } as Parameters<typeof bindRules>[0][number]
  const [bound] = bindRules([rule], SITE, facts, [lossKind, roundKind])
  if (!bound) throw new Error('no rule')
  return bound
}

const said = (id: string, at: number, volume: number): Reading => ({
  device: id,
  at,
  receivedAt: at,
  values: { volume },
})

describe('a subject of several devices', () => {
  it('is one, however many devices stand for it, and each of their readings goes to it', () => {
    const rule = bind('loss')
    expect([...rule.subjects.keys()]).toEqual(['balance:hall', 'balance:wing'])
    expect(rule.subjectsOf(said('meter-a', 0, 0))).toEqual(['balance:hall', 'balance:wing'])
    expect(rule.subjectsOf(said('meter-b', 0, 0))).toEqual(['balance:hall'])
    expect(rule.subjectsOf(said('meter-c', 0, 0))).toEqual(['balance:wing'])
  })

  it('is walked to where the kind says, else at its first device', () => {
    expect(bind('loss').deviceOf('balance:hall')).toBe('meter-main')
    expect(bind('round').deviceOf('route:night')).toBe('post-2')
    expect(bind('round').deviceOf('route:day')).toBe('post-1')
  })

  it('hears none of a device that has none of the points it is judged by', () => {
    const { subjects, subjectsOf } = bind('loss')
    expect(subjects.get('balance:hall')?.devices).toEqual(['meter-a', 'meter-b', 'meter-main'])
    expect(subjectsOf(said('meter-dumb', 0, 0))).toEqual([])
  })

  it('counts a device that it meets twice once', () => {
    expect(bind('round').subjects.get('route:night')?.options).toEqual({ posts: ['post-1', 'post-2'] })
    expect(bind('round').subjectsOf(said('post-2', 0, 0))).toEqual(['route:night'])
  })

  it('is judged whole once one of its devices is in scope, but without those that are excepted', () => {
    const school = bind('loss', { institutions: ['school'] })
    expect([...school.subjects]).toMatchObject([
      ['balance:hall', { devices: ['meter-a', 'meter-b', 'meter-main'] }],
    ])
    const without = bind('loss', { exceptDevices: ['meter-b'] })
    expect(without.subjects.get('balance:hall')?.devices).toEqual(['meter-a', 'meter-main'])
  })

  it('is chosen by its own name', () => {
    expect([...bind('loss', { balances: ['wing'] }).subjects.keys()]).toEqual(['balance:wing'])
    expect([...bind('round', { routes: ['day'] }).subjects.keys()]).toEqual(['route:day'])
    expect([...bind('round', { routes: ['day'], devices: ['post-2'] }).subjects.keys()]).toEqual([])
    expect(() => bind('loss', { balances: ['moon'] })).toThrow('rule r: scope.balances: the site has no moon')
  })

  it('may have its own options', () => {
    const rule = bind('loss', {}, { optionsFor: { 'balance:wing': { above: 9 } } })
    expect(rule.subjects.get('balance:wing')?.options).toEqual({ above: 9, mains: ['meter-a'] })
    expect(rule.subjects.get('balance:hall')?.options).toMatchObject({ above: 1 })
  })

  it('is judged by what all of its devices say, in the order of the journal, wherever the run is cut', () => {
    const readings = [
      said('meter-main', 1, 10),
      said('meter-a', 2, 6),
      said('meter-b', 3, 4),
      said('meter-c', 4, 6),
      said('meter-main', 5, 12),
      said('meter-b', 6, 6),
    ]
    const commits = readings.map((reading, index): Commit => {
      const { device: id, at, values } = reading
      return { offset: index + 1, receivedAt: at, records: [{ is: 'reading', device: id, at, values }] }
    })
    const told = (cut: number) => {
      const first = createEngine([bind('loss')])
      const before = commits.slice(0, cut).flatMap((commit) => first.take(commit))
      const stored = JSON.parse(JSON.stringify(first.changedStates()))
      const second = createEngine([bind('loss')], stored)
      const after = commits.slice(cut).flatMap((commit) => second.take(commit))
      return [...before, ...after].map(({ subject, at, breached }) => [subject, at, breached])
    }
    const whole = [
      ['balance:hall', 1, true],
      ['balance:wing', 2, true],
      ['balance:hall', 3, false],
      ['balance:wing', 4, false],
      ['balance:hall', 5, true],
      ['balance:hall', 6, false],
    ]
    for (const cut of commits.keys()) expect(told(cut)).toEqual(whole)
  })
})
