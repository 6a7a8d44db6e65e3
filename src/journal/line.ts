/**
 * The one order, over whatever store. Group commit without timers: what arrives while one commit is
 * under way goes into the next, so a fast disk gives short waits and a slow one gives large groups.
 */
import type { Commit, JournalRecord, Offset } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant } from '../model/instant.ts'
import { type Log, SILENT_LOG } from '../model/log.ts'
import { commitClock } from './commit-clock.ts'
import { diskWatch } from './disk-watch.ts'
import type { Journal, JournalHead, Refusal } from './journal.ts'
import { JournalOptions } from './options.ts'
import { readersOf } from './readers.ts'
import { removalFrom } from './removal.ts'
import type { CommitStore } from './store.ts'

/** A group is closed here; a single call may be larger, it is never torn. */
const GROUP_RECORDS = 10_000
/** Above this a call is turned away: senders wait for their acknowledgement, so more than this means a flood. */
const MOST_WAITING_RECORDS = 500_000
const TICK_MS = 1_000

type Waiting = {
  readonly records: readonly JournalRecord[]
  readonly done: PromiseWithResolvers<Commit>
}

type Move = { readonly consumer: string; readonly offset: Offset; readonly done: PromiseWithResolvers<void> }

export type LineParts = {
  readonly clock: Clock
  readonly log?: Log
  readonly options?: JournalOptions
  /** Commits are not removed before each of these has advanced past them. */
  readonly consumers?: readonly string[]
  /**
   * A stretch of this length without a commit is told as a gap of the gateway, ms: it was frozen, took
   * nothing, or its clock was moved on. Without it none is, as in virtual time, which goes on in leaps.
   */
  readonly absentAfterMs?: number
}

export function journalOver(
  store: CommitStore,
  { clock, log = SILENT_LOG, options = JournalOptions.parse({}), consumers = [], ...parts }: LineParts,
): Journal {
  const { absentAfterMs = Number.POSITIVE_INFINITY } = parts
  const instants = commitClock(clock, store.head.receivedAt)
  const positions = new Map(store.positions)
  const counts = {
    commits: 0,
    records: 0,
    bytes: 0,
    refused: 0,
    waitingRecords: 0,
    lastCommitMs: 0,
    commitMs: 0,
  }
  let head: JournalHead = store.head
  let failure: unknown
  let closing = false
  let waiting: Waiting[] = []
  let moves: Move[] = []
  let underWay: Promise<void> | undefined
  let committedAtMs = clock.monotonicMs()
  let stopTick = () => {}
  /** Nothing is written before it is known which numbers readers have seen. */
  let isBegun = false
  const disk = diskWatch(store.diskUsed, options, log)
  const readers = readersOf(store, () => head.offset)
  const removal = removalFrom(committedAtMs, {
    store,
    options,
    log,
    head: () => head,
    passed: () => Math.min(head.offset, ...consumers.map((name) => positions.get(name) ?? 0)),
  })

  const refusing = (): Refusal | undefined => {
    if (failure !== undefined) return 'failed'
    if (disk.isFull) return 'full'
    return instants.isBehind ? 'clock' : undefined
  }

  const refusal = (): GatehouseError | undefined => {
    switch (refusing()) {
      case 'failed':
        return new GatehouseError('journal-failed', 'The journal failed before and takes nothing more', {
          cause: failure,
        })
      case 'full':
        return new GatehouseError(
          'journal-full',
          `The disk of the journal is ${Math.floor(disk.used * 100)} % used`,
        )
      case 'clock':
        return new GatehouseError(
          'journal-clock',
          `The clock says ${new Date(clock.now()).toISOString()}, the last commit is of ${new Date(head.receivedAt).toISOString()}`,
        )
      default:
        return undefined
    }
  }

  /** Takes whole calls off the line until a group is full. */
  const nextGroup = (): Waiting[] => {
    let records = 0
    let calls = 0
    while (calls < waiting.length && (calls === 0 || records < GROUP_RECORDS)) {
      records += waiting[calls]?.records.length ?? 0
      calls++
    }
    const group = waiting.slice(0, calls)
    waiting = waiting.slice(calls)
    counts.waitingRecords -= records
    return group
  }

  const commitOf = (group: readonly Waiting[]): Commit => {
    const receivedAt = instants.next()
    const absence = absenceUntil(receivedAt)
    const isOne = group.length === 1 && !absence
    const records = isOne ? (group[0]?.records ?? []) : group.flatMap(({ records }) => records)
    return { offset: head.offset + 1, receivedAt, records: absence ? [absence, ...records] : records }
  }

  /**
   * An idle journal commits each second. Told with the first commit that ends it, or who counts silence would
   * count this first.
   */
  const absenceUntil = (to: Instant): JournalRecord | undefined => {
    const { receivedAt: from } = head
    if (counts.commits === 0 || to - from < absentAfterMs) return undefined
    log.warn({ from, to }, 'The gateway took nothing for a while')
    return { is: 'gap', source: 'gateway', from, to, reason: 'the gateway took nothing' }
  }

  /**
   * Hands the next group over. What waits for it knows its size, not its records: those are let go once they
   * are encoded.
   */
  const handOver = () => {
    const group = nextGroup()
    const moved = moves
    moves = []
    const commit = group.length > 0 ? commitOf(group) : undefined
    const positions = new Map(moved.map(({ consumer, offset }) => [consumer, offset]))
    const writing = Promise.try(() => store.write(commit, positions))
    return { writing, moved, dones: group.map(({ done }) => done), size: commit?.records.length ?? 0 }
  }

  const writeGroup = async () => {
    const startedMs = clock.monotonicMs()
    const { writing, moved, dones, size } = handOver()
    try {
      const { bytes, kept } = await writing
      for (const { consumer, offset } of moved) positions.set(consumer, offset)
      if (kept) {
        head = { offset: kept.offset, receivedAt: kept.receivedAt }
        committedAtMs = clock.monotonicMs()
        counts.commits++
        counts.records += size
        counts.bytes += bytes
        counts.lastCommitMs = committedAtMs - startedMs
        counts.commitMs += counts.lastCommitMs
        readers.add(kept, size)
        for (const done of dones) done.resolve(kept)
      }
      for (const { done } of moved) done.resolve()
    } catch (cause) {
      // Nothing of a failed write may ever be called durable, and after an unknown error nothing more is tried:
      // the operating system may have thrown the pages away and would report success next time.
      if (!(cause instanceof GatehouseError && cause.code === 'journal-full')) {
        failure ??= cause
        log.error({ err: cause }, 'The journal cannot be written; nothing more is acknowledged')
      } else disk.foundFull()
      counts.refused += dones.length
      for (const done of dones) done.reject(cause)
      for (const { done } of moved) done.reject(cause)
    }
  }

  const turnAway = (refused: GatehouseError) => {
    counts.refused += waiting.length
    counts.waitingRecords = 0
    for (const { done } of waiting.splice(0)) done.reject(refused)
    if (refused.code === 'journal-failed') for (const { done } of moves.splice(0)) done.reject(refused)
  }

  const drain = async () => {
    await undefined // what is appended in this same turn shares the first group
    while (waiting.length > 0 || moves.length > 0) {
      const refused = refusal()
      if (refused) turnAway(refused)
      if (waiting.length > 0 || moves.length > 0) await writeGroup()
    }
    underWay = undefined
  }

  const pump = () => {
    underWay ??= drain()
  }

  const appendNow = (records: readonly JournalRecord[]): Promise<Commit> => {
    isBegun = true
    const full = counts.waitingRecords > 0 && counts.waitingRecords + records.length > MOST_WAITING_RECORDS
    const refused = closing
      ? new GatehouseError('journal-failed', 'The journal is closed')
      : full
        ? new GatehouseError('journal-busy', `${counts.waitingRecords} records wait for the journal already`)
        : refusal()
    if (refused) {
      counts.refused++
      return Promise.reject(refused)
    }
    const done = Promise.withResolvers<Commit>()
    waiting.push({ records, done })
    counts.waitingRecords += records.length
    pump()
    return done.promise
  }

  const tick = () => {
    stopTick = clock.after(TICK_MS, tick)
    const nowMs = clock.monotonicMs()
    void disk.look(failure !== undefined)
    const isIdle = isBegun && nowMs - committedAtMs >= TICK_MS && waiting.length === 0
    if (isIdle && !refusal()) appendNow([]).catch(() => {})
    if (failure === undefined) removal.begin(nowMs)
  }
  void disk.look(false)
  stopTick = clock.after(TICK_MS, tick)

  return {
    get head() {
      return head
    },
    get refusing() {
      return refusing()
    },
    get diskFilling() {
      return disk.isFilling
    },
    get counts() {
      const { damaged, spoiltFiles } = store
      return { ...counts, removed: removal.removed, damaged, spoiltFiles, diskUsed: disk.used }
    },
    append: appendNow,
    read: readers.read,
    follow: readers.follow,
    async position(consumer) {
      return positions.get(consumer) ?? 0
    },
    advance(consumer, offset) {
      if (closing || failure !== undefined) {
        return Promise.reject(new GatehouseError('journal-failed', 'The journal takes nothing more'))
      }
      const done = Promise.withResolvers<void>()
      moves.push({ consumer, offset, done })
      pump()
      return done.promise
    },
    async settled() {
      while (underWay) await underWay
    },
    async passOver(upTo) {
      isBegun = true
      while (underWay) await underWay
      if (upTo <= head.offset) return
      const [first, last] = [head.offset + 1, upTo]
      log.error({ first, last }, 'Commits that were acknowledged are gone from the journal; see the gap')
      const to = clock.now()
      const from = Math.min(head.receivedAt || to, to)
      head = { offset: upTo, receivedAt: head.receivedAt }
      readers.passOver(upTo)
      const reason = `commits ${first} to ${last} are gone from the journal`
      await appendNow([{ is: 'gap', source: 'gateway', from, to, reason }])
    },
    async rebase() {
      while (underWay) await underWay
      instants.rebase()
      log.warn({ lastCommit: head.receivedAt, now: clock.now() }, 'Commits start again from the wall clock')
      return appendNow([])
    },
    async [Symbol.asyncDispose]() {
      if (closing) return
      closing = true
      stopTick()
      while (underWay) await underWay
      await removal.end()
      readers.close()
      await store.close()
    },
  }
}
