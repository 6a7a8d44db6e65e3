import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { longParking } from './long-parking.ts'

const HOME = [
  [
    [
      [120, 30],
      [120.002, 30],
      [120.002, 30.002],
      [120, 30.002],
      [120, 30],
    ],
  ],
] as [number, number][][][]
const OPTIONS = { forMs: 5, withinM: 100, movingKmh: 5, bufferM: 50, heldMs: 10, homes: HOME }
const at = (lon: number, lat: number, speed = 0) => ({ values: { lon, lat, speed } })
const MARKS = {
  h: at(120.001, 30.001), // in the home zone
  e: at(120.0024, 30.001), // 38 m past its border
  p: at(120.01, 30.01), // some place
  d: at(120.0105, 30.0105), // 73 m from there: drift
  f: at(120.02, 30.02), // far off
  g: at(120.03, 30.03), // and farther
  s: at(120.01, 30.01, 30), // the same place at speed
  z: at(0, 0), // no fix
  x: { values: { lon: 120.02, lat: 30.02 }, doubts: { lat: 'bad' as const } },
}

describe('long-parking (5 ms outside the home zone)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['standing away from home breaches when the time is over', 'p-------', '-----B--'],
    ['at home it may stand as long as it likes',   'h-h-h-h-h-h-', '------------'],
    ['just past the border is home',               'e-e-e-e-e-', '----------'],
    ['drift is standing',                          'p-d-p-d-', '-----B--'],
    ['one jump is not a departure',                'p-f-p-----', '-----B----'],
    ['two fixes elsewhere are, and clear',         'p------f-f-', '-----B---F-'],
    ['coming home clears at once',                 'p------h---', '-----B-F---'],
    ['a vehicle under way does not park',          'pfgpfgpfgpfg', '------------'],
    ['driving slowly past the same place is not standing', 'p-s-s-s-s-', '----------'],
    ['a fix without a position says nothing',      'p-zxz---', '-----B--'],
    ['a jump at the end of the time puts the verdict off', 'p---f-p---', '------B---'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(longParking, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('a sleeping tracker is judged when it wakes where it was', () => {
    const options = { ...OPTIONS, forMs: 12 }
    expect(drawn(20, run(longParking, options, commits('p---------------p---', MARKS)))).toBe(
      '----------------B---',
    )
    expect(run(longParking, options, commits('p---------------ff-', MARKS))).toEqual([])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('h-p-d-zp--f-gg-f-f------p-h-s-p------~~~ff', MARKS)
    const whole = run(longParking, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(longParking, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
