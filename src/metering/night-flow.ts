/**
 * The least that ran in an hour of the night, when nobody should use water. A night of which less than four fifths are known has
 * no value, for the hour that is missing may have been the quiet one; it is never zero.
 */
import type { Interval } from '../model/instant.ts'

/** As the rule `night-flow` has it. */
const COVERAGE = 0.8
/** Fewer nights have no usual one among them. */
const LEAST_NIGHTS = 3

export type Night = Interval & {
  /** The least mean flow of an hour within the window, m³/h. */
  readonly flowM3h: number | null
}

export type NightStanding = {
  readonly nights: readonly Night[]
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
export function nightStanding(nights: readonly Night[]): NightStanding {
  const lastM3h = nights.at(-1)?.flowM3h ?? null
  const before = nights.slice(0, -1).flatMap(({ flowM3h }) => flowM3h ?? [])
  const usualM3h = before.length < LEAST_NIGHTS ? null : median(before)
  const riseM3h = lastM3h === null || usualM3h === null ? null : lastM3h - usualM3h
  return { nights, lastM3h, usualM3h, riseM3h }
}

function median(values: readonly number[]): number {
  const inOrder = values.toSorted((a, b) => a - b)
  const middle = inOrder.length >> 1
  const upper = inOrder[middle] ?? 0
  return inOrder.length % 2 === 1 ? upper : (upper + (inOrder[middle - 1] ?? 0)) / 2
}
