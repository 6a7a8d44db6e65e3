/**
 * The step that long-parking and forbidden-parking share: a vehicle stands for longer than `forMs` where it may not.
 *
 * Two fixes in a row say whether it is on free ground or off it, and two that it has departed, so a single outlier
 * neither raises nor clears. A tracker may sleep while it is parked: silence longer than `heldMs` puts the verdict
 * off until the next fix, which then finds it where it was, or not.
 */
import * as z from 'zod'
import type { Reading } from '../model/reading.ts'
import type { Point } from '../model/site.ts'
import { Area, liesInAny } from './areas.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import type { Step } from './rule.ts'
import { isMoving, Stand, stoodOn } from './standing.ts'

export const PARKING_LIMITS = {
  withinM: z.number().positive().default(100).meta({
    description: 'Fixes this close to where it stopped are the drift of a standing vehicle.',
  }),
  movingKmh: z.number().positive().default(5).meta({ description: 'From this speed on it moves.' }),
  bufferM: z.number().nonnegative().default(50).meta({
    description: 'This close to the border of a zone is still in it.',
  }),
  heldMs: z.int().positive().default(3_600_000).meta({
    description: 'How long a fix is believed; after that the next one decides.',
  }),
  ...FIX_LIMITS,
}

export const ParkingOptions = z.strictObject({
  ...PARKING_LIMITS,
  forMs: z.int().positive(),
  /** Where it may stand as long as it likes. */
  free: z.array(Area),
  /** Where alone it may not stand; `null`: wherever is not free. */
  barred: z.array(Area).nullable(),
})
export type ParkingOptions = z.output<typeof ParkingOptions>

export const Parking = z.strictObject({
  track: Track,
  /** On free ground; unknown before the first fix. */
  isFree: z.boolean().nullable(),
  /** Fixes in a row that say otherwise. */
  turns: z.int().nonnegative(),
  /** Where and since when it stands off free ground. */
  stand: Stand.nullable(),
  breached: z.boolean(),
})
export type Parking = z.output<typeof Parking>

export const NOWHERE: Parking = { track: null, isFree: null, turns: 0, stand: null, breached: false }

const settled = (state: Parking, { forMs }: ParkingOptions, at: number): Step<Parking> => {
  const wakeAt = state.stand && !state.breached ? state.stand.since + forMs : undefined
  return wakeAt === undefined || wakeAt <= at ? { state } : { state, wakeAt }
}

const parked = (state: Parking, { lon, lat, since }: Stand, at: number): Step<Parking> => {
  const because = { code: 'parked-for', figures: { forMs: at - since, lat, lon } }
  return { state: { ...state, breached: true }, verdict: { breached: true, because } }
}

const isFreeGround = (fix: Point, { free, barred, bufferM }: ParkingOptions) =>
  liesInAny(fix, free, bufferM) || (barred !== null && !liesInAny(fix, barred, 0))

export function parkingWoken(state: Parking, at: number, options: ParkingOptions): Step<Parking> {
  const { stand, turns, breached } = state
  if (!stand || breached || turns > 0 || stand.strays > 0 || at - stand.lastAt > options.heldMs)
    return { state }
  return at - stand.since < options.forMs ? settled(state, options, at) : parked(state, stand, at)
}

/** `freeCode` is why it clears on ground where it may stand. */
export function parkingHeard(
  state: Parking,
  reading: Reading,
  options: ParkingOptions,
  freeCode: string,
): Step<Parking> {
  const { at } = reading
  const { track, fix } = follow(state.track, reading, options)
  if (!fix) return settled(track === state.track ? state : { ...state, track }, options, at)
  const isFree = isFreeGround(fix, options)
  if (state.isFree !== null && isFree !== state.isFree && state.turns === 0) {
    return settled({ ...state, track, turns: 1 }, options, at)
  }
  if (isFree) {
    const free = { track, isFree, turns: 0, stand: null, breached: false }
    if (!state.breached) return { state: free }
    return { state: free, verdict: { breached: false, because: { code: freeCode, figures: {} } } }
  }
  const { stand, leftM } = stoodOn(
    state.stand,
    fix,
    at,
    isMoving(reading, options.movingKmh),
    options.withinM,
  )
  const next = { track, isFree, turns: 0, stand, breached: state.breached && leftM === undefined }
  if (leftM !== undefined && state.breached) {
    const because = { code: 'moved-off', figures: { offM: Math.round(leftM) } }
    return { ...settled(next, options, at), verdict: { breached: false, because } }
  }
  const isOver = !state.breached && stand.strays === 0 && at - stand.since >= options.forMs
  return isOver ? parked(next, stand, at) : settled(next, options, at)
}
