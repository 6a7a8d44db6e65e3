import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, JUMP, NO_FIX, YARD } from '../../tests/support/places.ts'
import { longParking } from './long-parking.ts'
import { PARKING_LIMITS } from './parking.ts'

const MINUTE_MS = 60_000
const OPTIONS = {
  ...z.object(PARKING_LIMITS).parse({}),
  forMs: 5 * MINUTE_MS,
  heldMs: 10 * MINUTE_MS,
  free: [YARD],
  barred: null,
}
const MARKS = {
  h: at(100, { speed: 0 }), // in the home zone
  e: at(238, { speed: 0 }), // 38 m past its border
  p: at(1_000, { speed: 0 }), // some place
  d: at(1_073, { speed: 0 }), // 73 m from there: drift
  f: at(2_000, { speed: 0 }), // far off
  g: at(3_000, { speed: 0 }), // and farther
  s: at(1_000, { speed: 30 }), // the same place at speed
  j: JUMP,
  z: NO_FIX,
  x: { ...at(2_000), doubts: { lat: 'bad' as const } },
}
const stream = (picture: string) => commits(picture, MARKS, MINUTE_MS)
const told = (picture: string, options = OPTIONS) =>
  drawn(picture.length, run(longParking, options, stream(picture)), MINUTE_MS)

describe('long-parking (5 min outside the home zone, a character a minute)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['standing away from home breaches when the time is over', 'p-------', '-----B--'],
    ['at home it may stand as long as it likes',       'h-h-h-h-h-h-', '------------'],
    ['just past the border is home',                   'e-e-e-e-e-', '----------'],
    ['drift is standing',                              'p-d-p-d-', '-----B--'],
    ['one stray fix is not a departure',               'p-f-p-----', '-----B----'],
    ['two fixes elsewhere are, and clear',             'p------f-f-', '-----B---F-'],
    ['two fixes at home clear',                        'p------hh--', '-----B--F--'],
    ['one fix at home does not',                       'p------hp--', '-----B-----'],
    ['a jump does not, even to the yard',              'p------jp--', '-----B-----'],
    ['a vehicle under way does not park',              'pfgpfgpfgpfg', '------------'],
    ['driving slowly past the same place is not standing', 'p-s-s-s-s-', '----------'],
    ['a fix without a position says nothing',          'p-zxz---', '-----B--'],
    ['a stray fix at the end of the time puts the verdict off', 'p---f-p---', '------B---'],
    ['a stray fix at home does too',                   'p---h-p---', '------B---'],
    ['whoever comes from home has the whole time',     'h-h-ppp-----', '----------B-'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('a sleeping tracker is judged when it wakes where it was', () => {
    const options = { ...OPTIONS, forMs: 12 * MINUTE_MS }
    expect(told('p---------------p---', options)).toBe('----------------B---')
    expect(run(longParking, options, stream('p---------------ff-'))).toEqual([])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = stream('h-p-d-zp--f-gg-f-f------p-hhjs-p------~~~ff')
    const whole = run(longParking, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(longParking, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
