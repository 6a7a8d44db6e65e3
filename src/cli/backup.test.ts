import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { cutOff, emptied, spoilHeader, spoilPage } from '../../tests/support/spoil.ts'
import { lockDataFolder } from '../journal/data-lock.ts'
import { sqliteJournal } from '../journal/sqlite.ts'
import { openOperations } from '../operations/open.ts'
import { makeBackup } from './backup.ts'
import { restoreBackup } from './restore.ts'

const START = Date.parse('2026-11-22T10:00:00Z')

/** A data directory with a journal of a few commits, open as a running gateway has it. */
async function running() {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'))
  const [data, folder, target] = ['data', 'backup', 'target'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  await mkdir(join(data, 'history/temporary'), { recursive: true })
  writeFileSync(join(data, 'history/0-1.parquet'), 'rows')
  writeFileSync(join(data, 'history/temporary/1.parquet'), 'half')
  for (const name of ['ports.json', 'rules.request', 'rules.answer']) writeFileSync(join(data, name), '{}')
  const clock = handClock(START)
  const lock = lockDataFolder(data)
  const journal = await sqliteJournal({ file: join(data, 'journal.sqlite'), clock })
  for (const volume of [1, 2, 3]) {
    await journal.append([{ is: 'reading', device: 'meter-1', at: START + volume, values: { volume } }])
  }
  return {
    data,
    folder,
    target,
    clock,
    journal,
    async [Symbol.asyncDispose]() {
      await journal[Symbol.asyncDispose]()
      lock[Symbol.dispose]()
      rmSync(root, { recursive: true })
    },
  }
}

const offsetsIn = async (dataDir: string) => {
  await using journal = await sqliteJournal({
    file: join(dataDir, 'journal.sqlite'),
    clock: handClock(START),
  })
  const offsets: number[] = []
  while ((offsets.at(-1) ?? 0) < journal.head.offset) {
    for (const { offset } of await journal.read(offsets.at(-1) ?? 0, 100)) offsets.push(offset)
  }
  return offsets
}

it('a backup of a running gateway holds what was committed, and nothing of the process', async () => {
  await using it = await running()
  const made = await makeBackup(it.data, it.folder, it.clock)
  expect(made).toMatchObject({ begunAt: '2026-11-22T10:00:00.000Z', journal: { first: 1, last: 3 } })
  expect(made.files.map(({ path }) => path)).toEqual(['history/0-1.parquet', 'journal.sqlite'])
  await restoreBackup(it.folder, it.target)
  expect(readFileSync(join(it.target, 'history/0-1.parquet'), 'utf8')).toBe('rows')
  expect(await offsetsIn(it.target)).toEqual([1, 2, 3])
})

/** Turns until the task is over, so that the data changes under the copying. */
async function whileRunning<T>(task: Promise<T>, turn: () => unknown): Promise<T> {
  let isOver = false
  const over = () => {
    isOver = true
  }
  task.then(over, over)
  while (!isOver) {
    await turn()
    await new Promise(setImmediate)
  }
  return task
}

it("nobody's place in the copy lies beyond the copied journal, however fast both move on", async () => {
  await using it = await running()
  using operations = new DatabaseSync(join(it.data, 'operations.sqlite'))
  operations.exec('PRAGMA journal_mode = WAL; CREATE TABLE place (at INTEGER); INSERT INTO place VALUES (0)')
  const moveOn = async () => {
    const { offset } = await it.journal.append([])
    operations.prepare('UPDATE place SET at = ?').run(offset)
  }
  await moveOn() // a copy may be quicker than the next commit
  const made = await whileRunning(makeBackup(it.data, it.folder, it.clock), moveOn)
  using copied = new DatabaseSync(join(it.folder, 'operations.sqlite'))
  const place = Number(copied.prepare('SELECT at FROM place').get()?.at)
  expect(place).toBeGreaterThan(0)
  expect(place).toBeLessThanOrEqual(made.journal.last)
})

it('says how long the audit is and by what it ends, and whether somebody changed it', async () => {
  await using it = await running()
  await using operations = await openOperations({ dir: it.data, clock: it.clock })
  for (const subject of ['a-1', 'a-2'])
    await operations.audit.note({ by: 'li', action: 'alarm.reset', subject })
  const [newest] = (await operations.audit.list({ limit: 1 })).items
  const { audit } = await makeBackup(it.data, it.folder, it.clock)
  expect(audit).toEqual({ entries: 2, seal: newest?.hash })
  using file = new DatabaseSync(join(it.data, 'operations.sqlite'), { timeout: 5_000 })
  file.exec("UPDATE audit SET by_name = 'wang' WHERE id = 2")
  const other = await makeBackup(it.data, `${it.folder}-2`, it.clock)
  expect(other.audit).toMatchObject({ brokenAt: 2 })
  await restoreBackup(`${it.folder}-2`, it.target)
})

it('is given up where commits that a reader still needs are removed meanwhile', async () => {
  await using it = await running()
  const journal = new DatabaseSync(join(it.data, 'journal.sqlite'), { timeout: 1_000 })
  journal.exec('DELETE FROM commits WHERE offset < (SELECT max(offset) FROM commits)')
  // In place of a commit that comes and one that goes, so that no wait for a disk lets a copy slip in between.
  const moveOn = () => journal.exec('UPDATE commits SET offset = offset + 1')
  const removing = whileRunning(makeBackup(it.data, it.folder, it.clock), moveOn).finally(() =>
    journal.close(),
  )
  await expect(removing).rejects.toMatchObject({
    code: 'backup-failed',
    message: expect.stringContaining('keepHours'),
  })
})

it('is refused where there is nothing, where something is, and inside of what it copies', async () => {
  await using it = await running()
  await expect(makeBackup(it.target, it.folder, it.clock)).rejects.toMatchObject({ code: 'backup-failed' })
  await expect(makeBackup(it.data, join(it.data, 'b'), it.clock)).rejects.toMatchObject({
    code: 'backup-failed',
  })
  await makeBackup(it.data, it.folder, it.clock)
  await expect(makeBackup(it.data, it.folder, it.clock)).rejects.toMatchObject({ code: 'folder-not-empty' })
})

it('is restored onto nothing but an empty folder without a gateway', async () => {
  await using it = await running()
  await makeBackup(it.data, it.folder, it.clock)
  await expect(restoreBackup(it.folder, it.data)).rejects.toMatchObject({ code: 'data-locked' })
  await restoreBackup(it.folder, it.target)
  await expect(restoreBackup(it.folder, it.target)).rejects.toMatchObject({
    code: 'folder-not-empty',
    message: expect.stringContaining('--to'),
  })
})

/** Restores in a process of its own that is killed before it puts the second file in its place. */
async function killedHalfWay(folder: string, target: string): Promise<void> {
  const restoring = `import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs
    let moved = 0
    fs.rename = (...names) => ++moved === 2 ? process.kill(process.pid, 'SIGKILL') : rename(...names)
    syncBuiltinESMExports()
    const { restoreBackup } = await import('${join(import.meta.dirname, 'restore.ts')}')
    await restoreBackup('${folder}', '${target}')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', restoring], { stdio: 'inherit' })
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])
}

it('no gateway starts on half of a restore, and another restore waits until a person has emptied it', async () => {
  await using it = await running()
  await makeBackup(it.data, it.folder, it.clock)
  await killedHalfWay(it.folder, it.target)
  expect(readdirSync(it.target)).toContain('history')
  const unfinished = { code: 'restore-unfinished', message: expect.stringContaining(it.target) }
  expect(() => lockDataFolder(it.target)).toThrow(expect.objectContaining(unfinished))
  await expect(restoreBackup(it.folder, it.target)).rejects.toMatchObject(unfinished)
  rmSync(it.target, { recursive: true })
  await restoreBackup(it.folder, it.target)
  lockDataFolder(it.target)[Symbol.dispose]()
})

it('of a journal with a spoilt page all that can be read is saved, and what cannot is told', async () => {
  await using it = await running()
  for (let n = 4; n <= 300; n++) await it.journal.append([])
  await it.journal[Symbol.asyncDispose]()
  spoilPage(join(it.data, 'journal.sqlite'), emptied)
  const before = await makeBackup(it.data, it.folder, it.clock)
  expect(before).toMatchObject({ damaged: [{ path: 'journal.sqlite' }], journal: { first: 1, last: 300 } })
  await restoreBackup(it.folder, it.target)
  expect(await offsetsIn(it.target), 'the gateway has not met it yet').toEqual(upTo(300))
  expect(await offsetsIn(it.data)).toEqual(upTo(300))
  const [folder, target] = [`${it.folder}-2`, `${it.target}-2`]
  const after = await makeBackup(it.data, folder, it.clock)
  expect(after).toMatchObject({ damaged: [{ path: 'journal.sqlite' }], journal: { first: 1, last: 300 } })
  expect(after.files.map(({ path }) => path)).toContain('journal-301.sqlite')
  await restoreBackup(folder, target)
  expect(await offsetsIn(target)).toEqual(upTo(300))
})

it.each([
  ['whose header is none', spoilHeader],
  ['of no bytes', cutOff],
])('of a journal with a file %s all is saved as it is, and what is lost stays told', async (_what, spoil) => {
  await using it = await running()
  for (let n = 4; n <= 300; n++) await it.journal.append([])
  await it.journal[Symbol.asyncDispose]()
  spoil(join(it.data, 'journal.sqlite'))
  const before = await makeBackup(it.data, it.folder, it.clock)
  expect(before).toMatchObject({ damaged: [{ path: 'journal.sqlite' }] })
  await restoreBackup(it.folder, it.target)
  expect(await offsetsIn(it.target)).toEqual([1])
  expect(await offsetsIn(it.data)).toEqual([1])
  const [folder, target] = [`${it.folder}-2`, `${it.target}-2`]
  expect((await makeBackup(it.data, folder, it.clock)).files.map(({ path }) => path)).toContain(
    'journal-2.sqlite',
  )
  await restoreBackup(folder, target)
  expect(await offsetsIn(target)).toEqual([1])
})

it('begins again where a spoilt file of the journal goes while it copies', async () => {
  await using it = await running()
  for (let n = 4; n <= 300; n++) await it.journal.append([])
  await it.journal[Symbol.asyncDispose]()
  const spoilt = join(it.data, 'journal.sqlite')
  spoilPage(spoilt, emptied)
  await offsetsIn(it.data)
  const large = join('history', 'large.parquet')
  await mkdir(join(it.data, 'history'), { recursive: true })
  writeFileSync(join(it.data, large), Buffer.alloc(16 * 2 ** 20))
  const made = makeBackup(it.data, it.folder, it.clock)
  while (!existsSync(join(it.folder, large))) await new Promise((resolve) => setImmediate(resolve))
  for (const beside of ['', '-wal', '-shm']) rmSync(spoilt + beside, { force: true })
  const paths = (await made).files.map(({ path }) => path)
  expect(paths).toContain('journal-301.sqlite')
  expect(paths).not.toContain('journal.sqlite')
})

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

it('of any other database with a spoilt page none is made', async () => {
  await using it = await running()
  const file = join(it.data, 'other.sqlite')
  {
    using other = new DatabaseSync(file)
    other.exec('CREATE TABLE rows (n INTEGER PRIMARY KEY, text TEXT)')
    for (let n = 1; n <= 100; n++) other.prepare('INSERT INTO rows VALUES (?, ?)').run(n, 'text'.repeat(100))
  }
  spoilPage(file, emptied)
  await expect(makeBackup(it.data, it.folder, it.clock)).rejects.toMatchObject({
    code: 'backup-failed',
    message: expect.stringContaining('other.sqlite is damaged'),
  })
})

it.each([
  [
    'a turned bit',
    (folder: string) => {
      const file = join(folder, 'journal.sqlite')
      const bytes = readFileSync(file)
      bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000)
      writeFileSync(file, bytes)
    },
  ],
  ['a lost file', (folder: string) => rmSync(join(folder, 'history/0-1.parquet'))],
  ['no manifest, because it was not finished', (folder: string) => rmSync(join(folder, 'manifest.json'))],
  [
    'a path that leads out of the folder',
    (folder: string) => {
      const file = join(folder, 'manifest.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('history/0-1', '../history/0-1'))
    },
  ],
])('with %s nothing of it is restored', async (_fault, spoil) => {
  await using it = await running()
  await makeBackup(it.data, it.folder, it.clock)
  spoil(it.folder)
  await expect(restoreBackup(it.folder, it.target)).rejects.toMatchObject({ code: 'backup-damaged' })
  expect(existsSync(it.target)).toBe(false)
  const deeper = join(it.target, 'deeper')
  await expect(restoreBackup(it.folder, deeper)).rejects.toMatchObject({ code: 'backup-damaged' })
  expect(existsSync(it.target)).toBe(false)
  await mkdir(it.target)
  await expect(restoreBackup(it.folder, it.target)).rejects.toMatchObject({ code: 'backup-damaged' })
  expect(readdirSync(it.target).filter((name) => !name.startsWith('gateway.lock'))).toEqual([])
})
