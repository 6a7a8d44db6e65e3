import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listSealed, nextMerge, type SealedFile } from './sealed-files.ts'

const HOUR_MS = 3_600_000
const name = (from: number, to: number, checksum = '00000000') =>
  `${String(from).padStart(16, '0')}-${String(to).padStart(16, '0')}-${checksum}.parquet`

async function folderOf(...names: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sealed-'))
  for (const each of names) await writeFile(join(folder, each), '')
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

describe('the folder is the manifest', () => {
  it('what a merge has replaced is removed, whenever the gateway died', async () => {
    await using made = await folderOf(name(1, 10), name(11, 20), name(1, 20, 'ffffffff'), name(21, 30))
    expect((await listSealed(made.folder)).map(({ from, to }) => [from, to])).toEqual([
      [1, 20],
      [21, 30],
    ])
    expect((await readdir(made.folder)).filter((file) => file.endsWith('.parquet'))).toEqual([
      name(1, 20, 'ffffffff'),
      name(21, 30),
    ])
  })

  it('the same stretch sealed twice counts once', async () => {
    await using made = await folderOf(name(1, 10, 'aaaaaaaa'), name(1, 10, 'bbbbbbbb'))
    expect(await listSealed(made.folder)).toHaveLength(1)
  })

  it('what it did not write it leaves alone', async () => {
    await using made = await folderOf('notes.txt', 'other.parquet', name(1, 10))
    expect((await listSealed(made.folder)).map((file) => file.name)).toEqual([name(1, 10)])
    expect(await readdir(made.folder)).toEqual(expect.arrayContaining(['notes.txt', 'other.parquet']))
  })
})

describe('what is merged next', () => {
  /** Files of ten offsets each, sealed in these hours. */
  const sealedIn = (...hours: number[]): SealedFile[] =>
    hours.map((hour, i) => ({
      name: `${i}`,
      from: i * 10 + 1,
      to: i * 10 + 10,
      readings: 1_000,
      earliest: 0,
      latest: 0,
      receivedAt: hour * HOUR_MS,
    }))
  const merged = (files: readonly SealedFile[], max?: number) =>
    nextMerge(files, max).map((file) => Number(file.name))

  it.each([
    ['nothing, where there is nothing', [], []],
    ['nothing, while the day goes on with few files', [1, 2, 3], []],
    ['a day that is over', [21, 22, 23, 24], [0, 1, 2]],
    ['not a day that is one file already', [5, 24, 25], []],
    ['eight files of like size, also within the day', [1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 6, 7]],
  ])('%s', (_what, hours, wanted) => {
    expect(merged(sealedIn(...hours))).toEqual(wanted)
  })

  it('never files with a hole between them, where one lies in quarantine', () => {
    const files = sealedIn(1, 2, 3, 24).filter((_file, i) => i !== 1)
    expect(merged(files)).toEqual([])
  })

  it('never more than fits into one merge', () => {
    expect(merged(sealedIn(1, 2, 3, 4, 24), 2_500)).toEqual([0, 1])
  })

  it('comes to an end, and leaves few files of a month of hours', () => {
    let files = sealedIn(...Array.from({ length: 30 * 24 }, (_, hour) => hour))
    for (let parts = nextMerge(files); parts.length > 1; parts = nextMerge(files)) {
      const [first, last] = [parts[0] as SealedFile, parts.at(-1) as SealedFile]
      const union = {
        ...first,
        to: last.to,
        receivedAt: last.receivedAt,
        readings: parts.length * first.readings,
      }
      files = files.flatMap((file) => (file === first ? [union] : parts.includes(file) ? [] : [file]))
    }
    expect(files.length).toBeLessThan(24)
    expect(files.at(-1)?.to).toBe(7_200)
  })
})
