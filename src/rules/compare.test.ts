import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { compare, compareKind } from './compare.ts'

const bound = (options: object) => ({
  ...boundAlone(
    compareKind,
    compare,
    { point: 'flow', with: { point: 'limit' }, withinMs: 3, ...options },
    {},
    {},
    'water-meter',
  ),
  device: 'meter-1',
  other: { point: 'limit', device: 'meter-1' },
})
const said = (flow: number, limit: number) => ({ values: { flow, limit } })
const MARKS = {
  e: said(10, 10),
  h: said(13, 10),
  m: said(11, 10),
  l: said(7, 10),
  F: { values: { flow: 13 } },
  L: { values: { limit: 10 } },
  x: { values: { flow: 10, limit: 10 }, doubts: { limit: 'bad' as const } },
}
const told = (picture: string, options: object) =>
  drawn(picture.length, run(compare, bound(options), commits(picture, MARKS)))

describe('compare', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['above by more than the margin breaches, back at it clears', { is: 'above', by: 2 }, 'ehhmh', '-B-FB'],
    ['with hysteresis it clears once it is back by that much',    { is: 'above', by: 2, hysteresis: 1.5 }, 'ehhmhe', '-B---F'],
    ['below',                                                    { is: 'below', by: 2 }, 'ehle', '--BF'],
    ['apart, on either side',                                    { is: 'apart', by: 2 }, 'ehel', '-BFB'],
    ['a share of the other one',                                 { is: 'apart', byShare: 0.2 }, 'emh', '--B'],
    ['said apart they are compared when the second comes',       { is: 'above', by: 2 }, '-F-L-', '---B-'],
    ['said too far apart they are not',                          { is: 'above', by: 2 }, '-F---L-', '-------'],
    ['a bad one neither raises',                                 { is: 'above', by: 2 }, 'xFxFx', '-----'],
    ['nor clears',                                               { is: 'above', by: 2 }, 'hxxxe', 'B---F'],
  ])('%s', (_why, options, picture, wanted) => {
    expect(told(picture, options)).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const options = bound({ is: 'above', by: 2, hysteresis: 1.5 })
    const all = commits('ehm-eF-L-x-e-F---L', MARKS)
    const whole = run(compare, options, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const told of resumedAnywhere(compare, options, all)) expect(told).toEqual(whole)
  })
})
