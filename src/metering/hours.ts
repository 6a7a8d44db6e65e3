/**
 * A meter's hours, worked out from its marks. New marks, however late, rework exactly the hours that
 * they can change: from the oldest link still open when they come to where everything is as before.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse, MeterMark } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { type LinkState, type MeterLink, NOTHING_YET, openLinks, takeMark } from './links.ts'
import { type MeterFacts, maxGapMs } from './meter.ts'

/** A boundary is exact where a good reading stands this near to it. */
export const EXACT_MS = 5_000

/** The marks of one hour, and what is known once they are taken. */
export type HourMarks = {
  readonly hour: Instant
  readonly marks: readonly MeterMark[]
  readonly state: LinkState
}

export type Rework = {
  /** Hours in `[from, to)` are now these and no others. */
  readonly from: Instant
  readonly to: Instant
  readonly hours: readonly HourUse[]
  /** To be kept in place of those of the same hours. */
  readonly marks: readonly HourMarks[]
  /** Marks whose instant was taken before with another volume; the first one stays. */
  readonly conflicts: number
  /** Suspected resets or exchanges among the reworked hours. */
  readonly breaks: readonly Instant[]
}

/** What was kept of one meter. */
export interface KeptMarks {
  /** The newest hour with marks before that instant. */
  before(hour: Instant): HourMarks | undefined
  /** Hours with marks from that instant on, oldest first. */
  from(hour: Instant): readonly HourMarks[]
}

export function reworkHours(
  facts: MeterFacts,
  fresh: readonly MeterMark[],
  kept: KeptMarks,
  calendar: Calendar,
): Rework | undefined {
  const hourOf = (at: Instant) => calendar.intervalAt(at, 'hour').from
  const times = fresh.map(({ at }) => at)
  if (times.length === 0) return undefined
  const firstDirty = hourOf(Math.min(...times))
  const lastDirty = calendar.intervalAt(Math.max(...times) + EXACT_MS, 'hour').to
  const openFrom = kept.before(firstDirty)?.state.chain[0]?.at
  const from = openFrom === undefined ? firstDirty : Math.min(firstDirty, hourOf(openFrom))
  const { rows, conflicts, changed } = merged(kept.from(from), fresh, hourOf)
  if (!changed) return { from, to: from, hours: [], marks: [], conflicts, breaks: [] }

  const before = kept.before(from)?.state ?? NOTHING_YET
  const links: MeterLink[] = []
  const breaks: Instant[] = []
  const worked: HourMarks[] = []
  let state = before
  let was: LinkState | undefined // the state here when these hours were last worked out
  let to: Instant | undefined // from here on everything is as it was
  for (const row of rows) {
    if (to === undefined && row.hour >= lastDirty && was !== undefined && same(was, state)) to = row.hour
    if (to !== undefined && (state.chain[0]?.at ?? 0) >= to) break
    for (const mark of row.marks) {
      const taken = takeMark(state, mark, facts)
      state = taken.state
      links.push(...taken.settled)
      if (taken.brokenAt !== undefined && to === undefined) breaks.push(taken.brokenAt)
    }
    worked.push({ hour: row.hour, marks: row.marks, state })
    was = row.was
  }
  links.push(...openLinks(state))
  const end =
    to ?? Math.max(lastDirty, calendar.intervalAt(worked.at(-1)?.marks.at(-1)?.at ?? from, 'hour').to)
  return {
    from,
    to: end,
    hours: hoursOf(links, { from, to: end }, facts, calendar),
    marks: worked.filter(({ hour }) => hour >= firstDirty && hour < end),
    conflicts,
    breaks,
  }
}

type Row = HourMarks & { readonly was: LinkState | undefined }

const same = (a: LinkState, b: LinkState) => JSON.stringify(a) === JSON.stringify(b)

function merged(rows: readonly HourMarks[], fresh: readonly MeterMark[], hourOf: (at: Instant) => Instant) {
  const byHour = new Map<Instant, { marks: Map<Instant, MeterMark>; was: LinkState | undefined }>()
  for (const { hour, marks, state } of rows) {
    byHour.set(hour, { marks: new Map(marks.map((mark) => [mark.at, mark])), was: state })
  }
  let conflicts = 0
  let changed = false
  for (const mark of fresh) {
    const hour = hourOf(mark.at)
    const row = byHour.get(hour) ?? { marks: new Map(), was: undefined }
    byHour.set(hour, row)
    const first = row.marks.get(mark.at)
    if (first) {
      if (first.volumeM3 !== mark.volumeM3) conflicts++
      continue
    }
    row.marks.set(mark.at, mark)
    changed = true
  }
  const inOrder: Row[] = [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([hour, { marks, was }]) => ({
      hour,
      marks: [...marks.values()].sort((a, b) => a.at - b.at),
      state: NOTHING_YET,
      was,
    }))
  return { rows: inOrder, conflicts, changed }
}

export type UseByHour = Map<Instant, { -readonly [K in keyof HourUse]: HourUse[K] }>

export const inOrder = (hours: UseByHour): HourUse[] => [...hours.values()].sort((a, b) => a.from - b.from)

function hoursOf(
  links: readonly MeterLink[],
  range: { readonly from: Instant; readonly to: Instant },
  facts: MeterFacts,
  calendar: Calendar,
): HourUse[] {
  const hours: UseByHour = new Map()
  addLinks(hours, links, range, facts, calendar)
  return inOrder(hours)
}

/** Adds each link's volume to the hours of the range that it touches, pro rata: `V(t)` is a straight line between good readings. */
export function addLinks(
  hours: UseByHour,
  links: readonly MeterLink[],
  range: { readonly from: Instant; readonly to: Instant },
  facts: MeterFacts,
  calendar: Calendar,
): void {
  const gapMs = maxGapMs(facts)
  for (const link of links) {
    const measured = link.to - link.from <= gapMs
    let at = Math.max(link.from, range.from)
    while (at < Math.min(link.to, range.to)) {
      const hour = calendar.intervalAt(at, 'hour')
      const shareMs = Math.min(link.to, hour.to) - Math.max(link.from, hour.from)
      const use = hours.get(hour.from) ?? unusedHour(hour)
      hours.set(hour.from, use)
      use.volumeM3 +=
        shareMs === link.to - link.from ? link.volumeM3 : link.volumeM3 * (shareMs / (link.to - link.from))
      use.knownMs += shareMs
      if (measured) use.measuredMs += shareMs
      else {
        use.estimatedFrom ||= link.from < hour.from
        use.estimatedTo ||= link.to > hour.to
      }
      at = hour.to
    }
  }
  for (const link of links) {
    markExact(hours, link, link.from, calendar)
    markExact(hours, link, link.to, calendar)
  }
}

const unusedHour = ({ from, to }: Interval) => ({
  ...{ from, to, volumeM3: 0, knownMs: 0, measuredMs: 0 },
  ...{ estimatedFrom: false, estimatedTo: false, exactFrom: false, exactTo: false },
})

/** A stand is exact for the hours that its own link touches: an exchanged register says nothing of the hour after its end. */
function markExact(hours: UseByHour, link: MeterLink, stand: Instant, calendar: Calendar): void {
  const after = calendar.intervalAt(stand + EXACT_MS, 'hour').from
  if (Math.abs(stand - after) > EXACT_MS) return
  const starting = link.to > after ? hours.get(after) : undefined
  if (starting) starting.exactFrom = true
  const ending = link.from < after ? hours.get(calendar.intervalAt(after - 1, 'hour').from) : undefined
  if (ending) ending.exactTo = true
}
