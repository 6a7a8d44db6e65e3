/**
 * The ledger's heavy part: marks become rows, and the rows are saved with the offset that they stand for. It knows no journal, so
 * that it can run where nobody waits for an answer: the gateway runs it on a thread of its own.
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
  /** Marks of hours before this instant may go, an hour of them at a time. */
  readonly forgetBefore: Instant
}

/** Durable when it resolves; after a rejection the book is as it was, and the same task may be tried again. */
export type LedgerWork = (task: LedgerTask) => Promise<Found>

export type LedgerFacts = { readonly meters: readonly MeterFacts[]; readonly timeZone: string }

export function ledgerWork(book: IntervalBook, { meters, timeZone }: LedgerFacts): LedgerWork {
  const calendar = calendarOf(timeZone)
  const tails = tailsOver(book, calendar)
  return async ({ batch, offset, forgetBefore }) => {
    const found = { conflicts: 0, breaks: 0 }
    try {
      await book.save(workIn(marksByMeter(batch), { meters, book, tails, calendar }, found), offset)
      book.forgetMarks(forgetBefore)
      return found
    } catch (cause) {
      tails.endAll() // they have taken what the book has not
      throw cause
    }
  }
}
