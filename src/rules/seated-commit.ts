/**
 * A journal commit as one rule is given it: what concerns whom is settled already, and said by seats, the
 * places of subjects among those of the rule. The readings stand there once for all rules; columns of numbers
 * say which of them is for which seat.
 */
import type { Instant } from '../model/instant.ts'
import type { Reading } from '../model/reading.ts'

/** A stretch in which somebody could not be heard. */
export type LiveGap = {
  readonly from: Instant
  /** Absent while it goes on: whoever counts silence is not woken until told of the end. */
  readonly to?: Instant
  /** Whom it concerns. Absent: everyone, but for those who wait for the end of a gap of their own. */
  readonly seats?: Iterable<number>
}

/** The readings of a commit; all rules share them. */
export type Moments = {
  readonly moments: readonly { readonly reading: Reading }[]
  /** When each was measured: a step that needs no more need not go to the reading for it. */
  readonly ats: ArrayLike<Instant>
}

/** Which of a commit's moments concern which seats, as two columns: one may stand there for several seats. */
export type Heard = Moments & {
  readonly count: number
  /** Places among the moments, in their order. */
  readonly places: readonly number[]
  readonly seats: readonly number[]
}

/** A commit as one rule is given it. */
export type SeatedCommit = {
  readonly receivedAt: Instant
  /** In the commits that tell of them, worked in before the readings. */
  readonly gaps: readonly LiveGap[]
  readonly heard: Heard
  /**
   * Its readings come in the order in which they were measured, as if none of them were late: nobody is
   * waited for longer.
   */
  readonly isInTime?: boolean
  /** A large commit comes in pieces, all at the same instant: what is due is woken after the last of them. */
  readonly goesOn?: boolean
}
