/**
 * A flood: more alarms than one person can answer. It begins with the eleventh alarm within ten minutes on
 * one seat (ISA-18.2) and ends once fewer than five are younger than ten minutes: the gap between the two
 * keeps it from flickering.
 */
import type { Instant } from '../model/instant.ts'

export const FLOOD = {
  windowMs: 600_000,
  /** Begins with one more than so many in a window. ISA-18.2-2016, as quoted by vendors: > 10 in 10 min an operator. */
  beginsAbove: 10,
  /** Ends with fewer than so many in a window. Widely used beside the first; not verified in the standard itself. */
  endsBelow: 5,
} as const

/** How many of the newest decide both limits: exact, and bounded whatever comes. */
const KEPT = FLOOD.beginsAbove + 1

export type FloodState = {
  /** The newest alarms, oldest first; at most eleven. */
  readonly recent: readonly Instant[]
  readonly flood?: {
    /** When the alarm came that made it one. */
    readonly since: Instant
    /** Alarms in it so far, with the ten before its beginning. */
    readonly count: number
  }
}

export type FloodChange =
  | { readonly is: 'began'; readonly since: Instant; readonly count: number }
  | { readonly is: 'ended'; readonly since: Instant; readonly count: number; readonly until: Instant }

export type FloodStep = { readonly state: FloodState; readonly changes: readonly FloodChange[] }

export const CALM: FloodState = { recent: [] }

/** When the flood ends if nothing more comes; undefined where there is none. */
export function endsAt({ recent, flood }: FloodState): Instant | undefined {
  if (!flood) return undefined
  const deciding = recent.at(-FLOOD.endsBelow)
  return deciding === undefined ? flood.since : Math.max(deciding + FLOOD.windowMs, flood.since)
}

/** It is `at`: a flood may be over since. */
export function passed(state: FloodState, at: Instant): FloodStep {
  const until = endsAt(state)
  if (!state.flood || until === undefined || at < until) return { state, changes: [] }
  return { state: { recent: state.recent }, changes: [{ is: 'ended', ...state.flood, until }] }
}

/** An alarm was told at `at`. One that claims to be older than the one before it counts as if it came with that. */
export function told(before: FloodState, at: Instant): FloodStep {
  const now = Math.max(at, before.recent.at(-1) ?? at)
  const { state, changes } = passed(before, now)
  const recent = [...state.recent, now].slice(-KEPT)
  if (state.flood) {
    const { since, count } = state.flood
    return { state: { recent, flood: { since, count: count + 1 } }, changes }
  }
  const oldest = recent.length === KEPT ? recent[0] : undefined
  if (oldest === undefined || now - oldest >= FLOOD.windowMs) return { state: { recent }, changes }
  const flood = { since: now, count: KEPT }
  return { state: { recent, flood }, changes: [...changes, { is: 'began', ...flood }] }
}
