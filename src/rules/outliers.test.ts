/** One wrong position, wherever in a drive, raises nothing and clears nothing, whichever kind judges by it. */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { run, type Told } from '../../tests/support/pictures.ts'
import { place, square, YARD } from '../../tests/support/places.ts'
import type { Reading } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { DeclaredKind } from './bound-rule.ts'
import { forbiddenParking, forbiddenParkingKind } from './forbidden-parking.ts'
import { geofence, geofenceKind } from './geofence.ts'
import { longParking, longParkingKind } from './long-parking.ts'
import { notReturned, notReturnedKind } from './not-returned.ts'
import { outOfHours, outOfHoursKind } from './out-of-hours.ts'
import type { RuleKind } from './rule.ts'
import { speeding, speedingKind } from './speeding.ts'
import { tow, towKind } from './tow.ts'

const MINUTE_MS = 60_000
const START = Temporal.ZonedDateTime.from('2026-03-02T18:00[Asia/Shanghai]').epochMilliseconds
const SITE: Partial<Site> = {
  zones: [
    { id: 'yard', name: 'Yard', kind: 'parking', rings: YARD.rings },
    { id: 'square', name: 'Square', kind: 'area', rings: square('square', 900, 0, 200).rings },
  ],
  vehicles: [{ device: 'car-1', plate: 'A1', homeZones: ['yard'] }],
}

const judging =
  <O, S>(kind: DeclaredKind, rule: RuleKind<O, S>, options: object) =>
  (readings: readonly Reading[]): Told[] => {
    const bound = boundAlone(kind, rule, options, SITE)
    const commits = readings.map((reading) => ({ receivedAt: reading.at, readings: [reading], gaps: [] }))
    return run(rule, bound, commits)
  }

const KINDS = {
  'long-parking': judging(longParkingKind, longParking, { forMs: 3 * MINUTE_MS }),
  'forbidden-parking': judging(forbiddenParkingKind, forbiddenParking, {
    forMs: 3 * MINUTE_MS,
    barred: ['square'],
  }),
  'geofence, to stay inside': judging(geofenceKind, geofence, { zones: ['yard'], must: 'stay-inside' }),
  'geofence, to keep out': judging(geofenceKind, geofence, { zones: ['square'], must: 'keep-out' }),
  'not-returned': judging(notReturnedKind, notReturned, { by: '18:20' }),
  'out-of-hours': judging(outOfHoursKind, outOfHours, { to: '18:10', graceMs: 0, restMs: 3 * MINUTE_MS }),
  tow: judging(towKind, tow, { restMs: 3 * MINUTE_MS }),
  speeding: judging(speedingKind, speeding, {
    limitKmh: 80,
    zones: { square: 20 },
    forMs: MINUTE_MS,
    heldMs: 5 * MINUTE_MS,
  }),
}

/** Places within reach of each other in a minute, long enough at each that something happens. */
const stay = fc.record({
  eastM: fc.constantFrom(100, 150, 230, 600, 1_000, 1_300),
  speed: fc.constantFrom(0, 0, 40, 100),
  ignition: fc.boolean(),
  minutes: fc.integer({ min: 1, max: 6 }),
})

const drive = (stays: readonly { eastM: number; speed: number; ignition: boolean; minutes: number }[]) => {
  const readings: Reading[] = []
  for (const { eastM, minutes, speed, ignition } of stays) {
    for (let minute = 0; minute < minutes; minute++) {
      const at = START + readings.length * MINUTE_MS
      readings.push({ device: 'meter-1', at, receivedAt: at, values: { ...place(eastM), speed, ignition } })
    }
  }
  return readings
}

const wrong = fc.oneof(
  fc.constant({ lon: 0, lat: 0 }),
  fc.constant({ lon: 181, lat: 91 }),
  fc.integer({ min: 10_000, max: 90_000 }).map((eastM) => place(eastM)),
  fc.integer({ min: 10_000, max: 90_000 }).map((eastM) => place(-eastM)),
)

it.each(Object.entries(KINDS))('%s', (_kind, judge) => {
  const seen = new Set<boolean>()
  fc.assert(
    fc.property(
      fc.array(stay, { minLength: 2, maxLength: 12 }),
      fc.nat({ max: 1_000 }),
      wrong,
      (stays, spot, outlier) => {
        const readings = drive(stays)
        const before = 1 + (spot % Math.max(1, readings.length - 1))
        const last = readings[before - 1] as Reading
        const at = last.at + 1_000
        const jump = { ...last, at, receivedAt: at, values: { ...last.values, ...outlier } }
        const told = judge(readings)
        for (const { breached } of told) seen.add(breached)
        expect(judge([...readings.slice(0, before), jump, ...readings.slice(before)])).toEqual(told)
        // Sent again, as after a connection was lost, it is still one.
        expect(judge([...readings.slice(0, before), jump, jump, ...readings.slice(before)])).toEqual(told)
      },
    ),
    { numRuns: 300 },
  )
  expect(seen, 'the drives raise and clear something').toEqual(new Set([true, false]))
})
