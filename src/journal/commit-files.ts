/**
 * The files of one journal as one order. Into a file with a spoilt page nothing more is written, for what
 * SQLite takes for free room in it may be somebody's commit: a new file is begun, and the spoilt one is read
 * until all of it is old (docs/decisions/0039).
 */
import { existsSync, rmSync } from 'node:fs'
import type { Offset } from '../model/commit.ts'
import {
  type CommitFile,
  isCorrupt,
  makeCommitFile,
  openCommitFile,
  type Place,
  type StoredCommit,
  type Stretch,
} from './commit-file.ts'
import type { JournalHead } from './journal.ts'
import { type JournalFile, journalFiles, laterFile } from './journal-files.ts'
import type { Removal } from './store.ts'

export type Opened = {
  readonly head: JournalHead
  readonly places: readonly Place[]
  readonly fsyncMs: number
  readonly spoiltFiles: number
}

/** A page of `path` is spoilt, and what comes goes into `begun`; or all of such a file was old, and it is gone. */
export type News = (
  | { readonly is: 'spoilt'; readonly path: string; readonly begun: string; readonly because: string }
  | { readonly is: 'removed'; readonly path: string }
) & {
  /** Those that are still there. */
  readonly spoiltFiles: number
}

export type CommitFiles = {
  readonly opened: Opened
  write(commit: StoredCommit | undefined, places: readonly Place[]): void
  read(stretch: Stretch): StoredCommit[]
  /** A bounded number of commits, or a spoilt file whole; how many commits. */
  remove(removal: Removal): number
  close(): void
}

type Open = JournalFile & { readonly commits: CommitFile }

/** Greater than any offset. */
const BEYOND = Number.MAX_SAFE_INTEGER

/** Throws what is no spoilt page: then nothing is known of what is in it. */
export function openCommitFiles(file: string, tell: (news: News) => void): CommitFiles {
  if (journalFiles(file).length === 0) makeCommitFile(file, [])
  const open = journalFiles(file).map(opened)
  /** They are only read. */
  const spoilt = open.slice(0, -1)
  let current = open.at(-1) as Open
  const places = new Map<string, Offset>()
  let newest: JournalHead = { offset: 0, receivedAt: 0 }

  /** Places and the newest commit stay as they are; what could not be read is told by those who read it. */
  function beginAnew(cause: Error): void {
    const next = laterFile(file, newest.offset + 1)
    if (next.first <= current.first || existsSync(next.path)) throw cause
    makeCommitFile(next.path, [...places])
    const begun = opened(next)
    begun.commits.begin([])
    const { path } = current
    spoilt.push(current)
    current = begun
    tell({ is: 'spoilt', path, begun: next.path, because: cause.message, spoiltFiles: spoilt.length })
  }

  function start(): void {
    try {
      current.commits.begin([])
      for (const [consumer, offset] of current.commits.places()) places.set(consumer, offset)
      newest = current.commits.newestBelow(BEYOND)
      const last = spoilt.at(-1)
      if (newest.offset === 0 && last)
        newest = { offset: current.first - 1, receivedAt: newestReadable(last.commits).receivedAt }
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      const { offset, receivedAt } = newestReadable(current.commits)
      // One number more, by which readers are told that there was something.
      newest = { offset: Math.max(offset, current.first - 1) + 1, receivedAt }
      beginAnew(cause)
    }
  }

  /** The last number that a spoilt file may hold; what is missing there was received before the next one begins. */
  function endOf(place: number): JournalHead {
    const next = spoilt[place + 1] ?? current
    const receivedAt = startOf(next) ?? newest.receivedAt
    return { offset: next.first - 1, receivedAt }
  }

  function removeSpoilt({ upTo, before, maxBytes }: Removal): number {
    const [oldest] = spoilt
    if (!oldest) return 0
    const end = endOf(0)
    const usedBytes = [...spoilt, current].reduce((sum, { commits }) => sum + bytesOf(commits), 0)
    const isOld = end.receivedAt < before || usedBytes > maxBytes
    if (end.offset > upTo || end.offset >= newest.offset || !isOld) return 0
    const from = Math.min(
      end.offset,
      orElse(oldest.first, () => oldest.commits.oldest()?.offset),
    )
    oldest.commits.close()
    for (const beside of ['-wal', '-shm', '']) rmSync(`${oldest.path}${beside}`, { force: true })
    spoilt.shift()
    tell({ is: 'removed', path: oldest.path, spoiltFiles: spoilt.length })
    return end.offset + 1 - from
  }

  /** Also of a file whose page for it is spoilt: that one is not written any more. */
  function probe(): number {
    try {
      return current.commits.probe()
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      beginAnew(cause)
      return current.commits.probe()
    }
  }

  start()
  const fsyncMs = probe()
  return {
    opened: {
      head: newest,
      places: [...places],
      fsyncMs,
      spoiltFiles: spoilt.length,
    },
    write(commit, moved) {
      try {
        current.commits.write(commit, moved)
      } catch (cause) {
        if (!isCorrupt(cause)) throw cause
        beginAnew(cause)
        current.commits.write(commit, moved)
      }
      for (const [consumer, offset] of moved) places.set(consumer, offset)
      if (commit) newest = { offset: commit.offset, receivedAt: commit.receivedAt }
    },
    read(stretch) {
      for (const [place, { commits }] of spoilt.entries()) {
        const end = endOf(place)
        const found = stretch.after < end.offset ? commits.read(stretch, end).commits : []
        if (found.length > 0) return found
      }
      const { commits, spoilt: cause } = current.commits.read(stretch, newest)
      if (cause) beginAnew(cause)
      return commits
    },
    remove(removal) {
      const { upTo, before, maxBytes } = removal
      if (spoilt.length > 0) return removeSpoilt(removal)
      try {
        const isTooLarge = current.commits.usedBytes() > maxBytes
        return current.commits.remove(upTo, isTooLarge ? Number.POSITIVE_INFINITY : before)
      } catch (cause) {
        if (!isCorrupt(cause)) throw cause
        beginAnew(cause)
        return 0
      }
    },
    close() {
      for (const { commits } of [...spoilt, current]) commits.close()
    },
  }
}

const opened = (file: JournalFile): Open => ({ ...file, commits: openCommitFile(file.path) })

/** As far as can be found by halving: a commit below a number can be read, or it cannot. */
export function newestReadable(commits: CommitFile): JournalHead {
  let found: JournalHead = { offset: 0, receivedAt: 0 }
  let [low, high] = [0, BEYOND]
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2)
    const there = orElse(undefined, () => commits.newestBelow(middle))
    if (there) [low, found] = [middle, there]
    else high = middle
  }
  // From above the very last one is looked for in the page behind it.
  const offset = found.offset + 1
  const [last] = commits.read({ after: found.offset, limit: 1, maxBytes: 1 }, { ...found, offset }).commits
  return last && last.body.byteLength > 0 ? { offset, receivedAt: last.receivedAt } : found
}

const startOf = ({ commits }: Open) => orElse(undefined, () => commits.oldest()?.receivedAt)

const bytesOf = (commits: CommitFile) => orElse(0, () => commits.usedBytes())

function orElse<T>(other: T, asked: () => T | undefined): T {
  try {
    return asked() ?? other
  } catch (cause) {
    if (!isCorrupt(cause)) throw cause
    return other
  }
}
