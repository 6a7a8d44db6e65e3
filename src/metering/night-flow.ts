/**
 * The least that ran in an hour of the night, when nobody should use water. A night of which less than four
 * fifths are known has no value, for the hour that is missing may have been the quiet one; it is never zero.
 * Minimum night flow of 02:00 to 04:00 is the usual sign of a leak (IWA's water loss practice); i2O's
 * nightline asks for 92 of 96 values of the day, the rule `night-flow` for four fifths of the window.
 */
import { roundedOrNull } from './water-use.ts'

const COVERAGE = 0.8
/** Fewer nights have no usual one among them. */
const LEAST_NIGHTS = 3

export type NightStanding = {
  /** The least mean flow of an hour within the window of each night, m³/h; oldest first. */
  readonly flowsM3h: readonly (number | null)[]
  /** Of the newest night; null where that one is not known. */
  readonly lastM3h: number | null
  /** Median of the known nights before it, m³/h; null where there are fewer than three. */
  readonly usualM3h: number | null
  /** Newest less usual, m³/h. */
  readonly riseM3h: number | null
}

/** Of the hours of one window, each as m³ in that hour, null where it is not known. */
export function leastFlowM3h(hours: readonly (number | null)[]): number | null {
  const known = hours.filter((hour) => hour !== null)
  if (known.length === 0 || known.length < COVERAGE * hours.length) return null
  return Math.min(...known)
}

/** Oldest night first. */
export function nightStanding(flows: readonly (number | null)[]): NightStanding {
  const last = flows.at(-1) ?? null
  const before = flows.slice(0, -1).filter((flow) => flow !== null)
  const usual = before.length < LEAST_NIGHTS ? null : median(before)
  const rise = last === null || usual === null ? null : last - usual
  return {
    flowsM3h: flows.map(roundedOrNull),
    lastM3h: roundedOrNull(last),
    usualM3h: roundedOrNull(usual),
    riseM3h: roundedOrNull(rise),
  }
}

function median(values: readonly number[]): number {
  const inOrder = values.toSorted((a, b) => a - b)
  const middle = inOrder.length >> 1
  const upper = inOrder[middle] ?? 0
  return inOrder.length % 2 === 1 ? upper : (upper + (inOrder[middle - 1] ?? 0)) / 2
}
