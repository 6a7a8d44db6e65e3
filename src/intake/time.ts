/** Which times a device may claim, and what a sample is dated by that claims none. */
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Seats } from './seats.ts'

const DAY_MS = 86_400_000

/** Why an instant is not to be believed at `now`; nothing if it is. The bounds themselves are believed. */
export function whatIsImplausible(
  at: Instant,
  now: Instant,
  { oldestMs, aheadMs }: { readonly oldestMs: number; readonly aheadMs: number },
): string | undefined {
  const isPast = at < now - oldestMs
  if (!isPast && at <= now + aheadMs) return undefined
  const unit = UNITS.find(({ perMs }) => at / perMs >= now - oldestMs && at / perMs <= now + aheadMs)
  const hint = unit ? `, but right if it was ${unit.name}` : ''
  const bound = isPast ? `${oldestMs / DAY_MS} days ago` : `${aheadMs / 60_000} min ahead`
  return `time: ${written(at)} is more than ${bound}${hint}`
}

/** What was taken for milliseconds and may have been something else. */
const UNITS = [
  { name: 'seconds', perMs: 1e-3 },
  { name: 'microseconds', perMs: 1e3 },
  { name: 'nanoseconds', perMs: 1e6 },
] as const

/** 100 million days from the epoch: where the calendar of the language ends. */
const LAST_DATE = 8.64e15

const written = (at: Instant): string =>
  Math.abs(at) <= LAST_DATE ? new Date(at).toISOString() : `${at} ms after 1970`

/** `isClaimed` says of an instant whether the device has measured something at it. */
export type Arrivals = (
  device: DeviceId,
  arrivedAt: Instant,
  isClaimed: (instant: Instant) => boolean,
) => Instant

const FIRST_ROOM = 1_024

/** Instants of arrival, each a device's own: undated samples must not look like repeats or conflicts. */
export function arrivals(seatOf: Seats): Arrivals {
  /** By seat; negative infinity of who never arrived. */
  let newest = new Float64Array(FIRST_ROOM).fill(Number.NEGATIVE_INFINITY)

  const makeSeat = (seat: number) => {
    if (seat < newest.length) return
    const before = newest
    newest = new Float64Array(2 * seat).fill(Number.NEGATIVE_INFINITY)
    newest.set(before)
  }

  return (device, arrivedAt, isClaimed) => {
    const seat = seatOf(device)
    makeSeat(seat)
    let at = Math.max(arrivedAt, (newest[seat] as number) + 1)
    while (isClaimed(at)) at++
    newest[seat] = at
    return at
  }
}
