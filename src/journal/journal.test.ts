import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { conformingJournal, followed, START, said } from '../../tests/conformance/journal.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { readingsOf } from '../model/commit.ts'
import { lockDataFolder } from './data-lock.ts'
import { memoryJournal } from './memory.ts'
import { JournalOptions } from './options.ts'
import { sqliteJournal } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = () => join(folder, `${++files}`, 'journal.sqlite')

conformingJournal('SQLite', (clock) => sqliteJournal({ file: freshFile(), clock }))
conformingJournal('memory', async (clock) => memoryJournal({ clock }))

it('finds everything again after a restart: commits, instants, positions', async () => {
  const file = freshFile()
  const clock = handClock(START)
  {
    await using journal = await sqliteJournal({ file, clock })
    for (let n = 1; n <= 30; n++) await journal.append([said('meter-1', n)])
    await journal.advance('history', 12)
  }
  await using journal = await sqliteJournal({ file, clock })
  expect(journal.head).toEqual({ offset: 30, receivedAt: START })
  expect(await journal.position('history')).toBe(12)
  const commits = await followed(journal, 0, 30)
  expect(commits.map(({ offset }) => offset)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
  expect(commits.flatMap(({ records }) => records)).toEqual(
    Array.from({ length: 30 }, (_, n) => said('meter-1', n + 1)),
  )
})

it('gives a follower far behind the oldest from disk and the newest from memory, once each', {
  timeout: 240_000,
}, async () => {
  const file = freshFile()
  const clock = handClock(START)
  await (async () => {
    await using journal = await sqliteJournal({ file, clock })
    for (let n = 1; n <= 700; n++) void journal.append(Array.from({ length: 500 }, () => said('meter-1', n)))
    await journal.settled()
  })()
  await using journal = await sqliteJournal({ file, clock })
  const before = journal.head.offset
  for (let n = 1; n <= 30; n++) await journal.append([said('meter-2', n)])
  const commits = await followed(journal, 0, before + 30)
  expect(commits.map(({ offset }) => offset)).toEqual(Array.from({ length: before + 30 }, (_, n) => n + 1))
})

async function appender(file: string): Promise<{ child: ChildProcess; newest: () => number }> {
  const script = join(import.meta.dirname, '../../tests/support/journal-appender.ts')
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let newest = 0
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const whole = text.slice(0, text.lastIndexOf('\n')).split('\n')
    newest = Math.max(newest, ...whole.map(Number))
  })
  while (newest < 200) await sleep(5)
  return { child, newest: () => newest }
}

async function measured(file: string): Promise<number[]> {
  await using journal = await sqliteJournal({ file, clock: handClock(Date.now()) })
  const commits = await followed(journal, 0, journal.head.offset)
  return commits.flatMap((commit) => readingsOf(commit)).map(({ at }) => at)
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

it('loses nothing that it resolved when its process is killed', async () => {
  const file = freshFile()
  let resolved = 0
  for (let kill = 0; kill < 3; kill++) {
    const own = kill === 0 ? file : freshFile()
    const { child, newest } = await appender(own)
    await sleep(20 + 60 * kill)
    child.kill('SIGKILL')
    await once(child, 'close')
    resolved = newest()
    const found = await measured(own)
    expect(found.length).toBeGreaterThanOrEqual(resolved)
    expect(found).toEqual(upTo(found.length))
  }
})

it('opens from a copy of its files taken at any moment, also with a torn tail, and what is there is whole', {
  timeout: 240_000,
}, async () => {
  const file = freshFile()
  const { child, newest } = await appender(file)
  try {
    for (let copy = 0; copy < 6; copy++) {
      await sleep(15)
      child.kill('SIGSTOP')
      await sleep(5)
      const resolved = newest()
      const copied = join(folder, `copy-${copy}.sqlite`)
      copyFileSync(file, copied)
      if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copied}-wal`)
      child.kill('SIGCONT')
      const tornBytes = [0, 1, 777, 4_096, 5_000, 9_999][copy] ?? 0
      if (tornBytes > 0) {
        const { length } = readFileSync(`${copied}-wal`)
        truncateSync(`${copied}-wal`, Math.max(0, length - tornBytes))
      }
      const found = await measured(copied)
      expect(found).toEqual(upTo(found.length))
      if (tornBytes === 0) expect(found.length).toBeGreaterThanOrEqual(resolved)
    }
  } finally {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})

it('stops at a full disk, says so, and resumes by itself when there is room', async () => {
  const clock = handClock(START)
  let used = 0.5
  await using journal = await sqliteJournal({ file: freshFile(), clock, diskUsed: async () => used })
  await journal.append([said('meter-1', 1)])
  const look = async () => {
    clock.pass(1_000)
    await new Promise(setImmediate)
    await journal.settled()
  }
  expect(journal.diskFilling).toBe(false)
  used = 0.95
  await look()
  expect([journal.diskFilling, journal.refusing]).toEqual([true, undefined])
  used = 0.981
  await look()
  expect(journal.refusing).toBe('full')
  expect(journal.counts.diskUsed).toBe(0.981)
  await expect(journal.append([said('meter-1', 2)])).rejects.toMatchObject({ code: 'journal-full' })
  used = 0.97
  await look()
  expect(journal.refusing).toBeUndefined()
  await expect(journal.append([said('meter-1', 2)])).resolves.toBeDefined()
})

it('removes old commits once every reader has passed them, never the newest, and keeps the numbers', {
  timeout: 240_000,
}, async () => {
  const clock = handClock(START)
  const options = JournalOptions.parse({ keepHours: 1 })
  const file = freshFile()
  await using journal = await sqliteJournal({ file, clock, options, consumers: ['history', 'ledger'] })
  for (let n = 1; n <= 1_505; n++) await journal.append([said('meter-1', n)])
  await journal.advance('history', 1_505)
  await journal.advance('ledger', 1_303)
  for (let minutes = 0; minutes < 2; minutes++) {
    clock.pass(3_600_000)
    await journal.settled()
    await journal.read(0, 1)
  }
  clock.pass(60_000)
  await journal.settled()
  while (journal.counts.removed < 1_303) await new Promise(setImmediate)
  using stored = new DatabaseSync(file, { readOnly: true })
  expect(stored.prepare('SELECT min(offset) AS oldest FROM commits').get()).toEqual({ oldest: 1_304 })
})

it('shows a damaged commit as a gap and everything around it as it was', async () => {
  const file = freshFile()
  const clock = handClock(START)
  {
    await using journal = await sqliteJournal({ file, clock })
    for (let n = 1; n <= 3; n++) await journal.append([said('meter-1', n)])
  }
  {
    using stored = new DatabaseSync(file)
    stored.exec(
      `UPDATE commits SET body = CAST(replace(body, 'meter-1', 'meter-2') AS BLOB) WHERE offset = 2`,
    )
  }
  await using journal = await sqliteJournal({ file, clock })
  const commits = await journal.read(0, 10)
  expect(commits.map(({ records }) => records[0]?.is)).toEqual(['reading', 'gap', 'reading'])
  expect(journal.counts.damaged).toBe(1)
})

it('acknowledges nothing more after an error of the disk', async () => {
  const clock = handClock(START)
  const file = freshFile()
  await using journal = await sqliteJournal({ file, clock })
  await journal.append([said('meter-1', 1)])
  {
    using stored = new DatabaseSync(file)
    stored.exec('ALTER TABLE commits RENAME TO gone')
  }
  await expect(journal.append([said('meter-1', 2)])).rejects.toMatchObject({ code: 'journal-failed' })
  expect(journal.refusing).toBe('failed')
  await expect(journal.append([said('meter-1', 3)])).rejects.toMatchObject({ code: 'journal-failed' })
  await expect(journal.advance('history', 1)).rejects.toMatchObject({ code: 'journal-failed' })
})

it('says in one sentence that its file cannot be opened', async () => {
  const notAFolder = join(folder, 'not-a-folder')
  writeFileSync(notAFolder, '')
  const opening = sqliteJournal({ file: join(notAFolder, 'journal.sqlite'), clock: handClock(START) })
  await expect(opening).rejects.toMatchObject({ code: 'data-unwritable' })
})

it('lets one gateway at a time onto a data folder, and the next one after it was killed', {
  timeout: 240_000,
}, async () => {
  const data = join(folder, 'locked')
  {
    using _ = lockDataFolder(data)
    expect(() => lockDataFolder(data)).toThrow(expect.objectContaining({ code: 'data-locked' }))
  }
  const holding = `import { lockDataFolder } from '${join(import.meta.dirname, 'data-lock.ts')}'
    globalThis.held = lockDataFolder('${data}'); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', holding], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => lockDataFolder(data)).toThrow(expect.objectContaining({ code: 'data-locked' }))
  child.kill('SIGKILL')
  await once(child, 'close')
  lockDataFolder(data)[Symbol.dispose]()
})
