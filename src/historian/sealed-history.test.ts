import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GatehouseError } from '../model/errors.ts'
import { SILENT_LOG } from '../model/log.ts'
import { DamagedFile, type ParquetEngine } from './parquet-engine.ts'
import type { Ask } from './parquet-protocol.ts'
import { sealedHistory } from './sealed-history.ts'

const FIGURES = { readings: 1, earliest: 0, latest: 0, receivedAt: 0 }

/** An engine that does as it is told, in place of a process. */
function engine(answer: (ask: Ask) => unknown): ParquetEngine {
  const ask = async (ask: Ask) => answer(ask)
  return {
    ask: ask as ParquetEngine['ask'],
    restarts: 0,
    rest: async () => {},
    async [Symbol.asyncDispose]() {},
  }
}

const fileOf = (from: number, to: number) =>
  `${String(from).padStart(16, '0')}-${String(to).padStart(16, '0')}-00000000.parquet`

async function folderOf(...names: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sealed-'))
  for (const name of names) await writeFile(join(folder, name), 'content')
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

function open(folder: string, inspected: (ask: Ask) => unknown, merged: (ask: Ask) => unknown = inspected) {
  const damaged: unknown[] = []
  const parts = { folder, engine: engine(inspected), merger: engine(merged), queryTimeLimitMs: 1_000 }
  const thread = { seal: () => Promise.reject(new Error('not asked')), async [Symbol.asyncDispose]() {} }
  return sealedHistory({ ...parts, thread, log: SILENT_LOG, damaged: (range) => damaged.push(range) })
}

it('a merge that fails leaves nothing behind on a disk that may be full', async () => {
  const names = Array.from({ length: 8 }, (_, n) => fileOf(n + 1, n + 1))
  await using at = await folderOf(...names)
  const sealed = await open(
    at.folder,
    () => FIGURES,
    async (ask) => {
      if (ask.is === 'merge') await writeFile(join(at.folder, ask.to), 'half a file')
      throw new GatehouseError('historian-busy', 'No space left on device')
    },
  )
  await sealed.mergeAll()
  expect(await readdir(join(at.folder, 'temporary'))).toEqual([])
  expect(sealed.counts.files).toBe(8)
})

it('a file that takes the engine with it as its footer is read is known by its checksum, and the gateway starts', async () => {
  const [good, deadly] = [fileOf(1, 10), fileOf(11, 20)]
  await using at = await folderOf(good, deadly, fileOf(21, 30))
  const sealed = await open(at.folder, (ask) => {
    if (ask.is !== 'inspect' || ask.file !== deadly) return FIGURES
    if (ask.whole) throw new DamagedFile(deadly, 'its content has checksum 1')
    throw new GatehouseError('historian-busy', 'The embedded history did not answer: SIGSEGV')
  })
  expect(sealed.missing).toEqual([{ from: 11, to: 20 }])
  expect(await readdir(join(at.folder, 'quarantine'))).toEqual([deadly])
})

it('an engine that cannot be asked at all keeps the gateway from starting, and no file is set aside for it', async () => {
  await using at = await folderOf(fileOf(1, 10))
  const opening = open(at.folder, () => {
    throw new GatehouseError('historian-busy', 'no such file: duckdb')
  })
  await expect(opening).rejects.toThrow('duckdb')
  expect(await readdir(join(at.folder, 'quarantine'))).toEqual([])
})

it('knows what it lacks by the names of its files, whenever and however that went', async () => {
  await using at = await folderOf(fileOf(4, 10), fileOf(21, 30))
  const sealed = await open(at.folder, () => FIGURES)
  expect(sealed.missing).toEqual([
    { from: 1, to: 3 },
    { from: 11, to: 20 },
  ])
})
