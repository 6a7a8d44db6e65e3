import { describe, expect, it } from 'vitest'
import { place } from '../../tests/support/places.ts'
import type { Reading } from '../model/reading.ts'
import { follow, type Track } from './fixes.ts'

const LIMITS = { maxKmh: 200, minSatellites: 4, maxHdop: 5, maxAccuracyM: 100 }

const said = (at: number, values: Reading['values'], doubts?: Reading['doubts']): Reading => ({
  device: 'car-1',
  at,
  receivedAt: at,
  values,
  ...(doubts && { doubts }),
})

/**
 * Metres east that each fix of a drive is believed to be at, one fix each ten seconds; `-` where it is not
 * believed.
 */
function driven(eastMs: readonly number[], stepMs = 10_000): (number | '-')[] {
  let track: Track = null
  return eastMs.map((eastM, index) => {
    const next = follow(track, said(index * stepMs, place(eastM)), LIMITS)
    track = next.track
    return next.fix ? eastM : '-'
  })
}

describe('a fix', () => {
  const here = place(0)
  it.each<[string, Reading['values'], Reading['doubts'], boolean]>([
    ['with a place on earth is believed', here, undefined, true],
    ['without a longitude is none', { lat: here.lat }, undefined, false],
    ['that is doubted is none', here, { lat: 'bad' }, false],
    ['that is uncertain is one', here, { lat: 'uncertain' }, true],
    ['off the globe is none', { lat: 214.7, lon: 214.7 }, undefined, false],
    ['at 0, 0 is that of a receiver without satellites', { lat: 0, lon: 0 }, undefined, false],
    ['of four satellites is believed', { ...here, satellites: 4 }, undefined, true],
    ['of three is not', { ...here, satellites: 3 }, undefined, false],
    ['of a doubted count of satellites is', { ...here, satellites: 3 }, { satellites: 'bad' }, true],
    ['of a large dilution is not', { ...here, hdop: 9.9 }, undefined, false],
    ['by cell towers is not', { ...here, accuracy: 1_500 }, undefined, false],
    ['of a small one is', { ...here, hdop: 1.2 }, undefined, true],
  ])('%s', (_what, values, doubts, wanted) => {
    expect(follow(null, said(0, values, doubts), LIMITS).fix !== undefined).toBe(wanted)
  })
})

describe('a run of fixes', () => {
  it('is believed as far as the vehicle can drive', () => {
    expect(driven([0, 300, 700, 1_100])).toEqual([0, 300, 700, 1_100])
  })

  it('loses a jump and back, of one fix', () => {
    expect(driven([0, 40_000, 10, 20])).toEqual([0, '-', 10, 20])
  })

  it('loses two jumps that do not agree', () => {
    expect(driven([0, 40_000, -40_000, 10])).toEqual([0, '-', '-', 10])
  })

  it('takes a jump that is sent again for no second witness', () => {
    expect(driven([0, 40_000], 0)).toEqual([0, '-'])
    const jump = said(10_000, place(40_000))
    const { track } = follow(follow(null, said(0, place(0)), LIMITS).track, jump, LIMITS)
    expect(follow(track, jump, LIMITS).fix).toBeUndefined()
  })

  it('follows a vehicle that was carried off: the second fix there is believed', () => {
    expect(driven([0, 40_000, 40_010, 40_020])).toEqual([0, '-', 40_010, 40_020])
  })

  it('recovers from a first fix that was the jump', () => {
    expect(driven([40_000, 0, 10, 20])).toEqual([40_000, '-', 10, 20])
  })

  it('believes a long way after a long silence: a tunnel, or a night', () => {
    expect(driven([0, 40_000], 3_600_000)).toEqual([0, 40_000])
  })

  it('does not take the drift of a standing receiver for a jump, however often it speaks', () => {
    expect(driven([0, 80, 0, -15], 1_000)).toEqual([0, 80, 0, -15])
  })
})
