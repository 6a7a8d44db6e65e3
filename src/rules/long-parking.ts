/**
 * long-parking: a vehicle stands for longer than `forMs` outside its home zones. It clears when it moves off
 * or is at home.
 */
import * as z from 'zod'
import { homesOf } from './areas.ts'
import { declareKind } from './bound-rule.ts'
import { NOWHERE, PARKING_LIMITS, Parking, ParkingOptions, parkingHeard, parkingWoken } from './parking.ts'
import { defineRule } from './rule.ts'

export const longParking = defineRule<ParkingOptions, Parking>({
  kind: 'long-parking',
  summary: 'A vehicle stands away from home for too long.',
  options: ParkingOptions,
  state: Parking,
  codes: ['parked-for', 'moved-off', 'at-home'],
  points: () => ['lat', 'lon'],
  start: () => ({ state: NOWHERE }),
  step: (state, moment, options) =>
    'wokenAt' in moment
      ? parkingWoken(state, moment.wokenAt, options)
      : parkingHeard(state, moment.reading, options, 'at-home'),
})

export const longParkingKind = declareKind(longParking, {
  families: ['vehicle-tracker'],
  declared: z.strictObject({
    forMs: z.int().positive().default(7_200_000).meta({ description: 'How long it may stand.' }),
    ...PARKING_LIMITS,
  }),
  options: (declared, { device, site }) => ({ ...declared, free: homesOf(site, device.id), barred: null }),
})
