import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { unknownTag } from './unknown-tag.ts'

const OPTIONS = { known: ['T-0001', 'G-*'], quietMs: 5 }
const MARKS = {
  k: { values: { tag: 'T-0001' } },
  g: { values: { tag: 'G-77' } },
  u: { values: { tag: 'T-00012' } },
  w: { values: { guard: 'wang' } },
  x: { values: { tag: 'T-9' }, doubts: { tag: 'bad' } },
} as const

describe('unknown-tag (quiet for 5 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['known by name or by its beginning is fine',   'k-g-------', '----------'],
    ['an unknown one breaches, until it is quiet',  'u---------', 'B----F----'],
    ['or until a known one is read',                'u-k-------', 'B-F-------'],
    ['again is no second alarm, and holds it',      'u--u------', 'B-------F-'],
    ['a message without a tag changes nothing',     'uw--------', 'B----F----'],
    ['what is not to be believed is no tag',        'x---------', '----------'],
    ['it is over after an absence as well',         'u-~~~~~~--', 'B----F----'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(unknownTag, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('k-u--u-----u-g~~~u-x~~~~~~~-wk', MARKS)
    const whole = run(unknownTag, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const again of resumedAnywhere(unknownTag, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
