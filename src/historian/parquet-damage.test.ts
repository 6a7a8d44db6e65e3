import { mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { commits, place, span, volumes } from '../../tests/support/parquet-place.ts'
import type { Commit } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import { ParquetOptions, parquetHistorian } from './parquet.ts'
import type { Reread } from './refeed.ts'

vi.setConfig({ testTimeout: 60_000 }) // each opens a process of its own, on machines that do much else

describe('a damaged file', () => {
  async function threeFiles() {
    const at = await place()
    const historian = await at.open()
    for (const [from, to] of [
      [1, 10],
      [11, 20],
      [21, 30],
    ] as const) {
      await historian.write(commits(from, to))
      await historian.seal()
    }
    await historian[Symbol.asyncDispose]()
    const [first, second, third] = (await at.sealed()) as [string, string, string]
    return { at, first, second, third }
  }
  const flip = async (path: string) => {
    const bytes = await readFile(path)
    const middle = bytes.length >> 2
    bytes[middle] = (bytes[middle] as number) ^ 1
    await writeFile(path, bytes)
  }

  it('cut short, is moved aside at the start and the rest stays readable', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await truncate(join(at.folder, second), 200)
    await using historian = await at.open()
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(21, 30)])
    expect(historian.counts.quarantinedFiles).toBe(1)
    expect(await at.quarantine()).toEqual([second])
  })

  it('with one bit turned, is found by its checksum when it is read', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await flip(join(at.folder, second))
    await using historian = await at.open()
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(21, 30)])
    expect(historian.counts.quarantinedFiles).toBe(1)
    expect(await at.quarantine()).toEqual([second])
  })

  it('is made good from the journal, and only what the journal has let go is lost', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await flip(join(at.folder, second))
    const kept = commits(14, 30)
    const reread: Reread = async (after, limit) => kept.filter(({ offset }) => offset > after).slice(0, limit)
    await using historian = await at.open({}, { reread })
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(21, 30)])
    await historian.seal()
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(14, 30)])
    expect(historian.counts).toMatchObject({ quarantinedFiles: 1, lostStretches: 1, sealedReadings: 27 })
    expect(historian.durable).toBe(30)
  })

  it('is made good after the next start where the gateway stopped before it was', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await flip(join(at.folder, second))
    const slow = Promise.withResolvers<readonly Commit[]>()
    const stopped = await at.open({}, { reread: () => slow.promise })
    expect(await volumes(stopped)).toEqual([...span(1, 10), ...span(21, 30)])
    const stopping = stopped[Symbol.asyncDispose]()
    slow.resolve([])
    await stopping
    const reread: Reread = async (after, limit) =>
      commits(1, 30)
        .filter(({ offset }) => offset > after)
        .slice(0, limit)
    await using historian = await at.open({}, { reread })
    await historian.seal()
    expect(await volumes(historian)).toEqual(span(1, 30))
    expect(historian.counts.lostStretches).toBe(0)
  })

  it('is made good as soon as it can be, where journal or disk fail in the middle of it', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await rm(join(at.folder, second))
    const kept = commits(13, 30)
    let asked = 0
    const reread: Reread = async (after, limit) => {
      if (++asked === 1) throw new Error('the disk does not answer')
      if (asked === 3) await rm(join(at.folder, 'temporary'), { recursive: true })
      return kept.filter(({ offset }) => offset > after).slice(0, Math.min(limit, 4))
    }
    const clock = handClock(0)
    const given = { repeatsBy: () => 'point' as const, clock, log: SILENT_LOG, reread }
    const options = { ...ParquetOptions.parse({ threads: 1 }), sealReadings: 2 }
    await using historian = await parquetHistorian({ ...given, folder: at.folder, options })
    const mended = historian.seal()
    let isMended = false
    void mended.then(() => {
      isMended = true
    })
    while (!isMended) {
      clock.pass(60_000)
      await mkdir(join(at.folder, 'temporary'), { recursive: true })
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(13, 30)])
    expect(historian.counts).toMatchObject({ lostStretches: 1, sealedReadings: 28 })
  })

  it('is made good in pieces that leave nothing out, also where the last commits of it brought nothing', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await rm(join(at.folder, second))
    const kept = commits(1, 30).map((commit) => (commit.offset < 15 ? commit : { ...commit, records: [] }))
    const reread: Reread = async (after, limit) => kept.filter(({ offset }) => offset > after).slice(0, limit)
    const given = { repeatsBy: () => 'point' as const, clock: handClock(0), log: SILENT_LOG, reread }
    const options = { ...ParquetOptions.parse({ threads: 1 }), sealReadings: 2 }
    await using historian = await parquetHistorian({ ...given, folder: at.folder, options })
    await historian.seal()
    expect((await at.sealed()).map((file) => file.slice(0, 33).split('-').map(Number))).toEqual([
      [1, 10],
      [11, 12],
      [13, 20],
      [21, 30],
    ])
  })

  it('that is the newest, and that the journal has let go while the gateway was off, is counted as lost', async () => {
    const { at, third } = await threeFiles()
    await using _at = at
    await flip(join(at.folder, third))
    await using historian = await at.open({}, { reread: async () => commits(26, 40) })
    await historian.seal()
    expect(historian.counts).toMatchObject({ quarantinedFiles: 1, lostStretches: 1 })
    expect(historian.durable).toBe(20)
  })

  it('while it is in use, is found by the next question', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    await using historian = await at.open()
    expect(await volumes(historian)).toEqual(span(1, 30))
    await flip(join(at.folder, second))
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(21, 30)])
    expect(await at.quarantine()).toEqual([second])
  })

  it("that cannot be set aside stands in nobody's way, and is made good from the journal", async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    const kept = commits(1, 30)
    const reread: Reread = async (after, limit) => kept.filter(({ offset }) => offset > after).slice(0, limit)
    await using historian = await at.open({}, { reread })
    await flip(join(at.folder, second))
    await rm(join(at.folder, 'quarantine'), { recursive: true })
    await writeFile(join(at.folder, 'quarantine'), 'no folder')
    expect(await volumes(historian)).toEqual([...span(1, 10), ...span(21, 30)])
    await historian.seal()
    expect(await volumes(historian)).toEqual(span(1, 30))
    expect(historian.counts).toMatchObject({ quarantinedFiles: 0, lostStretches: 0 })
  })

  it('is not one that only cannot be opened: nothing is set aside, and a question is answered once it can be', async () => {
    const { at, second } = await threeFiles()
    await using _at = at
    const [file, elsewhere] = [join(at.folder, second), join(at.folder, 'elsewhere')]
    await using historian = await at.open()
    await rename(file, elsewhere)
    await symlink(file, file) // leads to itself: no reader gets to the end of it, whoever it runs as
    await expect(volumes(historian)).rejects.toMatchObject({ code: 'historian-busy' })
    await expect(at.open()).rejects.toThrow('ELOOP')
    expect(await at.quarantine()).toEqual([])
    await rename(elsewhere, file)
    expect(await volumes(historian)).toEqual(span(1, 30))
    expect(historian.counts.quarantinedFiles).toBe(0)
  })

  it('removed behind its back, takes nothing else with it', async () => {
    const { at, first } = await threeFiles()
    await using _at = at
    await using historian = await at.open()
    await rm(join(at.folder, first))
    expect(await volumes(historian)).toEqual(span(11, 30))
  })

  it('if it is the newest, is written anew from the journal', async () => {
    const { at, third } = await threeFiles()
    await using _at = at
    await flip(join(at.folder, third))
    await using historian = await at.open()
    expect(historian.durable).toBe(20)
    await historian.write(commits(21, 30))
    expect(await volumes(historian)).toEqual(span(1, 30))
  })
})
