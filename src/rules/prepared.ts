/**
 * What a rule with common options hears of a reading: doubts as its `quality` takes them, and the change of a point per
 * hour beside the point itself.
 */
import * as z from 'zod'
import type { DeviceId, Reading } from '../model/reading.ts'
import { believed, stated } from '../model/reading.ts'
import type { Conditions } from './conditions.ts'

const HOUR_MS = 3_600_000

/** By device: the good value from which the next change is measured. */
export const Basis = z.record(z.string(), z.strictObject({ at: z.number(), value: z.number() }))

type Basis = Readonly<Record<DeviceId, { readonly at: number; readonly value: number }>>

/** The point that holds the change of another. */
export const ratePoint = (point: string) => `${point}PerHour`

/** The points of the device that these are judged from. */
export const rawPoints = (
  points: readonly string[],
  { rateOfChange }: Pick<Conditions<unknown>, 'rateOfChange'>,
): readonly string[] =>
  rateOfChange
    ? points.map((point) => (point === ratePoint(rateOfChange.point) ? rateOfChange.point : point))
    : points

/** Whether the reading says something of the judged points that may be believed, only what may not, or nothing. */
export function markOf(reading: Reading, points: readonly string[]): 'good' | 'bad' | 'absent' {
  if (points.length === 0) return 'good'
  if (points.some((point) => stated(reading, point) !== undefined)) return 'good'
  return points.some((point) => reading.values[point] !== undefined) ? 'bad' : 'absent'
}

type Prepared = { readonly reading: Reading; readonly basis: Basis }

export function prepared(
  reading: Reading,
  basis: Basis,
  { quality, rateOfChange, heldMs }: Pick<Conditions<unknown>, 'quality' | 'rateOfChange' | 'heldMs'>,
): Prepared {
  const heard = quality === 'good-only' && reading.doubts ? withoutUncertain(reading) : reading
  return rateOfChange ? withRate(heard, basis, { heldMs, ...rateOfChange }) : { reading: heard, basis }
}

const withoutUncertain = (reading: Reading): Reading => ({
  ...reading,
  doubts: Object.fromEntries(Object.keys(reading.doubts ?? {}).map((point) => [point, 'bad' as const])),
})

function withRate(
  reading: Reading,
  basis: Basis,
  { point, overMs = 0, heldMs }: { point: string; overMs?: number | undefined; heldMs?: number | undefined },
): Prepared {
  const value = believed(reading, point)
  const { device, at, values } = reading
  if (value === 'absent') return { reading, basis }
  const derived = ratePoint(point)
  if (value === 'bad') {
    const doubts = { ...reading.doubts, [derived]: 'bad' as const }
    return { reading: { ...reading, values: { ...values, [derived]: 0 }, doubts }, basis }
  }
  const before = basis[device]
  const anew = { ...basis, [device]: { at, value } }
  if (!before || (heldMs !== undefined && at - before.at > heldMs + overMs)) return { reading, basis: anew }
  const spanMs = at - before.at
  if (spanMs <= 0 || spanMs < overMs) return { reading, basis }
  const perHour = ((value - before.value) / spanMs) * HOUR_MS
  const doubt = reading.doubts?.[point]
  const doubts = doubt && { ...reading.doubts, [derived]: doubt }
  const rated = { ...reading, values: { ...values, [derived]: perHour } }
  return { reading: doubts ? { ...rated, doubts } : rated, basis: anew }
}
