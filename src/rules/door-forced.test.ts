import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { doorForced } from './door-forced.ts'

const OPTIONS = { releaseTimeMs: 3, toleranceMs: 1, device: 'meter-1' }
const MARKS = {
  o: { values: { door: 'open' } },
  c: { values: { door: 'closed' } },
  u: { values: { lock: 'unlocked' } },
  l: { values: { lock: 'locked' } },
  g: { values: { access: 'granted' } },
  d: { values: { access: 'denied' } },
  G: { values: { access: 'granted', door: 'open' } },
  x: { values: { door: 'open' }, doubts: { door: 'bad' } },
  F: { values: { fire: true }, device: 'panel' },
  N: { values: { fire: false, door: 'open' }, device: 'panel' },
} as const

describe('door-forced (3 ms after a grant, 1 ms tolerance)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['opened after a grant is fine',                  'cg-o---c', '--------'],
    ['opened at the end of the tolerance is in time', 'cg---o--', '--------'],
    ['opened later is forced',                        'cg----o-', '------B-'],
    ['opened without any grant is forced until closed','c--o---c', '---B---F'],
    ['a refusal is no grant',                         'c-do--c-', '---B--F-'],
    ['granted and open in one message is fine',       'c--G----', '--------'],
    ['a sensor that bounces is one breach',           'c--oooc-', '---B--F-'],
    ['of a door first heard of as open nobody knows', '-o---c--', '--------'],
    ['an unlocked door may be opened',                'cu-o-c--', '--------'],
    ['locked again it may not',                       'cul-o-c-', '----B-F-'],
    ['what is not to be believed opens no door',      'c--x----', '--------'],
    ['with a fire release on, doors open without a grant', 'cF-o-c--', '--------'],
    ['open when it is reset is not an edge',          'cFo-N---', '--------'],
    ['after the reset it may not be opened',          'cF-N-o-c', '-----B-F'],
    ['a fire release ends the breach',                'co-F-c--', '-B-F----'],
    ['open after an absence is not an edge',          'c-~~~o-c', '--------'],
    ['a breach outlasts an absence',                  'co-~~~-c', '-B-----F'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(doorForced, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('cg-o-c---o-~~c--o-ul-co-xcoFcoNco', MARKS)
    const whole = run(doorForced, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(doorForced, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
