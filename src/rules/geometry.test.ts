import { describe, expect, it } from 'vitest'
import type { Point } from '../model/site.ts'
import { distanceM, isWithin } from './geometry.ts'

const square = (west: number, south: number, size: number): Point[] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
]

it('a degree of latitude is 111.2 km, one of longitude at 60° half of it', () => {
  expect(distanceM([120, 30], [120, 31])).toBeCloseTo(111_195, -1)
  expect(distanceM([120, 60], [121, 60])).toBeCloseTo(55_597, -2)
})

describe('an area of about 100 m with a courtyard', () => {
  const rings = [square(120, 30, 0.001), square(120.0004, 30.0004, 0.0002)]
  it.each<[string, Point, number, boolean]>([
    ['its ground is within', [120.0002, 30.0002], 0, true],
    ['the courtyard is not', [120.0005, 30.0005], 0, false],
    ['unless the courtyard is smaller than the buffer', [120.0005, 30.0005], 15, true],
    ['the street is not', [120.0014, 30.0005], 20, false],
    ['but 40 m from the wall it is, with a buffer of 50', [120.0014, 30.0005], 50, true],
    ['past a corner the distance is to the corner', [120.0014, 30.0014], 50, false],
  ])('%s', (_why, point, bufferM, wanted) => {
    expect(isWithin(point, rings, bufferM)).toBe(wanted)
  })

  it('an area without a ring holds nothing', () => {
    expect(isWithin([0, 0], [], 1_000)).toBe(false)
  })
})
