/**
 * forbidden-parking: a vehicle stands for longer than `forMs` outside the zones where it may, or in one where it may
 * not. Its home zones are always allowed. It clears when it moves off, or onto ground where it may stand.
 */
import * as z from 'zod'
import { areasOf, homesOf } from './areas.ts'
import { declareKind } from './bound-rule.ts'
import { NOWHERE, PARKING_LIMITS, Parking, ParkingOptions, parkingHeard, parkingWoken } from './parking.ts'
import { defineRule } from './rule.ts'

export const forbiddenParking = defineRule<ParkingOptions, Parking>({
  kind: 'forbidden-parking',
  summary: 'A vehicle is parked where it may not be.',
  options: ParkingOptions,
  state: Parking,
  codes: ['parked-for', 'moved-off', 'may-stand'],
  points: () => ['lat', 'lon'],
  start: () => ({ state: NOWHERE }),
  step: (state, moment, options) =>
    'wokenAt' in moment
      ? parkingWoken(state, moment.wokenAt, options)
      : parkingHeard(state, moment.reading, options, 'may-stand'),
})

const zones = z.array(z.string()).min(1).optional()

const Declared = z
  .strictObject({
    forMs: z.int().positive().default(900_000).meta({
      description: 'How long it may stand; a halt at a traffic light or to let a person out is no parking.',
    }),
    allowed: zones.meta({
      description:
        'Zones where it may stand, beside its home zones. Default: every zone of the kind `parking`.',
    }),
    barred: zones.meta({ description: 'Zones where it may not stand; then it may stand anywhere else.' }),
    ...PARKING_LIMITS,
  })
  .refine(({ allowed, barred }) => !allowed || !barred, {
    error: 'give `allowed` or `barred`, not both',
    path: ['barred'],
  })

export const forbiddenParkingKind = declareKind(forbiddenParking, {
  families: ['vehicle-tracker'],
  declared: Declared,
  options({ allowed, barred, ...limits }, { device, site }) {
    const homes = homesOf(site, device.id)
    if (barred) return { ...limits, free: homes, barred: areasOf(site, barred, 'options.barred') }
    const parkings = site.zones.filter(({ kind }) => kind === 'parking').map(({ id }) => id)
    return {
      ...limits,
      free: [...homes, ...areasOf(site, allowed ?? parkings, 'options.allowed')],
      barred: null,
    }
  },
})
