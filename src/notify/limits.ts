/**
 * Rate limits as sliding windows: exact, so that a robot's minute is never overrun however the tries fall
 * across its edge.
 */
import type { Instant } from '../model/instant.ts'
import type { Limit } from './options.ts'

/** Tries that still count, oldest first. */
export type Tries = readonly Instant[]

/** The longest window: what is older counts nowhere. */
export const longestMs = (limits: readonly Limit[]): number =>
  Math.max(0, ...limits.map(({ perMs }) => perMs))

export const stillCounting = (tries: Tries, limits: readonly Limit[], now: Instant): Tries =>
  tries.filter((at) => now - at < longestMs(limits))

/**
 * How many tries are free now; Infinity without a limit. A try of the future, after the clock was set back,
 * counts too.
 */
export const free = (tries: Tries, limits: readonly Limit[], now: Instant): number =>
  limits.reduce(
    (least, { count, perMs }) => Math.min(least, count - tries.filter((at) => now - at < perMs).length),
    Infinity,
  )

/** When `wanted` tries are free, if none is made meanwhile; `wanted` is at most the smallest `count`. */
export const freeAt = (tries: Tries, limits: readonly Limit[], now: Instant, wanted: number): Instant =>
  limits.reduce((latest, { count, perMs }) => {
    const inWindow = tries.filter((at) => now - at < perMs)
    const mustLeave = inWindow.length + Math.min(wanted, count) - count
    const last = mustLeave > 0 ? inWindow[mustLeave - 1] : undefined
    return last === undefined ? latest : Math.max(latest, Math.min(last, now) + perMs)
  }, now)
