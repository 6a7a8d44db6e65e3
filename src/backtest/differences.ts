/**
 * Two lists of alarms side by side: alarms of one rule on one subject whose times touch are the same one. For
 * each that only one side has it says whether readings of that device came late then, because live rules do
 * not see those.
 */
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { FoundAlarm, LateStretch } from './setup.ts'

/** What both sides must tell of an alarm; one of the book also which it is. */
export type Fired = FoundAlarm & { readonly id?: string }

export type Difference = {
  readonly same: number
  /** Only the draft raises them. */
  readonly added: number
  /** Only the other side has them, though there was something to judge by. */
  readonly gone: number
  /** Only the other side has them, and there was nothing to judge by: that says nothing of the draft. */
  readonly unjudged: number
  /** Of those that differ: readings of the device came late then. */
  readonly withLateReadings: number
  /** The first of each, oldest first. */
  readonly examples: readonly DifferentAlarm[]
}

export type DifferentAlarm = Fired & {
  readonly only: 'draft' | 'other'
  readonly late: boolean
  readonly isJudged: boolean
}

const MOST_EXAMPLES = 1_000
/**
 * Raised or cleared within so much of each other is at the same time: wake-ups and clocks of devices differ
 * by less.
 */
const TOUCH_MS = 60_000
/** Readings that came late so shortly before an alarm may have decided it. */
const LATE_BEFORE_MS = 86_400_000

export function differencesOf(
  draft: readonly Fired[],
  other: readonly Fired[],
  late: readonly LateStretch[],
  /** Whether there was anything to judge such an alarm by. */
  isJudged: (alarm: Fired) => boolean = () => true,
): Difference {
  const others = bySubject(other)
  const lateBy = Map.groupBy(late, ({ device }) => device)
  const met = new Set<Fired>()
  const onlyDraft: Fired[] = []
  let same = 0
  for (const alarm of draft) {
    const partner = (others.get(keyOf(alarm)) ?? []).find((one) => !met.has(one) && touch(alarm, one))
    if (partner) {
      met.add(partner)
      same++
    } else onlyDraft.push(alarm)
  }
  const onlyOther = other.filter((alarm) => !met.has(alarm))
  const marked = (only: 'draft' | 'other') => (alarm: Fired) => ({
    ...alarm,
    only,
    late: isAmongLate(lateBy, alarm),
    isJudged: only === 'draft' || isJudged(alarm),
  })
  const all = [...onlyDraft.map(marked('draft')), ...onlyOther.map(marked('other'))]
  all.sort((a, b) => a.raisedAt - b.raisedAt)
  const unjudged = all.filter((one) => !one.isJudged).length
  return {
    same,
    added: onlyDraft.length,
    gone: onlyOther.length - unjudged,
    unjudged,
    withLateReadings: all.filter((one) => one.late).length,
    examples: all.slice(0, MOST_EXAMPLES),
  }
}

const keyOf = ({ rule, subject }: Fired) => `${rule} ${subject}`
const bySubject = (alarms: readonly Fired[]) => Map.groupBy(alarms, keyOf)

const end = ({ clearedAt }: Fired): Instant => clearedAt ?? Number.POSITIVE_INFINITY

const touch = (a: Fired, b: Fired): boolean =>
  a.raisedAt <= end(b) + TOUCH_MS && b.raisedAt <= end(a) + TOUCH_MS

const isAmongLate = (
  lateBy: ReadonlyMap<DeviceId, readonly LateStretch[]>,
  { device, raisedAt, clearedAt = raisedAt }: Fired,
): boolean =>
  (lateBy.get(device) ?? []).some(({ from, to }) => from <= clearedAt && to >= raisedAt - LATE_BEFORE_MS)
