/**
 * The ledger's heavy part: marks become rows, and the rows are saved with the offset that they stand for. It
 * knows no journal, so that it can run where nobody waits for an answer: the gateway runs it on a thread of
 * its own.
 */
import type { IntervalBook } from '../historian/interval-book.ts'
import { calendarOf } from '../metering/calendar.ts'
import type { MeterFacts } from '../metering/meter.ts'
import type { Offset } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import { type Found, workIn } from './ledger-rows.ts'
import { tailsOver } from './ledger-tails.ts'
import { type MarkBatch, marksByMeter } from './mark-batch.ts'

export type LedgerTask = {
  readonly batch: MarkBatch
  /** Everything up to here is in the book once the task is done. */
  readonly offset: Offset
  /** Marks before this instant may go, a day of them at a time. */
  readonly forgetBefore: Instant
}

/** Durable when it resolves; after a rejection the book is as it was, and the same task may be tried again. */
export type LedgerWork = (task: LedgerTask) => Promise<Found>

export type LedgerFacts = {
  readonly meters: readonly MeterFacts[]
  readonly timeZone: string
  /** So many marks are saved as they come before they are kept by meter. */
  readonly foldAfterMarks?: number
  /** Marks held open at most, each meter counting for 64 more. */
  readonly mostHeldMarks?: number
}

/** A stretch and more for each of 5,010 meters: 5 MB to be written at once, and as much to be read at a start. */
const FOLD_AFTER_MARKS = 300_000
/** Few marks in many saves are kept by meter after a quarter of an hour. */
const FOLD_AFTER_SAVES = 1_000
const DAY_MS = 86_400_000

export function ledgerWork(book: IntervalBook, facts: LedgerFacts): LedgerWork {
  const { meters, timeZone, foldAfterMarks = FOLD_AFTER_MARKS } = facts
  const calendar = calendarOf(timeZone)
  const tails = tailsOver(book, calendar, facts.mostHeldMarks)
  const factsOf = new Map(meters.map((meter) => [meter.device, meter]))
  let since: { marks: number; saves: number } | undefined
  let forgottenDay = Number.NEGATIVE_INFINITY
  return async ({ batch, offset, forgetBefore }) => {
    try {
      since ??= { marks: tails.untakenMarks, saves: 0 }
      const marks = since.marks + batch.count
      const saves = since.saves + 1
      const isFull = marks >= foldAfterMarks || saves >= FOLD_AFTER_SAVES
      const found = await book.save(offset, async (writer) => {
        const worked = await workIn(marksByMeter(batch), { meters, book, tails, calendar }, writer)
        if (isFull) tails.fold(writer, (device) => factsOf.get(device))
        else writer.fresh(worked.fresh)
        tails.shrink(writer)
        return worked.found
      })
      since = isFull ? { marks: 0, saves: 0 } : { marks, saves }
      const day = Math.floor(forgetBefore / DAY_MS)
      if (day > forgottenDay) book.forgetMarks(day * DAY_MS)
      forgottenDay = day
      return found
    } catch (cause) {
      tails.endAll() // they have taken what the book has not
      since = undefined
      throw cause
    }
  }
}
