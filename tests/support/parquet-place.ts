/** An embedded history in a folder of its own, fed by commits of one meter. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ParquetOptions, parquetHistorian } from '../../src/historian/parquet.ts'
import type { Reread } from '../../src/historian/refeed.ts'
import type { Commit } from '../../src/model/commit.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { handClock } from './hand-clock.ts'

/** Commit n brings one reading, measured at n: the volume n. */
export const commits = (from: number, to: number, everyMs = 1): Commit[] =>
  Array.from({ length: to - from + 1 }, (_, i) => {
    const offset = from + i
    return {
      offset,
      receivedAt: offset * everyMs,
      records: [{ is: 'reading', device: 'meter-1', at: offset, values: { volume: offset } }],
    }
  })

export async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-parquet-'))
  return {
    folder,
    open: (options: object = {}, more: { reread?: Reread } = {}) =>
      parquetHistorian({
        ...more,
        folder,
        options: ParquetOptions.parse({ threads: 1, ...options }),
        repeatsBy: () => 'point',
        clock: handClock(0),
        log: SILENT_LOG,
      }),
    sealed: async () => (await readdir(folder)).filter((file) => file.endsWith('.parquet')).sort(),
    quarantine: () => readdir(join(folder, 'quarantine')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

type Opened = Awaited<ReturnType<typeof parquetHistorian>>
export const volumes = async (historian: Opened, over: object = {}) => {
  const query = { device: 'meter-1', from: 0, to: 1_000_000, limit: 10_000, ...over }
  return (await historian.readings(query)).map(({ values }) => values.volume)
}
export const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
