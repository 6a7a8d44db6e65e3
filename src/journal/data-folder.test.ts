import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { assertWhole, LOCK, makeDataFolder, UNFINISHED_RESTORE } from './data-folder.ts'
import { lockDataFolder, lockForRestore } from './data-lock.ts'

const root = mkdtempSync(join(tmpdir(), 'gatehouse-folder-'))
afterAll(() => rmSync(root, { recursive: true }))

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)

function openToAll(name: string, ...files: string[]): string {
  const folder = join(root, name)
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  for (const file of files) writeFileSync(join(folder, file), '')
  return folder
}

it('a new data directory is for its owner alone, wherever it lies', () => {
  const folder = join(root, 'a/b/c')
  makeDataFolder(folder)
  expect(modeOf(folder)).toBe('700')
})

it("one that others could read is shut to them where it is empty or a gateway's, and never a folder of others", () => {
  const [empty, ours, foreign] = [
    openToAll('empty'),
    openToAll('ours', LOCK, 'operations.sqlite'),
    openToAll('foreign', 'letters.txt'),
  ] as const
  for (const folder of [empty, ours, foreign]) makeDataFolder(folder)
  expect([empty, ours, foreign].map(modeOf)).toEqual(['700', '700', '755'])
})

it.runIf(process.platform === 'linux')('a file system that takes no folders is said in one sentence', () => {
  expect(() => lockDataFolder('/proc/gatehouse/data')).toThrow(
    expect.objectContaining({
      code: 'data-unwritable',
      message: expect.stringContaining('/proc/gatehouse/data'),
    }),
  )
})

it('half of a restore is locked by nobody but a restore', () => {
  const folder = openToAll('half', LOCK)
  mkdirSync(join(folder, UNFINISHED_RESTORE))
  const unfinished = expect.objectContaining({ code: 'restore-unfinished' })
  expect(() => lockDataFolder(folder)).toThrow(unfinished)
  expect(() => assertWhole(folder)).toThrow(unfinished)
  lockForRestore(folder)[Symbol.dispose]()
})
