/**
 * Makes good what a damaged file held, as far as the journal still has it. The stretch is read again from the
 * journal and sealed anew, in pieces that memory can hold; what the journal has let go is lost, and says so.
 */
import { type Commit, columnsOf, type Offset } from '../model/commit.ts'
import type { Log } from '../model/log.ts'
import type { ChunkPool } from './hot-chunk.ts'
import { type HotRows, hotRows } from './hot-rows.ts'
import type { OffsetRange } from './sealed-files.ts'

/** Commits after an offset, oldest first, at most `limit`; those that the journal no longer has are left out. */
export type Reread = (after: Offset, limit: number) => Promise<readonly Commit[]>

export type RefeedParts = {
  readonly reread: Reread
  seal(rows: HotRows, range: OffsetRange): Promise<void>
  /** This part cannot be had any more. */
  lost(range: OffsetRange): void
  /** Up to here all is sealed or lost: whoever tries again after a failure begins behind it. */
  doneTo(upTo: Offset): void
  /** Memory for the pieces. */
  readonly pool: ChunkPool
  /** Readings of one piece. */
  readonly mostReadings: number
  readonly signal: AbortSignal
  readonly log: Log
}

const COMMITS = 256

/** Rejects where the journal or the engine fails. */
export async function refeed({ from, to }: OffsetRange, parts: RefeedParts): Promise<void> {
  const { reread, seal, doneTo, pool, mostReadings, signal, log } = parts
  let piece = { rows: hotRows(pool), from }
  let readings = 0
  /** Behind each other without a hole: what lies in no file is looked for again at each start. */
  const sealPiece = async (upTo: Offset) => {
    if (piece.rows.count > 0) await seal(piece.rows, { from: piece.from, to: upTo })
    readings += piece.rows.count
    piece.rows.release()
    piece = { rows: hotRows(pool), from: upTo + 1 }
    doneTo(upTo)
  }
  for (let at = from - 1; at < to && !signal.aborted; ) {
    const commits = (await reread(at, COMMITS)).filter(({ offset }) => offset <= to)
    const first = commits[0]
    if (at < from && (first?.offset ?? to + 1) > from) {
      const lost = { from, to: (first?.offset ?? to + 1) - 1 }
      tellLost(lost, parts)
      piece = { rows: piece.rows, from: lost.to + 1 }
    }
    if (!first && at >= from) noteLost({ from: at + 1, to }, parts)
    if (!first) break
    for (const commit of commits) {
      if (at >= from && commit.offset > at + 1) noteLost({ from: at + 1, to: commit.offset - 1 }, parts)
      const coming = columnsOf(commit)
      if (coming.at.length > 0 && piece.rows.count >= mostReadings) await sealPiece(commit.offset - 1)
      piece.rows.add(coming, commit)
      at = commit.offset
    }
  }
  if (signal.aborted) return
  await sealPiece(to)
  if (readings > 0)
    log.info({ from, to, readings }, 'Readings of a damaged file were read again from the journal')
}

/**
 * The same of a stretch that the journal feeds by itself: only what is lost of it is told, and nothing is
 * sealed here.
 */
export async function lostOf(
  { from, to }: OffsetRange,
  parts: Pick<RefeedParts, 'reread' | 'lost' | 'doneTo' | 'log'>,
): Promise<void> {
  const [first] = await parts.reread(from - 1, 1)
  const begins = Math.min(first?.offset ?? to + 1, to + 1)
  if (begins > from) tellLost({ from, to: begins - 1 }, parts)
}

function tellLost(range: OffsetRange, parts: Pick<RefeedParts, 'log' | 'lost' | 'doneTo'>): void {
  noteLost(range, parts)
  parts.doneTo(range.to)
}

/**
 * Numbers between two commits that are there were destroyed with a file of the journal; what is before them
 * is not sealed yet.
 */
function noteLost(range: OffsetRange, { log, lost }: Pick<RefeedParts, 'log' | 'lost'>): void {
  log.error({ ...range }, 'Readings of a damaged file are lost: the journal has let these commits go')
  lost(range)
}
