/**
 * The ledger consumer: works every meter reading into the interval book. It keeps nothing in memory
 * but the marks that wait for the next save, so it goes on where the book stands.
 */
import type { IntervalBook } from '../historian/interval-book.ts'
import type { Journal } from '../journal/journal.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { type Commit, columnsOf, type Offset } from '../model/commit.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { eachReading } from '../model/reading-columns.ts'
import { placeOfNumber } from '../model/shape.ts'
import type { Consumer } from './consumer.ts'
import type { Found } from './ledger-rows.ts'
import { type LedgerWork, ledgerWork } from './ledger-work.ts'
import { addMark, emptyBatch } from './mark-batch.ts'
import { progressFrom } from './progress.ts'
import { untilWritten } from './retry.ts'

const LEDGER = 'ledger'
/** The point by which profiles of water meters give the register. */
const REGISTER = 'volume'
/** 20 bytes each, and as many again while those before them are worked in. */
const MOST_WAITING = 500_000
const SAVE_EACH_MS = 1_000
/**
 * So many marks in a second are a flood: a meter is then worked out once for many of them, in an eighth of
 * the time at most. No longer than this, because once the flood is over its last save decides when the ledger
 * has caught up.
 */
const FLOOD_MARKS = 20_000
const FLOOD_EACH_MS = 2_000
const FLOOD_SHARE = 8
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
  /** Why nothing is worked in, while it is tried again or for good. */
  readonly failing: string | undefined
}

export type LedgerParts = {
  readonly journal: Pick<Journal, 'head' | 'follow' | 'advance'>
  readonly book: IntervalBook
  /** Where the work is done; absent: here, on the book that was given. */
  readonly work?: LedgerWork
  readonly meters: readonly MeterFacts[]
  readonly timeZone: string
  readonly clock: Clock
  readonly log: Log
}

export function startLedger(parts: LedgerParts): Ledger {
  const { journal, book, meters, clock, log } = parts
  const { work = ledgerWork(book, parts) } = parts
  const placeOf = new Map(meters.map(({ device }, place) => [device, place]))
  const counts = { marks: 0, refused: 0, conflicts: 0, breaks: 0, saves: 0, failedSaves: 0 }
  // A book ahead of its journal was kept while the journal was not. Marks count once however often they
  // come, so the new journal is simply read from its beginning.
  const orphaned = book.offset > journal.head.offset
  if (orphaned)
    log.warn({ book: book.offset, journal: journal.head.offset }, 'The interval book is of an older journal')
  const start = orphaned ? 0 : book.offset
  const progress = progressFrom(start)
  const stopping = new AbortController()
  let waiting = emptyBatch()
  let gathered: { offset: Offset; receivedAt: Instant } = { offset: start, receivedAt: 0 }
  let saved: Offset = start
  let savedAtMs = clock.monotonicMs()
  let saveTookMs = 0
  let saving: Promise<void> | undefined
  let callOffQuiet = () => {}
  /** Somebody waits for this commit: it is saved at once and not when its second is over. */
  let awaited: Offset = 0
  let failing: string | undefined
  let isOver = false

  function gather(commit: Commit): void {
    const { offset, receivedAt } = commit
    const readings = columnsOf(commit)
    const meters = readings.devices.map((device) => placeOf.get(device))
    const registers = readings.shapes.map((shape) => placeOfNumber(shape, REGISTER))
    eachReading(readings, (device, shape, at, first) => {
      const meter = meters[device]
      const register = registers[shape] ?? 'absent'
      if (meter === undefined || register === 'absent') return
      const volumeM3 = register === 'bad' ? Number.NaN : (readings.numbers[first + register] as number)
      if (volumeM3 >= 0 && Number.isFinite(volumeM3)) addMark(waiting, meter, at, volumeM3)
      else counts.refused++
    })
    gathered = { offset, receivedAt }
  }

  /** What comes while a batch is worked in is gathered for the next one. */
  async function save(): Promise<void> {
    const { offset, receivedAt } = gathered
    const batch = waiting
    waiting = emptyBatch()
    const startedMs = clock.monotonicMs()
    const forgetBefore = receivedAt - KEEP_MARKS_MS
    const found = await untilWritten(() => work({ batch, offset, forgetBefore }), {
      clock,
      signal: stopping.signal,
      isFinal: () => false,
      failed(cause, waitMs) {
        counts.failedSaves++
        failing = (cause as Error).message
        log.warn({ cause, waitMs }, 'The interval book cannot be written')
      },
    })
    failing = undefined
    counts.marks += batch.count
    counts.conflicts += found.conflicts
    counts.breaks += found.breaks
    counts.saves++
    saved = offset
    savedAtMs = clock.monotonicMs()
    saveTookMs = savedAtMs - startedMs
    progress.moveTo(waiting.count === 0 ? gathered.offset : offset)
    await journal.advance(LEDGER, offset).catch(() => {}) // a hint for removal; the book itself knows where it is
  }

  /** One at a time; whoever asks meanwhile waits for the one under way. Never rejects. */
  function saveOnce(): Promise<void> {
    saving ??= save()
      .catch((cause) => {
        isOver = true
        if (!stopping.signal.aborted) stop(cause)
      })
      .finally(() => {
        saving = undefined
      })
    return saving
  }

  /** It goes no further: what the journal or the book did could not have been. */
  function stop(cause: Error): void {
    log.error({ cause }, 'The ledger has stopped')
    failing = cause.message
    stopping.abort()
    progress.stop(cause)
  }

  async function saveUpTo(offset: Offset): Promise<void> {
    while (saved < offset && gathered.offset >= offset && !isOver) await saveOnce()
  }

  async function take(batch: readonly Commit[]): Promise<void> {
    for (const commit of batch) {
      gather(commit)
      if (waiting.count < MOST_WAITING) continue
      await saving
      await saveOnce()
    }
    callOffQuiet()
    if (waiting.count > 0) callOffQuiet = clock.after(QUIET_MS, () => void saveUpTo(gathered.offset))
    else if (!saving) progress.moveTo(gathered.offset)
    const sinceMs = clock.monotonicMs() - savedAtMs
    if (sinceMs >= saveEachMs() && gathered.offset > saved) void saveOnce()
    if (waiting.count > 0 && awaited > saved && awaited <= gathered.offset) void saveUpTo(awaited)
  }

  function saveEachMs(): number {
    if (waiting.count === 0) return MOVE_EACH_MS
    return waiting.count < FLOOD_MARKS ? SAVE_EACH_MS : Math.max(FLOOD_EACH_MS, saveTookMs * FLOOD_SHARE)
  }

  const running = (async () => {
    for await (const batch of journal.follow(start, stopping.signal)) await take(batch)
  })().catch((cause) => {
    if (!stopping.signal.aborted) stop(cause)
  })

  return {
    name: LEDGER,
    counts,
    get failing() {
      return failing
    },
    get offset() {
      return progress.offset
    },
    async reached(offset) {
      awaited = Math.max(awaited, offset)
      const there = progress.reached(offset)
      if (progress.offset < offset && gathered.offset >= offset) void saveUpTo(offset)
      return there
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      callOffQuiet()
      await running
      await saving
      await saveUpTo(gathered.offset)
      progress.stop(new Error('The ledger is closed'))
    },
  }
}
