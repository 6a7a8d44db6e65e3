/**
 * Where a vehicle stands and since when. It stands as long as its fixes stay near where it stopped; one fix that does
 * not is drift, two in a row are a departure, and it stands anew where the second one was.
 */
import * as z from 'zod'
import { believed, type Reading } from '../model/reading.ts'
import type { Point } from '../model/site.ts'
import { distanceM } from './geometry.ts'

export const Stand = z.strictObject({
  lon: z.number(),
  lat: z.number(),
  since: z.int(),
  lastAt: z.int(),
  /** Fixes in a row that do not fit. */
  strays: z.int().nonnegative(),
})
export type Stand = z.output<typeof Stand>

export type Stood = {
  readonly stand: Stand
  /** Of a departure: how far it had come from where it stood, metres. */
  readonly leftM?: number
}

const standAt = ([lon, lat]: Point, at: number): Stand => ({ lon, lat, since: at, lastAt: at, strays: 0 })

/** `isMoving` is what its speed says; a fix at speed fits no stand, however near it is. */
export function stoodOn(
  stand: Stand | null,
  fix: Point,
  at: number,
  isMoving: boolean,
  withinM: number,
): Stood {
  if (!stand) return { stand: standAt(fix, at) }
  const offM = distanceM(fix, [stand.lon, stand.lat])
  if (offM <= withinM && !isMoving) return { stand: { ...stand, lastAt: at, strays: 0 } }
  if (stand.strays === 0) return { stand: { ...stand, strays: 1 } }
  return { stand: standAt(fix, at), leftM: offM }
}

/** Whether its speed says that it moves; a tracker that says no speed leaves it to the positions. */
export function isMoving(reading: Reading, movingKmh: number): boolean {
  const speed = believed(reading, 'speed')
  return typeof speed === 'number' && speed >= movingKmh
}
