/**
 * The ledger consumer: works every meter reading into the interval book. It keeps nothing in memory
 * but the marks that wait for the next save, so it goes on where the book stands.
 */
import type { IntervalBook, MeterRows } from '../historian/interval-book.ts'
import type { Journal } from '../journal/journal.ts'
import { calendarOf } from '../metering/calendar.ts'
import type { MeterFacts } from '../metering/meter.ts'
import type { Commit, Offset } from '../model/commit.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { believed, type DeviceId } from '../model/reading.ts'
import type { MeterMark } from '../model/water-use.ts'
import type { Consumer } from './consumer.ts'
import { type Found, workIn } from './ledger-rows.ts'
import { progressFrom } from './progress.ts'
import { untilWritten } from './retry.ts'

const LEDGER = 'ledger'
/** The point by which profiles of water meters give the register. */
const REGISTER = 'volume'
/** About 50 bytes each. */
const MOST_WAITING = 500_000
const SAVE_EACH_MS = 1_000
/** So many marks in a second are a flood: a meter is then worked out once for many of them, in a tenth of the time at most. */
const FLOOD_MARKS = 20_000
const FLOOD_SHARE = 10
/** Nothing has come for this long: what waits is saved. */
const QUIET_MS = 250
/** While no meter speaks the book's offset moves only now and then: a restart passes empty commits in no time. */
const MOVE_EACH_MS = 60_000
/** Later than any meter may be (30 days), with room for a long absence of the gateway. */
const KEEP_MARKS_MS = 40 * 86_400_000

export type LedgerCounts = Found & {
  readonly marks: number
  /** Register values that were no number, negative or bad. */
  readonly refused: number
  readonly saves: number
  readonly failedSaves: number
}

export interface Ledger extends Consumer {
  readonly counts: LedgerCounts
}

export type LedgerParts = {
  readonly journal: Pick<Journal, 'head' | 'follow' | 'advance'>
  readonly book: IntervalBook
  readonly meters: readonly MeterFacts[]
  readonly timeZone: string
  readonly clock: Clock
  readonly log: Log
}

export function startLedger({ journal, book, meters, timeZone, clock, log }: LedgerParts): Ledger {
  const calendar = calendarOf(timeZone)
  const factsOf = new Map(meters.map((facts) => [facts.device, facts]))
  const counts = { marks: 0, refused: 0, conflicts: 0, breaks: 0, saves: 0, failedSaves: 0 }
  // A book ahead of its journal was kept while the journal was not. Marks count once however often they
  // come, so the new journal is simply read from its beginning.
  const orphaned = book.offset > journal.head.offset
  if (orphaned)
    log.warn({ book: book.offset, journal: journal.head.offset }, 'The interval book is of an older journal')
  const start = orphaned ? 0 : book.offset
  const progress = progressFrom(start)
  const stopping = new AbortController()
  let waiting = new Map<DeviceId, MeterMark[]>()
  let waitingMarks = 0
  let gathered: { offset: Offset; receivedAt: Instant } = { offset: start, receivedAt: 0 }
  let saved: Offset = start
  let savedAtMs = clock.monotonicMs()
  let saveTookMs = 0
  let callOffQuiet = () => {}
  /** Somebody waits for this commit: it is saved at once and not when its second is over. */
  let awaited: Offset = 0
  let turn: Promise<void> = Promise.resolve()

  function gather({ offset, receivedAt, records }: Commit): void {
    for (const record of records) {
      if (record.is !== 'reading' || !factsOf.has(record.device)) continue
      const volumeM3 = believed(record, REGISTER)
      if (volumeM3 === 'absent') continue
      if (volumeM3 === 'bad' || volumeM3 < 0) {
        counts.refused++
        continue
      }
      const marks = waiting.get(record.device)
      if (marks) marks.push({ at: record.at, volumeM3 })
      else waiting.set(record.device, [{ at: record.at, volumeM3 }])
      waitingMarks++
    }
    gathered = { offset, receivedAt }
  }

  async function save(): Promise<void> {
    const { offset, receivedAt } = gathered
    if (offset <= saved) return
    const startedMs = clock.monotonicMs()
    const found = await untilWritten(
      async () => {
        const rows: MeterRows[] = []
        const found = await workIn(waiting, factsOf, book, calendar, rows)
        await book.save(rows, offset)
        return found
      },
      {
        clock,
        signal: stopping.signal,
        isFinal: () => false,
        failed(cause, waitMs) {
          counts.failedSaves++
          log.warn({ cause, waitMs }, 'The interval book cannot be written')
        },
      },
    )
    counts.marks += waitingMarks
    counts.conflicts += found.conflicts
    counts.breaks += found.breaks
    counts.saves++
    waiting = new Map()
    waitingMarks = 0
    saved = offset
    savedAtMs = clock.monotonicMs()
    saveTookMs = savedAtMs - startedMs
    book.forgetMarks(receivedAt - KEEP_MARKS_MS)
    progress.moveTo(offset)
    await journal.advance(LEDGER, offset).catch(() => {}) // a hint for removal; the book itself knows where it is
  }

  async function take(batch: readonly Commit[]): Promise<void> {
    for (const commit of batch) {
      gather(commit)
      if (waitingMarks >= MOST_WAITING) await save()
    }
    const sinceMs = clock.monotonicMs() - savedAtMs
    const isAwaited = awaited > saved && awaited <= gathered.offset
    if (sinceMs >= saveEachMs() || (isAwaited && waitingMarks > 0)) await save()
    else if (waitingMarks === 0) progress.moveTo(gathered.offset)
    callOffQuiet()
    if (waitingMarks > 0) callOffQuiet = clock.after(QUIET_MS, () => void inTurn(save))
  }

  function saveEachMs(): number {
    if (waitingMarks === 0) return MOVE_EACH_MS
    return waitingMarks < FLOOD_MARKS ? SAVE_EACH_MS : Math.max(SAVE_EACH_MS, saveTookMs * FLOOD_SHARE)
  }

  const inTurn = (task: () => Promise<void>): Promise<void> => {
    turn = turn.then(task).catch((cause) => {
      if (stopping.signal.aborted) return
      log.error({ cause }, 'The ledger has stopped')
      stopping.abort()
      progress.stop(cause instanceof Error ? cause : new Error(String(cause)))
    })
    return turn
  }

  const running = (async () => {
    for await (const batch of journal.follow(start, stopping.signal)) await inTurn(() => take(batch))
  })().catch((cause) => inTurn(() => Promise.reject(cause)))

  return {
    name: LEDGER,
    counts,
    get offset() {
      return progress.offset
    },
    async reached(offset) {
      awaited = Math.max(awaited, offset)
      const there = progress.reached(offset)
      if (progress.offset < offset && gathered.offset >= offset) await inTurn(save)
      return there
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      callOffQuiet()
      await running
      await inTurn(save)
      progress.stop(new Error('The ledger is closed'))
    },
  }
}
