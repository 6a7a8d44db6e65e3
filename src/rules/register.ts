/**
 * What ran through a water meter between two readings, as live rules see it: the ledger's judgement of a
 * register (src/metering/links.ts), without taking anything back. A reading that does not fit is held until later
 * ones agree with it or with the register before it, so a foreign reading moves no rule, and missing is never zero.
 */
import * as z from 'zod'
import {
  CONFIRMATIONS,
  CONFIRMED_AFTER_MS,
  DEFAULT_MAX_RATE_M3H,
  JITTER_M3,
  maxGapMs,
} from '../metering/meter.ts'
import type { Instant } from '../model/instant.ts'
import { believed, type Reading } from '../model/reading.ts'
import { type Candidate, heldMsOf } from './bound-rule.ts'
import type { Packing } from './rule.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Settled options of every kind that judges what ran through a meter. */
export const METER = {
  point: z.enum(['volume', 'flow']),
  /** m³; null where a decrease is never a rollover. */
  capacityM3: z.number().positive().nullable(),
  maxRateM3h: z.number().positive(),
  heldMs: z.int().positive(),
}

const Meter = z.strictObject(METER)
export type Meter = z.output<typeof Meter>

/** The same as rules.yaml takes it. */
export const DECLARED_METER = {
  point: z.enum(['volume', 'flow']).optional().meta({
    description:
      'What it judges by. Default: the cumulative register, which sees every litre; flow where the profile has no volume.',
  }),
  heldMs: z.int().positive().optional().meta({
    description:
      'A longer gap between readings is one: nothing is concluded across it. Default: 3 h of the register, 36 h of one that is read daily; three measuring intervals of a flow.',
  }),
}

type DeclaredMeter = { readonly point?: Meter['point'] | undefined; readonly heldMs?: number | undefined }

/** What the site and the profile know of the meter, under what the rule says. */
export function meterOf({ point, heldMs }: DeclaredMeter, { device, profile }: Candidate): Meter {
  const judged = point ?? (profile.points && !('volume' in profile.points) ? 'flow' : 'volume')
  const { capacityM3, maxRateM3h } = { ...profile.register, ...device.register }
  return {
    point: judged,
    capacityM3: capacityM3 ?? null,
    maxRateM3h: maxRateM3h ?? DEFAULT_MAX_RATE_M3H,
    heldMs:
      heldMs ??
      (judged === 'flow'
        ? heldMsOf(profile)
        : maxGapMs({ measuresEveryMs: profile.measuresEveryMs ?? HOUR_MS })),
  }
}

/** The newest reading that is believed. Plain data, part of the state of every kind that judges by it. */
export const Stand = z.strictObject({
  at: z.int(),
  /** m³ of a register, never lower than believed before but for a rollover; m³/h of a flow. */
  value: z.number(),
  /** What ran through since the stand before; null where nobody can know: the first one, and a new register's. */
  usedM3: z.number().nullable(),
  /** How long that took. */
  overMs: z.int().nonnegative(),
  /** The newest reading at odds with it, and how many in a row agree with that one. */
  odd: z.strictObject({ at: z.int(), value: z.number(), since: z.int(), readings: z.int() }).nullable(),
})
export type Stand = z.output<typeof Stand>

/**
 * The stand after a reading: the very same where the reading says nothing new; with the same `at` where the
 * reading is at odds with it and held; without `usedM3` where a new register (or a new count) is now believed.
 */
export function standAfter(before: Stand | null, reading: Reading, meter: Meter): Stand | null {
  const value = believed(reading, meter.point)
  if (typeof value === 'string') return before
  const { at } = reading
  if (before && at <= before.at) return before
  return meter.point === 'flow' ? afterFlow(before, at, value, meter) : afterVolume(before, at, value, meter)
}

/** Between two samples flow is a straight line; backwards is nothing used. */
function afterFlow(before: Stand | null, at: Instant, value: number, { maxRateM3h }: Meter): Stand | null {
  if (Math.abs(value) > maxRateM3h) return before
  if (!before) return { at, value, usedM3: null, overMs: 0, odd: null }
  const overMs = at - before.at
  const meanM3h = (Math.max(0, before.value) + Math.max(0, value)) / 2
  return { at, value, usedM3: (meanM3h * overMs) / HOUR_MS, overMs, odd: null }
}

function afterVolume(before: Stand | null, at: Instant, value: number, meter: Meter): Stand {
  if (!before) return { at, value, usedM3: null, overMs: 0, odd: null }
  const usedM3 = usedSince(before, at, value, meter)
  if (usedM3 !== undefined) {
    const isJitter = usedM3 === 0 && value < before.value
    return { at, value: isJitter ? before.value : value, usedM3, overMs: at - before.at, odd: null }
  }
  const { odd } = before
  if (odd && at <= odd.at) return before
  const agrees = odd !== null && usedSince(odd, at, value, meter) !== undefined
  const readings = agrees ? odd.readings + 1 : 1
  const since = agrees ? odd.since : at
  const isConfirmed = readings >= CONFIRMATIONS || (readings > 1 && at - since >= CONFIRMED_AFTER_MS)
  if (isConfirmed) return { at, value, usedM3: null, overMs: 0, odd: null }
  return { ...before, odd: { at, value, since, readings } }
}

/**
 * m³ from one reading of a register to another; undefined where they cannot be of one register. Steps back of
 * a display unit are none.
 */
export function usedSince(
  before: { readonly at: Instant; readonly value: number },
  at: Instant,
  value: number,
  { capacityM3, maxRateM3h }: Meter,
): number | undefined {
  const mostM3 = (maxRateM3h * (at - before.at)) / HOUR_MS + JITTER_M3
  const usedM3 = value - before.value
  if (usedM3 >= 0) return usedM3 <= mostM3 ? usedM3 : undefined
  if (-usedM3 <= JITTER_M3 + 1e-9) return 0
  if (capacityM3 === null || before.value < 0.9 * capacityM3) return undefined
  const overM3 = usedM3 + capacityM3
  return overM3 >= 0 && overM3 <= mostM3 ? overM3 : undefined
}

/** How a stand lies in a row of numbers; one that is held against an odd reading does not fit. */
export const STAND = {
  width: 4,
  pack(stand: Stand | null, row: Float64Array, at: number): boolean {
    if (stand?.odd) return false
    row[at] = stand ? stand.at : Number.NaN
    if (!stand) return true
    row[at + 1] = stand.value
    row[at + 2] = stand.usedM3 ?? Number.NaN
    row[at + 3] = stand.overMs
    return true
  },
  unpack(row: Float64Array, at: number): Stand | null {
    const measuredAt = row[at] as number
    if (Number.isNaN(measuredAt)) return null
    const usedM3 = row[at + 2] as number
    return {
      at: measuredAt,
      value: row[at + 1] as number,
      usedM3: Number.isNaN(usedM3) ? null : usedM3,
      overMs: row[at + 3] as number,
      odd: null,
    }
  },
} satisfies Packing<Stand | null>
