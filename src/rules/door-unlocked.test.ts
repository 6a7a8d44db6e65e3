import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { bindRules } from './bind.ts'
import { doorUnlocked } from './door-unlocked.ts'
import { createEngine } from './engine.ts'
import { RulesOptions } from './index.ts'

const OPTIONS = { releaseTimeMs: 2, passageMs: 6, device: 'meter-1' }
const MARKS = {
  u: { values: { lock: 'unlocked' } },
  l: { values: { lock: 'locked' } },
  o: { values: { door: 'open' } },
  g: { values: { access: 'granted' } },
  G: { values: { access: 'granted', lock: 'unlocked' } },
  x: { values: { lock: 'locked' }, doubts: { lock: 'bad' } },
  F: { values: { fire: true }, device: 'panel' },
  N: { values: { fire: false, lock: 'locked' }, device: 'panel' },
} as const

describe('door-unlocked (a passage is granted for 2 ms, and 6 ms after it the lock must hold again)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['an unlocked door breaches until it is locked',   'l-u--l-', '--B--F-'],
    ['being told so again changes nothing',            'uu--ul-', 'B----F-'],
    ['unlocked for one passage is fine',               'l-G-l-g-u-l', '-----------'],
    ['told so again after the passage it is not',      'l-G---u-l', '------B-F'],
    ['unlocked later than a passage takes is not',     'g---u--', '----B--'],
    ['a passage that never ends is one no more',       'l-G---------l', '--------B---F'],
    ['another grant is another passage',               'l-G---g-------l', '------------B-F'],
    ['locked in time it was a passage',                'l-G-----l----', '-------------'],
    ['after an absence it has the whole time again',   'l-G~~~-------l', '------------BF'],
    ['a passage that ends in a fire release is none',  'l-G-F-----l', '-----------'],
    ['and breaches if the lock never held after it',   'l-G-F-----N', '----------B'],
    ['an open door may be locked',                     'o-l----', '-------'],
    ['what is not to be believed locks no door',       'u-x-l--', 'B---F--'],
    ['a fire release unlocks doors by right',          'Fu---', '-----'],
    ['a fire release ends the breach',                 'u-F--', 'B-F--'],
    ['reset, a door still unlocked breaches',          'Fu-N-l', '---B-F'],
    ['a breach outlasts an absence',                   'u-~~~-l', 'B-----F'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(doorUnlocked, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('l-u--lG--u-lx~~~uF-ul-N-u-F-N-l', MARKS)
    const whole = run(doorUnlocked, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const told of resumedAnywhere(doorUnlocked, OPTIONS, all)) expect(told).toEqual(whole)
  })
})

describe('a door left unlocked outside its hours (19:00 to 07:00)', () => {
  const at = (local: string) =>
    Temporal.PlainDateTime.from(`2026-03-02T${local}`).toZonedDateTime('Asia/Shanghai').epochMilliseconds
  const SITE = {
    id: 'campus',
    name: 'Campus',
    timeZone: 'Asia/Shanghai',
    institutions: [{ id: 'library', name: 'Library', type: 'venue' as const, headCount: 9, areaM2: 9 }],
    buildings: [],
    zones: [],
    routes: [],
    vehicles: [],
    devices: [
      {
        id: 'lobby',
        name: 'Lobby',
        family: 'access-control-gate' as const,
        profile: 'gatehouse/access-control-gate',
        place: { institution: 'library' },
      },
    ],
  }
  const told = (...said: [string, string | undefined][]) => {
    const when = { from: '19:00', to: '07:00' }
    const rule = { id: 'unlocked', kind: 'door-unlocked', severity: 'high', verifyMs: 1, when, options: {} }
    const engine = createEngine(bindRules(RulesOptions.parse({ rules: [rule] }).rules, SITE, () => ({})))
    return said.flatMap(([local, lock], offset) => {
      const [receivedAt, device] = [at(local), 'lobby']
      const records =
        lock === undefined ? [] : [{ is: 'reading' as const, device, at: receivedAt, values: { lock } }]
      return engine
        .take({ offset, receivedAt, records })
        .map(({ at: since, breached }) => `${breached ? '+' : '-'}${(since - at('00:00')) / 60_000}`)
    })
  }

  it('is told when the hours begin, though nothing is said then', () => {
    expect(told(['12:00', 'unlocked'], ['18:59', undefined], ['19:00', undefined])).toEqual(['+1140'])
  })

  it('is not told of a door that was locked before', () => {
    expect(told(['12:00', 'unlocked'], ['18:00', 'locked'], ['23:00', undefined])).toEqual([])
  })

  it('is told at once within them, and ends when it is locked', () => {
    expect(told(['01:00', 'locked'], ['02:00', 'unlocked'], ['02:10', 'locked'])).toEqual(['+120', '-130'])
  })

  it('ends when the locked hours end, though the door still stands unlocked', () => {
    expect(told(['01:00', 'unlocked'], ['06:59', 'unlocked'], ['07:00', undefined])).toEqual(['+60', '-420'])
  })
})
