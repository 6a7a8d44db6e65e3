/**
 * What goes wrong, where and when: a scenario of the campus, laid over the ordinary behaviour of one device.
 * Known in advance as data, so that behaviour stays a function of time.
 */
import type { Instant, Interval } from '../src/model/instant.ts'
import type { DeviceId } from '../src/model/reading.ts'

export const SCENARIO_NAMES = [
  'burst-pipe',
  'running-toilet',
  'meter-silent',
  'reverse-flow',
  'meter-tamper',
  'register-jump',
  'low-battery',
  'bad-payloads',
  'door-held-open',
  'door-forced',
  'door-unlocked',
  'door-tamper',
  'denied-burst',
  'duress',
  'anti-passback',
  'fire-release',
  'missed-patrol',
  'late-patrol',
  'early-patrol',
  'wrong-order',
  'copied-tags',
  'unknown-tag',
  'long-parking',
  'speeding',
  'left-area',
  'tow',
  'fuel-theft',
  'tracker-unplugged',
  'gps-jumps',
] as const

export type ScenarioName = (typeof SCENARIO_NAMES)[number]

export type Trouble = {
  readonly name: ScenarioName
  readonly device: DeviceId
  readonly from: Instant
  readonly lastsMs: number
  /** It comes again at this distance, start to start; absent: once. */
  readonly everyMs?: number
}

/** The occurrence that touches the interval, if one does; the later one where two do. */
export function occurrenceIn(
  { from, lastsMs, everyMs }: Trouble,
  { from: start, to }: Interval,
): Interval | undefined {
  const before = everyMs === undefined ? 0 : Math.floor((to - 1 - from) / everyMs)
  const begin = from + Math.max(0, before) * (everyMs ?? 0)
  const occurrence = { from: begin, to: begin + lastsMs }
  return occurrence.from < to && occurrence.to > start ? occurrence : undefined
}

export const isOn = (trouble: Trouble, at: Instant) =>
  occurrenceIn(trouble, { from: at, to: at + 1 }) !== undefined

/**
 * How long it has been on up to `at`, all occurrences together. One that comes again has always done so, from the
 * first that fits in after `since`: a register then goes on exactly where an earlier run with the same anchor left it.
 */
export function elapsedMs({ from, lastsMs, everyMs }: Trouble, at: Instant, since: Instant): number {
  if (everyMs === undefined) return Math.min(lastsMs, Math.max(0, at - from))
  const first = from - Math.floor((from - since) / everyMs) * everyMs
  if (at <= first) return 0
  const whole = Math.floor((at - first) / everyMs)
  return whole * lastsMs + Math.min(lastsMs, at - first - whole * everyMs)
}
