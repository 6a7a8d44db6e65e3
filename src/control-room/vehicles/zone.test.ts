import { expect, it } from 'vitest'
import type { Site } from '../api/calls.ts'
import { zoneAt } from './zone.ts'

const square = (west: number, south: number, side: number) => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]
const zone = (name: string, ...coordinates: number[][][]) => ({
  properties: { id: name, name, kind: 'area' },
  geometry: { type: 'Polygon', coordinates },
})

const zones = {
  features: [
    zone('campus', square(0, 0, 10)),
    zone('car park', square(1, 1, 2)),
    zone('garden', square(5, 5, 4), square(6, 6, 2)),
  ],
} as unknown as Site['zones']

it('a vehicle is in the narrowest zone around it, in none where it is away, and not in the hole of one', () => {
  expect(zoneAt({ lon: 2, lat: 2 }, zones)).toBe('car park')
  expect(zoneAt({ lon: 4, lat: 4 }, zones)).toBe('campus')
  expect(zoneAt({ lon: 5.5, lat: 7 }, zones)).toBe('garden')
  expect(zoneAt({ lon: 7, lat: 7 }, zones)).toBe('campus')
  expect(zoneAt({ lon: 12, lat: 2 }, zones)).toBeUndefined()
})
