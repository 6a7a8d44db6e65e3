import { describe, expect, it } from 'vitest'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import type { Commit } from '../model/commit.ts'
import { antiPassback } from './anti-passback.ts'
import { bindRules } from './bind.ts'
import { createEngine } from './engine.ts'
import { RulesOptions } from './index.ts'

const MINUTE_MS = 60_000
/** The reset is at the 20th character. */
const BEGIN = Temporal.ZonedDateTime.from('2026-03-01T03:40[Asia/Shanghai]').epochMilliseconds
const OPTIONS = {
  timeZone: 'Asia/Shanghai',
  resetAt: '04:00',
  withinMs: null,
  takenWithinMs: 2 * MINUTE_MS,
  repeatMs: 2 * MINUTE_MS,
  quietMs: 5 * MINUTE_MS,
  remembers: 3,
}
const pass = (credential: string, direction: 'in' | 'out', device = 'east') => ({
  device,
  values: { access: 'granted', credential, direction },
})
const MARKS = {
  a: pass('card-a', 'in'),
  A: pass('card-a', 'out', 'west'),
  b: pass('card-b', 'in'),
  B: pass('card-b', 'out'),
  c: pass('card-c', 'in'),
  d: pass('card-d', 'in'),
  n: { values: { access: 'denied', credential: 'card-a', direction: 'in' } },
  w: { values: { access: 'granted', credential: 'card-a' } },
  x: { ...pass('card-a', 'in'), doubts: { direction: 'bad' } },
  f: { values: { fire: true } },
  o: { device: 'east', values: { door: 'open' } },
  k: { device: 'east', values: { door: 'closed' } },
  K: { device: 'west', values: { door: 'closed' } },
  O: { device: 'west', values: { door: 'open' } },
} as const

const stream = (picture: string) => commits(picture, MARKS, MINUTE_MS, BEGIN)
const told = (picture: string, options: object = {}) =>
  drawn(picture.length, run(antiPassback, { ...OPTIONS, ...options }, stream(picture)), MINUTE_MS, BEGIN)

describe('anti-passback (3 remembered, quiet for 5 min, the reset at minute 20)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['in and out again is fine',                       'a---A---a---', '------------'],
    ['in twice breaches, until it is quiet',           'a----a--------', '-----B----F---'],
    ['everybody is judged by their own',               'a--b--A--B--a', '-------------'],
    ['shown again at once it is the same entry',       'aa---A--a---', '------------'],
    ['more of it holds the breach',                    'a---a--a--------', '----B-------F---'],
    ['one who was refused did not enter',              'a---n--', '-------'],
    ['nor one whose way is not known, or not to be believed', 'a---w-x-', '--------'],
    ['out without having been in is fine',             'A---a--', '-------'],
    ['after the reset everybody is outside',           '-----------------a-----a--', '--------------------------'],
    ['who entered first is forgotten where there are too many', 'a-b-c-d---a', '-----------'],
    ['the others are not',                             'a-b-c-d---b', '----------B'],
    ['a fire release empties the area',                'a--f--a---', '----------'],
    ['who is let in and does not pass has not entered', 'k-a-----ao', '----------'],
    ['who passes has, since the grant',                 'k-aok----ao--------', '---------B----F----'],
    ['a door that opens too late lets nobody through',  'k-a--ok--ao---', '--------------'],
    ['nor does the door of another gate',               'kKa-O---ao----', '--------------'],
    ['who comes while the door stands open passes',     'o-a----a------', '-------B----F-'],
    ['two go through a door that opens once',           'kbaok---baok----', '--------B-----F-'],
    ['who is let out has left, passing or not',         'k-aok-Ak-ao---', '--------------'],
    ['a fire release lets nobody wait any longer',      'k-aok---afo----', '---------------'],
    ['after an absence nobody is known to be inside',  'a--~~~~--a---', '-------------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('timed, only a second entry soon after the first counts', () => {
    const options = { withinMs: 4 * MINUTE_MS, repeatMs: 0 }
    expect(told('a---a-----', options)).toBe('----B----F')
    expect(told('a----a----', options)).toBe('----------')
  })

  it('a gate that tells late of an exit does not undo a later entry', () => {
    const late = stream('A---a--a----').map((commit, minute, all) => {
      const readings = minute === 0 ? [] : minute === 6 ? (all[0]?.readings ?? []) : commit.readings
      return { ...commit, readings }
    })
    expect(run(antiPassback, OPTIONS, late).map(({ breached }) => breached)).toEqual([true])
  })

  it('hears of a fire release from a controller that guards no way in or out', () => {
    const device = (id: string, profile: string) => ({
      id,
      name: id,
      family: 'access-control-gate' as const,
      profile,
      place: { institution: 'i', building: 'b' },
    })
    const site = {
      ...BARE_SITE,
      devices: [device('east', 'gate'), device('panel', 'panel')],
    }
    const points: Record<string, Readonly<Record<string, unknown>>> = {
      gate: { access: {}, credential: {}, direction: {}, door: {} },
      panel: { fire: {} },
    }
    const rule = { id: 'back', kind: 'anti-passback', severity: 'low', verifyMs: 1, options: {} }
    const { rules } = RulesOptions.parse({ rules: [rule] })
    const bound = bindRules(rules, site, (profile) => ({ points: points[profile] ?? {} }))
    expect([...(bound[0]?.subjects.keys() ?? [])]).toEqual(['area:b'])
    const says = (second: number, device: string, values: Record<string, string | boolean>): Commit => {
      const at = BEGIN + second * 1_000
      return { offset: second, receivedAt: at, records: [{ is: 'reading', device, at, values }] }
    }
    const enters = { access: 'granted', credential: 'card-a', direction: 'in' }
    const codes = (...stream: Commit[]) => {
      const engine = createEngine(bound)
      return stream.flatMap((commit) => engine.take(commit)).map(({ because }) => because.code)
    }
    expect(codes(says(10, 'east', enters), says(90, 'east', enters))).toEqual(['entered-twice'])
    const fire = [says(20, 'panel', { fire: true }), says(80, 'panel', { fire: false })]
    expect(codes(says(10, 'east', enters), ...fire, says(90, 'east', enters))).toEqual([])
  })

  it('says who entered where and since when they were inside, and counts whom it forgot', () => {
    let state = antiPassback.start(OPTIONS, BEGIN).state
    const verdicts: unknown[] = []
    for (const { readings } of stream('a-b-c-d---b')) {
      for (const reading of readings) {
        const took = antiPassback.step(state, { reading }, OPTIONS)
        state = took.state
        if (took.verdict) verdicts.push(took.verdict.because)
      }
    }
    const figures = { credential: 'card-b', since: '2026-03-01 03:42', gate: 'east' }
    expect(verdicts).toEqual([{ code: 'entered-twice', figures }])
    expect(state.forgotten).toBe(1)
    expect(state.inside.length).toBe(3)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = stream('a-b--a-------b-A--a-c--a---~~~a-c-d-b--a----d-----')
    const whole = run(antiPassback, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const again of resumedAnywhere(antiPassback, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
