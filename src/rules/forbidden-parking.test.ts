import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, square, YARD } from '../../tests/support/places.ts'
import type { Site } from '../model/site.ts'
import { forbiddenParking, forbiddenParkingKind } from './forbidden-parking.ts'

const MINUTE_MS = 60_000
const SQUARE = square('square', 1_000, 0, 200)
const SITE: Pick<Site, 'zones' | 'vehicles'> = {
  zones: [
    { id: 'yard', name: 'Yard', kind: 'parking', rings: YARD.rings },
    { id: 'square', name: 'Square', kind: 'area', rings: SQUARE.rings },
  ],
  vehicles: [{ device: 'car-1', plate: 'A1', homeZones: ['yard'] }],
}
const bound = (options: object) => boundAlone(forbiddenParkingKind, forbiddenParking, options, SITE)
const MARKS = {
  h: at(100), // in the home yard
  s: at(1_100), // in the square
  e: at(960), // 40 m before it
  o: at(600), // in the open
}
const told = (picture: string, options: object) =>
  drawn(
    picture.length,
    run(forbiddenParking, bound({ forMs: 4 * MINUTE_MS, ...options }), commits(picture, MARKS, MINUTE_MS)),
    MINUTE_MS,
  )

describe('forbidden-parking (4 min, a character a minute)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['outside the parkings of the site breaches',      {}, 'o-----hh--', '----B--F--'],
    ['a parking is where it may stand',                {}, 'h-h-h-h-h-', '----------'],
    ['a named zone is allowed, and just beside it',    { allowed: ['square'] }, 'sesesese', '--------'],
    ['its home is allowed whatever is named',          { allowed: ['square'] }, 'h-h-h-h-', '--------'],
    ['in a barred zone it breaches',                   { barred: ['square'] }, 's-----oo', '----B--F'],
    ['beside a barred zone it may stand',              { barred: ['square'] }, 'e-e-e-e-', '--------'],
    ['and anywhere else',                              { barred: ['square'] }, 'o-o-o-o-', '--------'],
  ])('%s', (_why, options, picture, wanted) => {
    expect(told(picture, options)).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const options = bound({ forMs: 4 * MINUTE_MS, barred: ['square'] })
    const all = commits('h-ss----oo-s-e-ss-----hh', MARKS, MINUTE_MS)
    const whole = run(forbiddenParking, options, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const told of resumedAnywhere(forbiddenParking, options, all)) expect(told).toEqual(whole)
  })

  it('a zone that is not there, and two lists at once, are refused where they stand', () => {
    expect(() => bound({ barred: ['moon'] })).toThrow('options.barred: the site has no zone moon')
    const { error } = forbiddenParkingKind.declared.safeParse({ allowed: ['yard'], barred: ['square'] })
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['barred'], 'give `allowed` or `barred`, not both'],
    ])
  })
})
