import { expect, it } from 'vitest'
import type { Commit } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import { chunkPool } from './hot-chunk.ts'
import { refeed } from './refeed.ts'
import type { OffsetRange } from './sealed-files.ts'

const commit = (offset: number): Commit => ({
  offset,
  receivedAt: offset,
  records: [{ is: 'reading', device: 'meter-1', at: offset, values: { volume: offset } }],
})

/** What becomes of a damaged file of these numbers, where the journal still has these commits. */
async function refedFrom(range: OffsetRange, there: readonly number[]) {
  const lost: OffsetRange[] = []
  const sealed: [range: OffsetRange, readings: number][] = []
  await refeed(range, {
    reread: async (after, limit) =>
      there
        .filter((offset) => offset > after)
        .slice(0, limit)
        .map(commit),
    seal: async (rows, range) => void sealed.push([range, rows.count]),
    lost: (range) => lost.push(range),
    doneTo() {},
    pool: chunkPool(0),
    mostReadings: 1_000,
    signal: new AbortController().signal,
    log: SILENT_LOG,
  })
  return { lost, sealed }
}

it('says what is lost where the journal has lost numbers in the middle of what a damaged file held', async () => {
  expect(await refedFrom({ from: 1, to: 9 }, [1, 2, 6, 7, 9, 10])).toEqual({
    lost: [
      { from: 3, to: 5 },
      { from: 8, to: 8 },
    ],
    sealed: [[{ from: 1, to: 9 }, 5]],
  })
})

it('says of a file that the journal has whole nothing, and of one whose beginning or end is gone what is gone', async () => {
  expect((await refedFrom({ from: 3, to: 5 }, [1, 2, 3, 4, 5, 6])).lost).toEqual([])
  expect((await refedFrom({ from: 3, to: 5 }, [3, 4, 6])).lost, 'its end').toEqual([{ from: 5, to: 5 }])
  expect((await refedFrom({ from: 3, to: 9 }, [6, 7, 8, 9])).lost).toEqual([{ from: 3, to: 5 }])
})
