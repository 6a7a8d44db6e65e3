import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { doorUnlocked } from './door-unlocked.ts'

const OPTIONS = { releaseTimeMs: 2, device: 'meter-1' }
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

describe('door-unlocked (a passage takes 2 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['an unlocked door breaches until it is locked',   'l-u--l-', '--B--F-'],
    ['being told so again changes nothing',            'uu--ul-', 'B----F-'],
    ['unlocked for one passage is fine',               'l-G-l-g-u-l', '-----------'],
    ['told so again after the passage it is not',      'l-G---u-l', '------B-F'],
    ['unlocked later than a passage takes is not',     'g---u--', '----B--'],
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
