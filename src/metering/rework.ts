/**
 * New marks of a meter worked in among those it has. However late they come, they rework exactly the hours
 * that they can change: from the oldest link still open where the first of them falls to where everything is
 * as before.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse, LinkState, MarkFigures, MarkStretch, MeterMark } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { addOpenLinks, follow, followerOf, openFrom, stateOf } from './follower.ts'
import { EXACT_MS, type OpenHours } from './hours.ts'
import { sameState, takeMark } from './links.ts'
import { type MeterFacts, maxGapMs } from './meter.ts'
import { type KeptStretches, reachingBack, stretchWriter } from './stretches.ts'

export type Rework = {
  /** Hours in `[from, to)` are now these and no others. */
  readonly from: Instant
  readonly to: Instant
  readonly hours: readonly HourUse[]
  /** Stretches that began in this interval are now these and no others. */
  readonly replaced: Interval
  readonly stretches: readonly MarkStretch[]
  /** Marks whose instant was taken before with another volume; the first one stays. */
  readonly conflicts: number
  /** Suspected resets or exchanges from the first new mark on, as far as was reworked. */
  readonly breaks: number
}

/** Undefined where no mark came. Of marks of one instant the first counts, and what is kept before any that is new. */
export function reworkMarks(
  facts: MeterFacts,
  fresh: MarkFigures,
  kept: KeptStretches,
  calendar: Calendar,
): Rework | undefined {
  const coming = inTime(fresh)
  const [first, newest] = [coming[0]?.at, coming.at(-1)?.at]
  if (first === undefined || newest === undefined) return undefined
  const hourOf = (at: Instant) => calendar.intervalAt(at, 'hour').from
  const lastDirty = calendar.intervalAt(newest + EXACT_MS, 'hour').to
  const holder = kept.holding(first)
  const openAt = holder && (stateAt(holder, first, facts).chain[0]?.at ?? first)
  const from = Math.min(hourOf(first), hourOf(openAt ?? first))
  const begin = holder && reachingBack(holder, from, kept)

  const open: OpenHours = { hours: [], from, gapMs: maxGapMs(facts), calendar }
  const rewritten = stretchWriter()
  const rewriteFrom = holder?.start ?? Number.NEGATIVE_INFINITY
  const follower = followerOf(facts, begin?.before)
  let last: Instant = first
  let [conflicts, breaks, place] = [0, 0, 0]
  let isChanged = false
  /** From this stretch on marks and what is known before them are as they were. */
  let unchangedFrom: Instant | undefined
  let to = Number.POSITIVE_INFINITY

  const take = (at: Instant, volumeM3: number): void => {
    const isRewritten = unchangedFrom === undefined
    if (isRewritten && at >= rewriteFrom) rewritten.write(at, volumeM3, follower)
    if (follow(follower, at, volumeM3, open) && isRewritten && at >= first) breaks++
    last = at
  }
  const takeComing = (before: Instant): void => {
    for (let mark = coming[place]; mark && mark.at < before; mark = coming[place]) {
      take(mark.at, mark.volumeM3)
      isChanged = true
      passRepeats(mark)
    }
  }
  const passRepeats = ({ at, volumeM3 }: MeterMark): void => {
    for (; coming[place]?.at === at; place++) if (coming[place]?.volumeM3 !== volumeM3) conflicts++
  }
  const takeKept = (stretch: MarkStretch): 'enough' | undefined => {
    for (let i = 0; i < stretch.figures.length; i += 2) {
      if ((openFrom(follower) ?? Number.NEGATIVE_INFINITY) >= to) return 'enough'
      const [at, volumeM3] = [stretch.figures[i] as number, stretch.figures[i + 1] as number]
      takeComing(at)
      passRepeats({ at, volumeM3 })
      take(at, volumeM3)
    }
    return undefined
  }
  for (const stretch of kept.from(begin?.start ?? Number.NEGATIVE_INFINITY)) {
    takeComing(stretch.start)
    if (
      unchangedFrom === undefined &&
      stretch.start > newest &&
      sameState(stretch.before, stateOf(follower))
    ) {
      if (!isChanged) break
      unchangedFrom = stretch.start
      to = Math.max(lastDirty, calendar.intervalAt(stretch.start, 'hour').to)
    }
    if (takeKept(stretch) === 'enough') break
  }
  takeComing(Number.POSITIVE_INFINITY)
  if (!isChanged) {
    const nothing = { from, to: from }
    return { ...nothing, hours: [], replaced: nothing, stretches: [], conflicts, breaks: 0 }
  }
  addOpenLinks(follower, open)
  if (unchangedFrom === undefined) to = Math.max(lastDirty, calendar.intervalAt(last, 'hour').to)
  return {
    from,
    to,
    hours: open.hours.filter((use) => use.from < to),
    replaced: { from: rewriteFrom, to: unchangedFrom ?? Number.POSITIVE_INFINITY },
    stretches: rewritten.stretches,
    conflicts,
    breaks,
  }
}

function inTime(fresh: MarkFigures): MeterMark[] {
  const marks: MeterMark[] = []
  for (let i = 0; i < fresh.length; i += 2) {
    marks.push({ at: fresh[i] as number, volumeM3: fresh[i + 1] as number })
  }
  return marks.sort((a, b) => a.at - b.at) // stable: of one instant the first that came stands first
}

/** What is known before the marks of that instant and later. */
export function stateAt({ before, figures }: MarkStretch, at: Instant, facts: MeterFacts): LinkState {
  let state = before
  for (let i = 0; i < figures.length && (figures[i] as number) < at; i += 2) {
    state = takeMark(state, { at: figures[i] as number, volumeM3: figures[i + 1] as number }, facts).state
  }
  return state
}
