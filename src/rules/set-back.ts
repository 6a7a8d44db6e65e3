/**
 * Devices whose clock was set back. All they say is late until their clock is past the newest of before, and
 * no rule would see that they speak, nor that their clock is wrong. Late readings alone prove nothing: a
 * broker delivers again what it had delivered long ago. But that comes in a burst, while a clock goes on as
 * fast as ours does: late readings count as the device speaking where their time moved on between two
 * arrivals about as ours did.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'

const Arrival = z.strictObject({
  /** Of the newest sample of that arrival. */
  at: z.number(),
  receivedAt: z.number(),
})

type Arrival = z.output<typeof Arrival>

/** Of a device whose last readings were all late; plain data for the checkpoint. */
export const LateArrivals = z.strictObject({
  /** What the next arrival is held against; `null` before there was one. */
  base: Arrival.nullable(),
  /** Some time has passed in which its clock went on as ours did. */
  isGoing: z.boolean(),
  /** The newest arrival; others of its readings may still come. */
  newest: Arrival,
})

export type LateArrivals = z.output<typeof LateArrivals>

/** Devices go by number. */
export type SetBacks = {
  /** Whether a late reading shows that the device speaks. Readings come in the order of the journal. */
  isSpeaking(device: number, at: Instant, receivedAt: Instant): boolean
  /** A reading of it was not late. */
  inTime(device: number): void
  /** Devices with another standing than at the last call; `null`: nothing of theirs is late any more. */
  takeChanged(): [device: number, LateArrivals | null][]
}

/** Arrivals nearer to each other say little of a clock's pace, and networks delay one more than the other. */
const TOLERANCE_MS = 60_000
/** What a device stores before it sends may be older by up to a measuring interval, time and again. */
const TOLERANCE_SHARE = 0.25

export function createSetBacks(stored: Iterable<readonly [device: number, kept: LateArrivals]>): SetBacks {
  const late = new Map<number, LateArrivals>(stored)
  const changed = new Set<number>()
  return {
    isSpeaking(device, at, receivedAt) {
      changed.add(device)
      const before = late.get(device)
      const arrival = { at, receivedAt }
      if (!before) {
        late.set(device, { base: null, isGoing: false, newest: arrival })
        return false
      }
      const isSameArrival = before.newest.receivedAt === receivedAt
      if (isSameArrival && at <= before.newest.at) return false
      const { base, isGoing } = isSameArrival ? before : settled(before)
      late.set(device, { base, isGoing, newest: arrival })
      return base !== null && isInPace(base, arrival) && (isGoing || isApart(base, arrival))
    },
    inTime(device) {
      if (late.size > 0 && late.delete(device)) changed.add(device)
    },
    takeChanged() {
      const rows = [...changed].map(
        (device) => [device, late.get(device) ?? null] as [number, LateArrivals | null],
      )
      changed.clear()
      return rows
    },
  }
}

/** An arrival that has come to its end, as what the next one is held against. */
function settled({ base, isGoing, newest }: LateArrivals): Pick<LateArrivals, 'base' | 'isGoing'> {
  if (base === null || !isInPace(base, newest)) return { base: newest, isGoing: false }
  return isApart(base, newest) ? { base: newest, isGoing: true } : { base, isGoing }
}

const isApart = (base: Arrival, next: Arrival) => next.receivedAt - base.receivedAt > TOLERANCE_MS

/** The same message twice within the tolerance is not: half of the time must have passed for its sender too. */
function isInPace(base: Arrival, next: Arrival): boolean {
  const [ourMs, itsMs] = [next.receivedAt - base.receivedAt, next.at - base.at]
  if (Math.abs(itsMs - ourMs) > TOLERANCE_MS + TOLERANCE_SHARE * ourMs) return false
  return !isApart(base, next) || itsMs >= ourMs / 2
}
