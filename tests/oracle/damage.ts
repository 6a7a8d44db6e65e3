/**
 * Files spoilt between a kill and the next start, and which obligations that excuses. A torn tail of
 * bytes that were never synced excuses none. Destroyed commits cannot be given back by anyone: they
 * are excused, exactly they, and what the rest of the disk still has is owed.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeRecords } from '../../src/journal/codec.ts'
import { emptied, spoilHeader, spoilPage } from '../support/spoil.ts'
import { absencesIn, commitsIn, newestLog, readTo, type StoredCommit } from './journal.ts'
import { deviceId, numberAt, type Run } from './message.ts'
import type { Plant } from './plant.ts'
import type { Acknowledged } from './publisher.ts'
import type { Random } from './random.ts'
import type { Fault } from './stage.ts'

export type Damage = {
  /** Half a frame behind the last one, as a power cut in the middle of a commit leaves it. */
  readonly tearTail: Fault
  /** The newest sealed file is spoilt; the journal still has what it held. */
  readonly spoilNewestFile: Fault
  /** An older sealed file is spoilt. */
  readonly spoilOlderFile: Fault
  /** Committed frames of the write-ahead log are cut off. */
  readonly cutLog: Fault
  /** One bit in a committed frame, which takes with it all that follows. */
  readonly flipLog: Fault
  /** A page of the journal is read back as it was never written: what was on it is a gap wherever it is asked for. */
  readonly spoilPage: Fault
  /** So is the beginning of its newest file: nothing of that file can be read. */
  readonly spoilBeginning: Fault
  /** What is owed after all that was destroyed. */
  binding(obligations: Acknowledged[]): Acknowledged[]
  /** Acknowledged readings that were destroyed so far. */
  readonly excused: number
  /** Commits that were destroyed so far. */
  readonly destroyed: number
  /**
   * Destroyed commits of which no gap in the journal tells: by number where a reader had seen them, else that
   * nobody was there.
   */
  unannounced(dataDir: string): string[]
}

const PAGE_BYTES = 4_096
/** Of a file that has leaves for rows. */
const LEAST_PAGES = 32
const GONE = /^commits (\d+) to (\d+) are gone from the journal$/

export function damage(run: Run): Damage {
  const excused = new Set<string>()
  const destroyed: (Pick<StoredCommit, 'receivedAt'> & {
    readonly offset: number
    readonly isSeen: boolean
  })[] = []

  function excuse(commits: Iterable<StoredCommit>): void {
    const deviceOf = new Map(Array.from({ length: run.devices }, (_, device) => [deviceId(device), device]))
    for (const { body } of commits) {
      for (const record of decodeRecords(body)) {
        if (record.is === 'reading') {
          excused.add(`${deviceOf.get(record.device)} ${numberAt(run, record.at)}`)
        }
      }
    }
  }

  const whileDown = (name: string, spoil: (plant: Plant, random: Random) => void): Fault => ({
    name,
    async strike({ plant, random, publishing, killed }) {
      await publishing.fresh(60_000)
      await plant.kill()
      killed()
      spoil(plant, random)
      await plant.start()
    },
  })

  const destroy = (name: string, spoil: (log: Log, random: Random) => Buffer): Fault =>
    whileDown(name, ({ dataDir }, random) => {
      const file = newestLog(dataDir)
      const before = commitsIn(dataDir)
      writeFileSync(file, spoil(logIn(file), random))
      const after = commitsIn(dataDir)
      const gone = [...before].filter(([offset]) => !after.has(offset))
      excuse(gone.map(([, commit]) => commit))
      const seen = Math.max(readTo(dataDir), sealedTo(dataDir))
      for (const [offset, { receivedAt }] of gone) {
        destroyed.push({ offset, receivedAt, isSeen: offset <= seen })
      }
    })

  const spoilJournal = (name: string, spoil: (file: string) => void) =>
    whileDown(name, ({ dataDir }) => {
      const before = commitsIn(dataDir)
      spoil(newestLog(dataDir).slice(0, -'-wal'.length))
      const after = commitsIn(dataDir)
      const gone = [...before].filter(([offset]) => !after.has(offset)).map(([, commit]) => commit)
      excuse(gone)
      // What told of earlier losses went with it.
      const isGap = ({ body }: StoredCommit) => decodeRecords(body).some((record) => record.is === 'gap')
      if (gone.some(isGap)) destroyed.length = 0
    })

  const spoilFile = (
    name: string,
    choose: (files: readonly string[]) => string | undefined,
    isLost: boolean,
  ) =>
    whileDown(name, ({ dataDir }, random) => {
      const folder = join(dataDir, 'history')
      const found = choose(sealedIn(folder))
      if (!found) return
      const bytes = readFileSync(join(folder, found))
      const at = random.between(0, bytes.length - 1)
      const isCut = random.next() < 0.5
      if (!isCut) flipBit(bytes, at, random)
      writeFileSync(join(folder, found), isCut ? bytes.subarray(0, at) : bytes)
      const [from = 0, to = 0] = found.split('-').map(Number)
      const isOfIt = ([offset]: readonly [number, StoredCommit]) => offset >= from && offset <= to
      if (isLost) excuse([...commitsIn(dataDir)].filter(isOfIt).map(([, commit]) => commit))
    })

  return {
    tearTail: whileDown('tear tail of journal', ({ dataDir }, random) => {
      const file = newestLog(dataDir)
      const { bytes, end, frames } = logIn(file)
      const torn = frames.at(-1) ?? Buffer.alloc(24)
      const half = Buffer.concat([torn, torn]).subarray(0, random.between(1, torn.length * 2 - 1))
      for (let i = 24; i < half.length; i++) half[i] = random.between(0, 255)
      writeFileSync(file, Buffer.concat([bytes.subarray(0, end), half]))
    }),
    spoilNewestFile: spoilFile('spoil newest sealed file', (files) => files.at(-1), false),
    spoilOlderFile: spoilFile('spoil older sealed file', (files) => files.at(-2), true),
    cutLog: destroy('cut journal', ({ bytes, start, end, frames }, random) => {
      const size = (end - start) / Math.max(frames.length, 1)
      const kept = random.between(Math.floor(frames.length / 2), Math.max(0, frames.length - 1))
      return bytes.subarray(0, start + Math.floor(size * kept) + random.between(0, size - 1))
    }),
    flipLog: destroy('flip bit in journal', ({ bytes, start, end }, random) => {
      const spoilt = Buffer.from(bytes)
      if (end > start) flipBit(spoilt, random.between(Math.floor((start + end) / 2), end - 1), random)
      return spoilt
    }),
    spoilPage: spoilJournal('spoil page of journal', (file) => {
      if (statSync(file).size > LEAST_PAGES * PAGE_BYTES) spoilPage(file, emptied)
    }),
    spoilBeginning: spoilJournal('spoil beginning of journal', (file) => {
      if (statSync(file).size < PAGE_BYTES) return
      spoilHeader(file)
      rmSync(`${file}-wal`, { force: true }) // it may hold that page as it was
    }),
    binding: (obligations) => obligations.filter(({ device, n }) => !excused.has(`${device} ${n}`)),
    get excused() {
      return excused.size
    },
    get destroyed() {
      return destroyed.length
    },
    unannounced(dataDir) {
      const gaps = absencesIn(dataDir)
      const ranges = gaps.map(({ reason }) => GONE.exec(reason)?.slice(1).map(Number) ?? [])
      const isNamed = (of: number) => ranges.some(([first = of + 1, last = of]) => first <= of && of <= last)
      const isTold = (at: number) => gaps.some(({ from, to }) => from <= at && at <= to)
      return destroyed
        .filter(({ offset, receivedAt, isSeen }) => !isTold(receivedAt) || (isSeen && !isNamed(offset)))
        .map(({ offset, receivedAt }) => `commit ${offset} of ${new Date(receivedAt).toISOString()}`)
    },
  }
}

/** The newest commit that stands in a sealed file, 0 for none. */
const sealedTo = (dataDir: string): number =>
  Math.max(
    0,
    ...sealedIn(join(dataDir, 'history')).map((name) => Number.parseInt(name.split('-')[1] ?? '0', 10)),
  )

function flipBit(bytes: Buffer, at: number, random: Random): void {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7))
}

const sealedIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .sort()

type Log = {
  readonly bytes: Buffer
  /** Of the frames of the present round; what lies behind `end` is of an earlier one. */
  readonly start: number
  readonly end: number
  readonly frames: readonly Buffer[]
}

/** https://www.sqlite.org/fileformat.html#the_write_ahead_log: a header of 32 bytes, frames of 24 and a page. */
function logIn(file: string): Log {
  const bytes = readFileSync(file)
  const [start, pageAt, saltAt, frameSaltAt] = [32, 8, 16, 8]
  if (bytes.length < start) return { bytes, start: bytes.length, end: bytes.length, frames: [] }
  const size = 24 + bytes.readUInt32BE(pageAt)
  const salt = bytes.subarray(saltAt, saltAt + 8)
  const frames: Buffer[] = []
  let end = start
  while (end + size <= bytes.length) {
    const frame = bytes.subarray(end, end + size)
    if (!frame.subarray(frameSaltAt, frameSaltAt + 8).equals(salt)) break
    frames.push(frame)
    end += size
  }
  return { bytes, start, end, frames }
}
