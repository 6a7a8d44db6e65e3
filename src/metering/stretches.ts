/**
 * Marks are kept in stretches, each with what was known before it: a stretch is short enough to be written
 * again for one mark more, and long enough that a day of quarters is two of them.
 */
import type { Instant } from '../model/instant.ts'
import type { MarkStretch } from '../model/water-use.ts'
import { type Follower, stateOf } from './follower.ts'

/** 16 bytes each: with the state before them a stretch is below a kilobyte. */
export const MARKS_A_STRETCH = 48

/** What was kept of one meter. */
export interface KeptStretches {
  /** The newest stretch that begins at that instant or before it. */
  holding(at: Instant): MarkStretch | undefined
  /** The newest stretch that begins before that instant. */
  before(at: Instant): MarkStretch | undefined
  /** Stretches that begin at that instant or after it, oldest first; as many as are asked for. */
  from(at: Instant): Iterable<MarkStretch>
}

/** Marks on their way into stretches, in the order of time. */
export type StretchWriter = {
  /** The follower has not taken this mark yet. */
  write(at: Instant, volumeM3: number, follower: Follower): void
  readonly stretches: readonly MarkStretch[]
}

export function stretchWriter(): StretchWriter {
  const stretches: MarkStretch[] = []
  let figures: number[] = []
  return {
    write(at, volumeM3, follower) {
      if (stretches.length === 0 || figures.length === 2 * MARKS_A_STRETCH) {
        figures = []
        stretches.push({ start: at, figures, before: stateOf(follower) })
      }
      figures.push(at, volumeM3)
    },
    stretches,
  }
}

/**
 * The stretch to begin with so that every link that touches the time from that instant on is met, if `first`
 * is not old enough.
 */
export function reachingBack(
  first: MarkStretch,
  from: Instant,
  kept: Pick<KeptStretches, 'before'>,
): MarkStretch {
  let stretch = first
  while ((stretch.before.chain[0]?.at ?? stretch.start) > from) {
    const earlier = kept.before(stretch.start)
    if (!earlier) break
    stretch = earlier
  }
  return stretch
}
