/**
 * A meter's marks taken once more, from an instant on: what is known of the meter is not what it was when they came,
 * because somebody has declared an exchange since, or said how large its register is.
 */
import type { Instant } from '../model/instant.ts'
import type { MarkFigures } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { addOpenLinks, follow, followerOf } from './follower.ts'
import { EXACT_MS, type OpenHours } from './hours.ts'
import { type MeterFacts, maxGapMs } from './meter.ts'
import { type Rework, stateAt } from './rework.ts'
import { type KeptStretches, reachingBack, stretchWriter } from './stretches.ts'

/**
 * `since` is -Infinity for as far back as marks are kept; `unkept` are marks behind all stretches, in order. Undefined
 * where there are none at all; `forgotten` where those that it needs are kept no more.
 */
export function retakeMarks(
  facts: MeterFacts,
  since: Instant,
  kept: KeptStretches,
  unkept: MarkFigures,
  calendar: Calendar,
): Rework | 'forgotten' | undefined {
  const [oldest] = kept.from(Number.NEGATIVE_INFINITY)
  const isAll = since === Number.NEGATIVE_INFINITY
  const holder = kept.holding(since) ?? oldest
  const start = holder?.start ?? unkept[0]
  if (start === undefined) return undefined
  const lastBefore = holder?.before.chain.at(-1)?.at
  if (lastBefore !== undefined && lastBefore >= since && !isAll) return 'forgotten'
  const hourOf = (at: Instant) => calendar.intervalAt(at, 'hour').from
  const first = Math.max(since, start)
  const openAt = holder && stateAt(holder, first, facts).chain[0]?.at
  const openHour = hourOf(Math.min(openAt ?? first, first))
  const begin = holder && reachingBack(holder, openHour, kept)
  const begunAt = begin?.before.chain[0]?.at
  const isCut = begunAt !== undefined && begunAt > openHour
  if (isCut && !isAll) return 'forgotten'
  // Of an hour that began before the oldest link that is kept only a part would be left.
  const from = isCut ? calendar.intervalAt(begunAt, 'hour').to : openHour

  const open: OpenHours = { hours: [], from, gapMs: maxGapMs(facts), calendar }
  const rewritten = stretchWriter()
  const follower = followerOf(facts, begin?.before)
  let last = start
  let breaks = 0
  const takeAll = (figures: MarkFigures) => {
    for (let i = 0; i < figures.length; i += 2) {
      const [at, volumeM3] = [figures[i] as number, figures[i + 1] as number]
      if (at >= start) rewritten.write(at, volumeM3, follower)
      if (follow(follower, at, volumeM3, open) && at >= since) breaks++
      last = at
    }
  }
  for (const { figures } of begin ? kept.from(begin.start) : []) takeAll(figures)
  takeAll(unkept)
  addOpenLinks(follower, open)
  return {
    from,
    to: calendar.intervalAt(Math.max(last, from) + EXACT_MS, 'hour').to,
    hours: open.hours,
    replaced: { from: start, to: Number.POSITIVE_INFINITY },
    stretches: rewritten.stretches,
    conflicts: 0,
    breaks,
  }
}
