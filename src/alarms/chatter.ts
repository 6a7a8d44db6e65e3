/**
 * Chatter: an alarm that comes and goes faster than anyone can answer. Found by ISA-18.2's measure, and with
 * the cheapest cure that its own occurrences show: a delay before it rings, one before it is over, or a
 * deadband. A cure is only proposed where it would have cured.
 */
import type { Because } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'

export const CHATTER = {
  windowMs: 60_000,
  /** So many times active in a window, both ends of it counting. ISA-18.2, as quoted by vendors: 3 in 1 min. */
  from: 3,
} as const

/** One alarm of a rule and a subject; `to` is absent while it is active. */
export type Occurrence = {
  readonly from: Instant
  readonly to?: Instant
  /** The numeric limit that it had tripped, and how far behind it the value was when it was over. */
  readonly back?: Back
}

export type Back = { readonly limit: number; readonly backBy: number }

/** What rules of a numeric limit say with a clear; undefined for all others. */
export function backOf(because: Because | undefined): Back | undefined {
  const { limit, backBy } = because?.figures ?? {}
  return typeof limit === 'number' && typeof backBy === 'number' ? { limit, backBy } : undefined
}

export type Cure = {
  /**
   * `on-delay`: it rings only once it has held so long. `off-delay`: it is over only once it has been so for
   * so long.
   */
  readonly by: 'on-delay' | 'off-delay'
  readonly forMs: number
  /** Alarms that would have been left of all. */
  readonly alarms: number
}

export type Deadband = {
  /** In the unit of the judged value. */
  readonly width: number
  readonly limit: number
  /**
   * Alarms that would have been left of all, had no value gone deeper before it came back than the one that
   * ended the alarm.
   */
  readonly alarms: number
}

export type Chatter = {
  /** Alarms within any window in which they chattered. */
  readonly count: number
  readonly firstAt: Instant
  readonly lastAt: Instant
  /** The most in one window. */
  readonly most: number
  /** The cheapest cure first: what delays a real alarm least. Empty where no delay of at most ten minutes helps. */
  readonly cures: readonly Cure[]
  /**
   * Null where its rule judges no numeric limit, or a deadband that is no wider than a quarter of the limit
   * does not help.
   */
  readonly deadband: Deadband | null
}

/** Nobody sets a delay of 13,271 ms. */
const STEPS_MS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600].map((seconds) => seconds * 1_000)

/** Undefined where it does not chatter. In any order. */
export function chatterOf(unordered: readonly Occurrence[]): Chatter | undefined {
  const occurrences = unordered.toSorted((a, b) => a.from - b.from)
  const within = chattering(occurrences)
  const [first, last] = [within[0], within.at(-1)]
  if (!first || !last) return undefined
  return {
    count: within.length,
    firstAt: first.from,
    lastAt: last.from,
    most: mostInWindow(occurrences),
    cures: curesOf(occurrences),
    deadband: deadbandOf(occurrences),
  }
}

/** Those that are, with `from − 1` others, within one window. */
function chattering(occurrences: readonly Occurrence[]): readonly Occurrence[] {
  const isIn = new Set<number>()
  for (let i = CHATTER.from - 1; i < occurrences.length; i++) {
    const [oldest, newest] = [occurrences[i - CHATTER.from + 1], occurrences[i]]
    if (!oldest || !newest || newest.from - oldest.from > CHATTER.windowMs) continue
    for (let j = i - CHATTER.from + 1; j <= i; j++) isIn.add(j)
  }
  return occurrences.filter((_, i) => isIn.has(i))
}

function mostInWindow(occurrences: readonly Occurrence[]): number {
  let [most, oldest] = [0, 0]
  occurrences.forEach(({ from }, i) => {
    while (from - (occurrences[oldest]?.from ?? from) > CHATTER.windowMs) oldest++
    most = Math.max(most, i - oldest + 1)
  })
  return most
}

/** Only what held at least so long rings, and then so much later. */
export const delayed = (occurrences: readonly Occurrence[], onDelayMs: number): readonly Occurrence[] =>
  occurrences
    .filter(({ from, to }) => to === undefined || to - from >= onDelayMs)
    .map((one) => ({ ...one, from: one.from + onDelayMs }))

/** Pauses that are not longer are no pauses. */
export const bridged = (occurrences: readonly Occurrence[], offDelayMs: number): readonly Occurrence[] =>
  merged(occurrences, (before, one) => before.to === undefined || one.from - before.to <= offDelayMs)

/** Pauses in which the value did not come back so far are no pauses. */
export const banded = (occurrences: readonly Occurrence[], width: number): readonly Occurrence[] =>
  merged(occurrences, ({ to, back }) => to === undefined || (back !== undefined && back.backBy < width))

function merged(
  occurrences: readonly Occurrence[],
  isOne: (before: Occurrence, one: Occurrence) => boolean,
): readonly Occurrence[] {
  const left: Occurrence[] = []
  for (const one of occurrences) {
    const before = left.at(-1)
    if (!before || !isOne(before, one)) left.push(one)
    else {
      const { from } = before
      const isOver = before.to !== undefined && one.to !== undefined
      const last = isOver && before.to > one.to ? before : one
      left[left.length - 1] = isOver ? { ...last, from } : { from }
    }
  }
  return left
}

function curesOf(occurrences: readonly Occurrence[]): readonly Cure[] {
  const least = (by: Cure['by'], left: (forMs: number) => readonly Occurrence[]): Cure[] => {
    for (const forMs of STEPS_MS) {
      const alarms = left(forMs)
      if (chattering(alarms).length === 0) return [{ by, forMs, alarms: alarms.length }]
    }
    return []
  }
  // An on-delay that silences everything hides the fault rather than cures the chatter.
  const onDelay = least('on-delay', (forMs) => delayed(occurrences, forMs)).filter(({ alarms }) => alarms > 0)
  const offDelay = least('off-delay', (forMs) => bridged(occurrences, forMs))
  // An off-delay makes no alarm later, so it goes first unless it must be much longer.
  return [...offDelay, ...onDelay].toSorted((a, b) => costOf(a) - costOf(b))
}

/**
 * Wider than this share of its limit a deadband hides that the value is fine again. Common starting points
 * are 1 to 5 %.
 */
const WIDEST_SHARE = 0.25
/** And narrower than this it is within the noise. */
const NARROWEST_SHARE = 0.005

function deadbandOf(occurrences: readonly Occurrence[]): Deadband | null {
  const limits = occurrences.flatMap(({ back }) => (back ? [Math.abs(back.limit)] : []))
  const limit = limits.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)
  if (limit === 0 || limit === Number.POSITIVE_INFINITY) return null
  const least = NARROWEST_SHARE * limit
  const widths = new Set(
    occurrences.flatMap(({ back }) =>
      back && back.backBy >= 0 ? [nextRound(Math.max(back.backBy, least))] : [],
    ),
  )
  for (const width of [...widths].sort((a, b) => a - b)) {
    if (width > WIDEST_SHARE * limit) return null
    const left = banded(occurrences, width)
    if (chattering(left).length === 0) return { width, limit, alarms: left.length }
  }
  return null
}

/**
 * Nobody sets a deadband of 0.0137: the first of 1, 1.5, 2, 3, 5, 7 times a power of ten that is above it; of
 * what is above 0.
 */
export function nextRound(value: number): number {
  const power = Math.floor(Math.log10(value))
  for (const digits of [10, 15, 20, 30, 50, 70]) {
    const round = scaled(digits, power - 1)
    if (round > value) return round
  }
  return scaled(10, power)
}

/** Written as a decimal, so that no step is a hair beside what a person would write. */
const scaled = (digits: number, power: number): number => Number(`${digits}e${power}`)

/** A second before an alarm costs as much as four after it. */
const costOf = ({ by, forMs }: Cure): number => (by === 'on-delay' ? 4 * forMs : forMs)
