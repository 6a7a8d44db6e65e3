import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { commits, place, span, volumes } from '../../tests/support/parquet-place.ts'
import type { Commit } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import { ParquetOptions, parquetHistorian } from './parquet.ts'
import { parquetEngine } from './parquet-engine.ts'

vi.setConfig({ testTimeout: 60_000 }) // each opens a process of its own, on machines that do much else

const HOUR_MS = 3_600_000

describe('what is durable', () => {
  it('only what is sealed, until then the journal has to keep it', async () => {
    await using at = await place()
    await using historian = await at.open()
    await historian.write(commits(1, 5))
    expect(historian.durable).toBe(0)
    await historian.seal()
    expect(historian.durable).toBe(5)
    await historian.write(commits(6, 6))
    expect(historian.durable).toBe(5)
  })

  it('commits without readings need no keeping', async () => {
    await using at = await place()
    await using historian = await at.open()
    await historian.write([{ offset: 1, receivedAt: 1, records: [] }])
    expect(historian.durable).toBe(1)
  })

  it('fed again from there after a kill, each reading is there once', async () => {
    await using at = await place()
    const killed = await at.open()
    await killed.write(commits(1, 5))
    await killed.seal()
    await killed.write(commits(6, 8))
    await killed[Symbol.asyncDispose]() // seals nothing: it is as if killed
    await using historian = await at.open()
    expect(historian.durable).toBe(5)
    expect(await volumes(historian)).toEqual(span(1, 5))
    await historian.write(commits(3, 9)) // more than was asked for
    expect(await volumes(historian)).toEqual(span(1, 9))
    await historian.seal()
    expect(await volumes(historian)).toEqual(span(1, 9))
    expect(historian.counts).toMatchObject({ hotReadings: 0, sealedReadings: 9, sealedFiles: 2 })
  })

  it('a file that was sealed and not named when the power went is forgotten', async () => {
    await using at = await place()
    await (await at.open())[Symbol.asyncDispose]()
    await writeFile(join(at.folder, 'temporary', '7.parquet'), 'half a file')
    await using _historian = await at.open()
    expect(await readdir(join(at.folder, 'temporary'))).toEqual([])
  })
})

describe('when readings are sealed', () => {
  it('when there are as many as memory may hold', async () => {
    await using at = await place()
    await using historian = await at.open({ sealReadings: 1_000 })
    await historian.write(commits(1, 2_500))
    await historian.seal()
    expect((await at.sealed()).map((file) => file.slice(0, 33).split('-').map(Number))).toEqual([
      [1, 1_000],
      [1_001, 2_000],
      [2_001, 2_500],
    ])
  })

  it('earlier where they hold long texts', async () => {
    await using at = await place()
    await using historian = await at.open()
    const said = 'x'.repeat(256)
    const values = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`text${n}`, said]))
    const records = Array.from({ length: 5_000 }, (_, n) => ({
      is: 'reading' as const,
      device: 'gate-1',
      at: n,
      values,
    }))
    for (let offset = 1; offset <= 8; offset++) await historian.write([{ offset, receivedAt: 1, records }])
    await expect.poll(() => historian.counts.sealedFiles, { timeout: 50_000 }).toBe(1)
    expect(historian.counts).toMatchObject({ sealedReadings: 35_000, hotReadings: 5_000 })
  })

  it('after an hour by the commits, however few they are', async () => {
    await using at = await place()
    await using historian = await at.open()
    await historian.write(commits(1, 3, HOUR_MS / 2))
    await expect.poll(() => historian.durable).toBe(3)
  })

  it('memory stays bounded while the journal is replayed as fast as it can be read', async () => {
    await using at = await place()
    await using historian = await at.open({ sealReadings: 1_000 })
    let most = 0
    for (let from = 1; from < 20_000; from += 500) {
      await historian.write(commits(from, from + 499))
      most = Math.max(most, historian.counts.hotReadings)
    }
    expect(most).toBeLessThanOrEqual(4_000)
    await historian.seal()
    expect(await volumes(historian, { skip: 10_000 })).toEqual(span(10_001, 20_000))
  })

  it('days that are over become one file each', async () => {
    await using at = await place()
    await using historian = await at.open()
    await historian.write(commits(1, 48, HOUR_MS))
    await historian.seal()
    await historian.write(commits(49, 50, HOUR_MS))
    await historian.seal()
    const hoursTold = (await at.sealed()).map((file) => file.slice(0, 33).split('-').map(Number))
    expect(hoursTold[0]).toEqual([1, 24].map(() => expect.any(Number)))
    expect(hoursTold.length).toBeLessThan(8)
    expect(await volumes(historian)).toEqual(span(1, 50))
  })
})

describe('merged files', () => {
  it('hold what was sent twice once, as it came first', async () => {
    await using at = await place()
    await using historian = await at.open()
    const said = (offset: number, receivedAt: number): Commit => ({
      offset,
      receivedAt,
      records: [{ is: 'reading', device: 'meter-1', at: 7, values: { volume: 1 } }],
    })
    await historian.write([said(1, HOUR_MS)])
    await historian.seal()
    await historian.write([said(2, 2 * HOUR_MS)])
    await historian.seal()
    expect(historian.counts).toMatchObject({ sealedReadings: 2, sealedFiles: 2 })
    await historian.write(commits(30, 30, HOUR_MS))
    await historian.seal() // the first day is over
    expect(historian.counts).toMatchObject({ sealedReadings: 2, sealedFiles: 2 })
    const readings = await historian.readings({ device: 'meter-1', from: 7, to: 8, limit: 10 })
    expect(readings.map(({ receivedAt }) => receivedAt)).toEqual([HOUR_MS])
  })
})

it('a disk that takes no files holds up no stop: the write that waits for it is called off', async () => {
  await using at = await place()
  await using historian = await at.open({ sealReadings: 1_000 })
  await rm(at.folder, { recursive: true })
  await writeFile(at.folder, 'no folder any more')
  const stopping = new AbortController()
  const written = historian.write(commits(1, 5_000), stopping.signal)
  const told = expect(written).rejects.toMatchObject({ code: 'historian-busy' })
  await expect.poll(() => historian.counts.failedSeals).toBeGreaterThan(0)
  expect(historian.trouble).toMatch(/ENOTDIR|not a directory/i)
  stopping.abort()
  await told
})

describe('reading', () => {
  it('pages through an instant with more events than a window holds', async () => {
    await using at = await place()
    const given = {
      folder: at.folder,
      options: ParquetOptions.parse({ threads: 1 }),
      repeatsBy: () => 'sample' as const,
      clock: handClock(0),
      log: SILENT_LOG,
    }
    await using historian = await parquetHistorian(given)
    const records = span(0, 2_499).map((n) => ({
      is: 'reading' as const,
      device: 'gate-1',
      at: n < 2_400 ? 5 : 6,
      values: { n },
    }))
    await historian.write([{ offset: 1, receivedAt: 1, records }])
    await historian.seal()
    const read = async (skip: number, limit: number) =>
      (await historian.readings({ device: 'gate-1', from: 0, to: 10, skip, limit })).map(
        ({ values }) => values.n,
      )
    expect(await read(0, 1)).toEqual([0])
    expect(await read(2_398, 4)).toEqual([2_398, 2_399, 2_400, 2_401])
    expect(await read(0, 10_000)).toEqual(span(0, 2_499))
  })

  it('goes on while readings are sealed and files are merged under it', async () => {
    await using at = await place()
    await using historian = await at.open({ sealReadings: 1_000 })
    for (let from = 1; from < 12_000; from += 1_000) {
      await historian.write(commits(from, from + 999, HOUR_MS / 100))
      const until = from + 999
      const reads = [0, 1, 2].map((n) =>
        volumes(historian, { skip: Math.max(0, until - 100 + n), limit: 10_000 }),
      )
      for (const [n, read] of (await Promise.all(reads)).entries()) {
        expect(read).toEqual(span(Math.max(0, until - 100 + n) + 1, until))
      }
    }
  })
})

describe('the engine', () => {
  async function withOneFile() {
    const at = await place()
    {
      await using historian = await at.open()
      await historian.write(commits(1, 5))
      await historian.seal()
    }
    const files = await at.sealed()
    const question = { is: 'rows', files, device: 'meter-1', from: 0, to: 9, limit: 9 } as const
    const engine = parquetEngine({ folder: at.folder, memoryLimitMb: 128, threads: 1 }, SILENT_LOG)
    return { at, engine, question }
  }

  it('that takes too long is killed, and the next question is answered', async () => {
    const { at, engine, question } = await withOneFile()
    await using _at = at
    await using _engine = engine
    await expect(engine.ask(question, 1)).rejects.toMatchObject({ code: 'historian-busy' })
    await expect(engine.ask(question, 30_000)).resolves.toHaveLength(5)
    expect(engine.restarts).toBe(1)
  })

  it('that rests answers again as soon as it is asked, and nothing was wrong', async () => {
    const { at, engine, question } = await withOneFile()
    await using _at = at
    await using _engine = engine
    const answer = await engine.ask(question, 30_000)
    await engine.rest()
    await expect(engine.ask(question, 30_000)).resolves.toEqual(answer)
    expect(engine.restarts).toBe(0)
  })

  it('answers what it cannot do with an error and goes on', async () => {
    const { at, engine, question } = await withOneFile()
    await using _at = at
    await using _engine = engine
    await expect(
      engine.ask({ is: 'merge', files: question.files, to: 'nowhere/1.parquet' }, 30_000),
    ).rejects.toMatchObject({ code: 'historian-busy' })
    await expect(engine.ask(question, 30_000)).resolves.toHaveLength(5)
    expect(engine.restarts).toBe(0)
  })
})

it('a folder that cannot be made is one clear sentence', async () => {
  await using at = await place()
  const file = join(at.folder, 'a-file')
  await writeFile(file, '')
  const given = {
    options: ParquetOptions.parse({}),
    repeatsBy: () => 'point' as const,
    clock: handClock(0),
    log: SILENT_LOG,
  }
  await expect(parquetHistorian({ folder: join(file, 'history'), ...given })).rejects.toMatchObject({
    code: 'data-unwritable',
  })
})
