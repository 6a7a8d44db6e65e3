/**
 * Which positions to believe. A receiver without satellites says 0, 0; one between high walls jumps for a fix or two.
 *
 * A fix that the vehicle cannot have reached since the last one is held back. If the next one is within reach of the
 * last again, it was a jump and is forgotten; if the next one agrees with it, the vehicle is there (a ferry, a lorry's
 * loading area, or the last one was the jump). So one outlier is never judged by, wherever in the run it stands.
 */
import * as z from 'zod'
import { believed, type Reading } from '../model/reading.ts'
import type { Point } from '../model/site.ts'
import { distanceM } from './geometry.ts'

/** Options of every kind that judges by position. */
export const FIX_LIMITS = {
  maxKmh: z
    .number()
    .positive()
    .default(200)
    .meta({ description: 'A fix that the vehicle could reach only faster than this is a jump, km/h.' }),
  minSatellites: z
    .int()
    .nonnegative()
    .default(4)
    .meta({ description: 'A fix from fewer is not believed, where the tracker says `satellites`.' }),
  maxHdop: z
    .number()
    .positive()
    .default(5)
    .meta({ description: 'A fix of a larger dilution is not believed, where the tracker says `hdop`.' }),
  maxAccuracyM: z
    .number()
    .positive()
    .default(100)
    .meta({ description: 'A fix of a larger radius is not believed, where the receiver says `accuracy`.' }),
}

export type FixLimits = Readonly<Record<keyof typeof FIX_LIMITS, number>>

/** What standing receivers drift between two fixes, metres, whatever time has passed. */
const DRIFT_M = 100

const Fix = z.strictObject({ lon: z.number(), lat: z.number(), at: z.int() })

/** The last believed fix, and one that waits for the next to agree with it. */
export const Track = z.strictObject({ last: Fix, doubted: Fix.nullable() }).nullable()
export type Track = z.output<typeof Track>

/** Where it says it is; nothing where a coordinate is missing, doubted, impossible or that of no fix. */
function fixOf(
  reading: Reading,
  { minSatellites, maxHdop, maxAccuracyM }: FixLimits,
): z.output<typeof Fix> | undefined {
  const [lon, lat] = [believed(reading, 'lon'), believed(reading, 'lat')]
  if (typeof lon === 'string' || typeof lat === 'string') return undefined
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) return undefined
  // The island at 0, 0; receivers round differently, and no vehicle drives in the Gulf of Guinea.
  if (Math.abs(lon) < 0.001 && Math.abs(lat) < 0.001) return undefined
  const [satellites, hdop] = [believed(reading, 'satellites'), believed(reading, 'hdop')]
  if (typeof satellites === 'number' && satellites < minSatellites) return undefined
  if (typeof hdop === 'number' && hdop > maxHdop) return undefined
  const accuracyM = believed(reading, 'accuracy')
  if (typeof accuracyM === 'number' && accuracyM > maxAccuracyM) return undefined
  return { lon, lat, at: reading.at }
}

type Fix = z.output<typeof Fix>

const isReachable = (from: Fix, to: Fix, { maxKmh }: FixLimits) =>
  distanceM([from.lon, from.lat], [to.lon, to.lat]) <=
  DRIFT_M + (maxKmh / 3_600) * Math.max(0, to.at - from.at)

/** Takes one reading: the track that goes on, and the position to judge by where there is one. */
export function follow(
  track: Track,
  reading: Reading,
  limits: FixLimits,
): { readonly track: Track; readonly fix?: Point } {
  const said = fixOf(reading, limits)
  if (!said) return { track }
  if (track && !isReachable(track.last, said, limits)) {
    const { last, doubted } = track
    // Only a later fix agrees with it: the same one sent again is no witness.
    const isAgreed = doubted !== null && said.at > doubted.at && isReachable(doubted, said, limits)
    if (!isAgreed) return { track: { last, doubted: said } }
  }
  return { track: { last: said, doubted: null }, fix: [said.lon, said.lat] }
}
