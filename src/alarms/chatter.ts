/**
 * Chatter: an alarm that comes and goes faster than anyone can answer. Found by ISA-18.2's measure, and with the cheapest cure
 * that its own occurrences show: a delay before it rings, or one before it is over. A cure is only proposed where it would have cured.
 */
import type { Instant } from '../model/instant.ts'

export const CHATTER = {
  windowMs: 60_000,
  /** So many times active in a window, both ends of it counting. ISA-18.2, as quoted by vendors: 3 in 1 min. */
  from: 3,
} as const

/** One alarm of a rule and a subject; `to` is absent while it is active. */
export type Occurrence = { readonly from: Instant; readonly to?: Instant }

export type Cure = {
  /** `on-delay`: it rings only once it has held so long. `off-delay`: it is over only once it has been so for so long. */
  readonly by: 'on-delay' | 'off-delay'
  readonly forMs: number
  /** Alarms that would have been left of all. */
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
    ...{ firstAt: first.from, lastAt: last.from, most: mostInWindow(occurrences) },
    cures: curesOf(occurrences),
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
export function bridged(occurrences: readonly Occurrence[], offDelayMs: number): readonly Occurrence[] {
  const merged: Occurrence[] = []
  for (const one of occurrences) {
    const before = merged.at(-1)
    const isPause = before?.to !== undefined && one.from - before.to > offDelayMs
    if (!before || isPause) merged.push(one)
    else {
      const to = before.to === undefined || one.to === undefined ? undefined : Math.max(before.to, one.to)
      merged[merged.length - 1] = to === undefined ? { from: before.from } : { from: before.from, to }
    }
  }
  return merged
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

/** A second before an alarm costs as much as four after it. */
const costOf = ({ by, forMs }: Cure): number => (by === 'on-delay' ? 4 * forMs : forMs)
