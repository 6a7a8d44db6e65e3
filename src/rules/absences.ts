/**
 * Who could not be heard, and when: from the journal's gaps and link changes to gaps that rules work in. What
 * a source that was down did not bring proves nothing, so while it is down whoever counts silence waits, and
 * leaves the stretch out when it is over. No stretch is told twice, though link, gap record and the gateway's
 * own absence may speak of the same one.
 */
import * as z from 'zod'
import type { Remark } from '../model/commit.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'

/** The gateway's own absences carry this name, and so do devices that no other source brings. */
export const GATEWAY = 'gateway'

/** What is known of one source; plain data for the checkpoint. */
export const Presence = z.strictObject({
  /** When anything was last received through it; `null` before. */
  heardAt: z.number().nullable(),
  /** Since when it cannot be heard; `null` while it can. */
  awayFrom: z.number().nullable(),
  /** The stretch that was told last. */
  told: z.strictObject({ from: z.number(), to: z.number() }).nullable(),
})

export type Presence = z.output<typeof Presence>

/**
 * A stretch that rules have not been told of; without `to` it goes on. One of `device`, `source`, or
 * (neither) everyone.
 */
export type Absence = {
  readonly from: Instant
  readonly to?: Instant
  readonly source?: string
  readonly device?: DeviceId
}

/**
 * Whatever watches a source takes its time to find out that it is down: keep-alives have to be missed first.
 * So a stretch begins when something was last received through it, but no more than this before it was found
 * down.
 */
const MOST_UNNOTICED_MS = 5 * 60_000

export type Absences = {
  /** The absences that a commit tells of, in its order. */
  after(remarks: readonly Remark[], receivedAt: Instant): Absence[]
  /** Sources that are away now, for whoever resumes, or was told of an end that is not everybody's. */
  going(): Absence[]
  heard(source: string, receivedAt: Instant): void
  /** What is not as it was at the last call, by source. */
  takeChanged(): [source: string, Presence][]
}

/** `sourceOf` says what brings a device. */
export function createAbsences(
  stored: Iterable<readonly [source: string, Presence]>,
  sourceOf: (device: DeviceId) => string,
): Absences {
  const presences = new Map<string, Presence>(stored)
  const changed = new Set<string>()
  const presenceOf = (source: string): Presence =>
    presences.get(source) ?? { heardAt: null, awayFrom: null, told: presences.get(GATEWAY)?.told ?? null }
  const set = (source: string, presence: Presence) => {
    presences.set(source, presence)
    changed.add(source)
  }

  const afterLink = (source: string, isUp: boolean, now: Instant): Absence[] => {
    const known = presenceOf(source)
    const { heardAt, awayFrom, told } = known
    if (!isUp) {
      if (awayFrom !== null) return []
      const from = Math.max(Math.min(heardAt ?? now, now), now - MOST_UNNOTICED_MS, told?.to ?? 0)
      set(source, { ...known, awayFrom: from })
      return [{ source, from }]
    }
    if (awayFrom === null) return []
    set(source, { ...known, awayFrom: null, told: joined(told, { from: awayFrom, to: now }) })
    return [{ source, from: awayFrom, to: now }]
  }

  const afterGapOfSource = (source: string, gap: Interval): Absence[] => {
    const known = presenceOf(source)
    const { awayFrom, told } = known
    if (awayFrom !== null && gap.to >= awayFrom) {
      // It is part of the stretch that goes on, which began sooner than was thought.
      const from = Math.max(Math.min(awayFrom, gap.from), told?.to ?? gap.from)
      if (from >= awayFrom) return []
      set(source, { ...known, awayFrom: from })
      return [{ source, from }]
    }
    set(source, { ...known, told: joined(told, gap) })
    return without(gap, told).map((left) => ({ source, ...left }))
  }

  const afterGapOfDevice = (device: DeviceId, gap: Interval): Absence[] => {
    const { awayFrom, told } = presenceOf(sourceOf(device))
    const before = awayFrom === null ? gap : { from: gap.from, to: Math.min(gap.to, awayFrom) }
    return without(before, told).map((left) => ({ device, ...left }))
  }

  const afterGapOfGateway = (gap: Interval): Absence[] => {
    for (const source of new Set([GATEWAY, ...presences.keys()])) {
      const known = presenceOf(source)
      set(source, { ...known, told: joined(known.told, gap) })
    }
    return [gap]
  }

  return {
    after: (remarks, receivedAt) =>
      remarks.flatMap((remark) => {
        if (remark.is === 'link') return afterLink(remark.source, remark.state === 'up', receivedAt)
        if (remark.is !== 'gap') return []
        const { source, device, from, to } = remark
        if (device !== undefined) return afterGapOfDevice(device, { from, to })
        return source === GATEWAY ? afterGapOfGateway({ from, to }) : afterGapOfSource(source, { from, to })
      }),
    going: () =>
      [...presences].flatMap(([source, { awayFrom: from }]) => (from === null ? [] : [{ source, from }])),
    heard(source, receivedAt) {
      const known = presenceOf(source)
      // History is read in the order of measurement: who was heard later may have been passed already.
      if ((known.heardAt ?? Number.NEGATIVE_INFINITY) < receivedAt)
        set(source, { ...known, heardAt: receivedAt })
    },
    takeChanged() {
      const rows = [...changed].map((source) => [source, presenceOf(source)] as [string, Presence])
      changed.clear()
      return rows
    },
  }
}

/** Both as one where they touch, else the later. */
const joined = (one: Interval | null, other: Interval): Interval => {
  if (!one || one.to < other.from) return other
  if (other.to < one.from) return one
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) }
}

/** What of `whole` is outside of `part`, in order. */
const without = (whole: Interval, part: Interval | null): Interval[] => {
  if (!part || part.to <= whole.from || part.from >= whole.to) return whole.to < whole.from ? [] : [whole]
  const left = [
    { from: whole.from, to: part.from },
    { from: part.to, to: whole.to },
  ]
  return left.filter(({ from, to }) => from < to)
}
