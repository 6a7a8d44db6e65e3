import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { place, square, YARD } from '../../tests/support/places.ts'
import type { Point, Site } from '../model/site.ts'
import { areasOf, homesOf, liesIn, narrowestM } from './areas.ts'
import { isWithin } from './geometry.ts'

const SITE = {
  zones: [{ id: 'yard', name: 'Yard', kind: 'parking', rings: YARD.rings }],
  vehicles: [{ device: 'car-1', plate: 'A1', homeZones: ['yard'] }],
} as unknown as Site

it('the box around an area changes nothing but the speed', () => {
  const metres = fc.integer({ min: -400, max: 600 })
  fc.assert(
    fc.property(metres, metres, fc.integer({ min: -150, max: 150 }), (eastM, northM, bufferM) => {
      const { lon, lat } = place(eastM, northM)
      const point: Point = [lon, lat]
      expect(liesIn(point, YARD, bufferM)).toBe(isWithin(point, YARD.rings, bufferM))
    }),
  )
})

it('a negative buffer asks how deep inside', () => {
  const { lon, lat } = place(20)
  expect([-15, -25].map((bufferM) => liesIn([lon, lat], YARD, bufferM))).toEqual([true, false])
})

it('the zones of a vehicle are found with the box around them', () => {
  expect(homesOf(SITE, 'car-1')).toEqual([YARD])
  expect(homesOf(SITE, 'car-2')).toEqual([])
  expect(narrowestM(square('lane', 0, 0, 20))).toBeCloseTo(20, 0)
})

it('a zone that the site does not have is named with its option', () => {
  expect(() => areasOf(SITE, ['yard', 'moon'], 'options.zones')).toThrow(
    'options.zones: the site has no zone moon',
  )
})
