/**
 * long-parking: a vehicle stands for longer than `forMs` outside its home zones.
 *
 * It stands as long as its fixes stay within `withinM` of where it stopped and below `movingKmh`; one fix
 * that does not is drift or a jump, two in a row are a departure. It clears when the vehicle moves off or
 * is at home. A tracker may sleep while it is parked: silence longer than `heldMs` puts the verdict off until
 * the next fix, which then finds it where it was, or not.
 */
import * as z from 'zod'
import { believed, type Reading } from '../model/reading.ts'
import type { Point } from '../model/site.ts'
import { declareKind } from './bound-rule.ts'
import { distanceM, isWithin } from './geometry.ts'
import { defineRule } from './rule.ts'

const HOUR_MS = 3_600_000

const LIMITS = {
  forMs: z
    .int()
    .positive()
    .default(2 * HOUR_MS)
    .meta({ description: 'How long it may stand.' }),
  withinM: z.number().positive().default(100).meta({
    description: 'Fixes this close to where it stopped are the drift of a standing vehicle.',
  }),
  movingKmh: z.number().positive().default(5).meta({ description: 'From this speed on it moves.' }),
  bufferM: z.number().nonnegative().default(50).meta({
    description: 'This close to the border of a home zone is still at home.',
  }),
  heldMs: z.int().positive().default(HOUR_MS).meta({
    description: 'How long a fix is believed; after that the next one decides.',
  }),
}

const Options = z.strictObject({
  ...LIMITS,
  homes: z.array(z.array(z.array(z.tuple([z.number(), z.number()])))),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** Where and since when it stands; none at home or before the first fix. */
  stand: z.strictObject({ lon: z.number(), lat: z.number(), since: z.int(), lastAt: z.int() }).nullable(),
  /** Fixes in a row that do not fit the stand. */
  strays: z.int().nonnegative(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

const AT_HOME: State = { stand: null, strays: 0, breached: false }

/** Where it is; nothing where a coordinate is missing, impossible, or 0, 0 as receivers without a fix say. */
function fixOf(reading: Reading): Point | undefined {
  const [lon, lat] = [believed(reading, 'lon'), believed(reading, 'lat')]
  if (typeof lon === 'string' || typeof lat === 'string') return undefined
  return (lon === 0 && lat === 0) || Math.abs(lon) > 180 || Math.abs(lat) > 90 ? undefined : [lon, lat]
}

const settled = (state: State, { forMs }: Options, at: number) => {
  const wakeAt = state.stand && !state.breached ? state.stand.since + forMs : undefined
  return wakeAt === undefined || wakeAt <= at ? { state } : { state, wakeAt }
}

const parked = (state: State, { lon, lat, since }: NonNullable<State['stand']>, at: number) => {
  const because = { code: 'parked-for', figures: { forMs: at - since, lat, lon } }
  return { state: { ...state, breached: true }, verdict: { breached: true, because } }
}

export const longParking = defineRule<Options, State>({
  kind: 'long-parking',
  summary: 'A vehicle stands away from home for too long.',
  options: Options,
  state: State,
  codes: ['parked-for', 'moved-off', 'at-home'],
  points: () => ['lat', 'lon'],
  start: () => ({ state: AT_HOME }),
  step(state, moment, options) {
    const { stand, strays, breached } = state
    const { forMs, withinM, movingKmh, bufferM, heldMs, homes } = options
    if ('wokenAt' in moment) {
      const at = moment.wokenAt
      if (!stand || breached || strays > 0 || at - stand.lastAt > heldMs) return { state }
      return at - stand.since < forMs ? settled(state, options, at) : parked(state, stand, at)
    }
    const { at } = moment.reading
    const fix = fixOf(moment.reading)
    if (!fix) return settled(state, options, at)
    if (homes.some((rings) => isWithin(fix, rings, bufferM))) {
      const because = { code: 'at-home', figures: {} }
      return breached ? { state: AT_HOME, verdict: { breached: false, because } } : { state: AT_HOME }
    }
    const [lon, lat] = fix
    const here = { stand: { lon, lat, since: at, lastAt: at }, strays: 0, breached: false }
    if (!stand) return settled(here, options, at)
    const offM = distanceM(fix, [stand.lon, stand.lat])
    const speed = believed(moment.reading, 'speed')
    if (offM <= withinM && !(typeof speed === 'number' && speed >= movingKmh)) {
      const stays = { stand: { ...stand, lastAt: at }, strays: 0, breached }
      return !breached && at - stand.since >= forMs
        ? parked(stays, stays.stand, at)
        : settled(stays, options, at)
    }
    if (strays === 0) return settled({ ...state, strays: 1 }, options, at)
    const because = { code: 'moved-off', figures: { offM: Math.round(offM) } }
    return { ...settled(here, options, at), ...(breached && { verdict: { breached: false, because } }) }
  },
})

export const longParkingKind = declareKind(longParking, {
  families: ['vehicle-tracker'],
  declared: z.strictObject(LIMITS),
  options(declared, { device, site }) {
    const { homeZones = [] } = site.vehicles.find((vehicle) => vehicle.device === device.id) ?? {}
    const homes = site.zones.filter(({ id }) => homeZones.includes(id))
    const rings = homes.map((zone) =>
      zone.rings.map((ring) => ring.map(([lon, lat]): [number, number] => [lon, lat])),
    )
    return { ...declared, homes: rings }
  },
})
