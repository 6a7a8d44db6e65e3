/**
 * The Parquet engine: DuckDB over immutable files, in a process of its own, so that whatever it
 * does (out of memory, a crash, a damaged file) the gateway goes on. It holds nothing that
 * matters: no DuckDB file, no state that is not also with the gateway or in a sealed file.
 */
import { createReadStream, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { crc32 } from 'node:zlib'
import { DOUBLE, type DuckDBConnection, DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import type {
  Answered,
  Answers,
  Ask,
  Asked,
  EngineSettings,
  FileFigures,
  SealedRow,
  Written,
} from './parquet-protocol.ts'
import { checksumIn } from './sealed-files.ts'

/** Rows of one row group: small enough that one device touches few of them, large enough to compress. */
const ROW_GROUP = 32_768
/** As the threads that seal and that keep the ledger. */
const GENTLE = 10

const settings = JSON.parse(process.argv[2] ?? '{}') as EngineSettings
// Before any other thread is there: on Linux each takes the priority of the one that started it.
if (settings.isGentle) setPriority(GENTLE)
process.chdir(settings.folder) // names relative to it hold no sign that a path pattern could take for its own

const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: `${settings.memoryLimitMb}MB`,
  threads: String(settings.threads),
  temp_directory: settings.isGentle ? 'temporary/merging' : 'temporary',
  max_temp_directory_size: '4GB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
})
/** For figures; each merge and each query has a connection of its own, so that none waits for another. */
const connection = await instance.connect()
await connection.run('SET GLOBAL parquet_metadata_cache = true')

async function onItsOwn<Result>(run: (own: DuckDBConnection) => Promise<Result>): Promise<Result> {
  const own = await instance.connect()
  try {
    return await run(own)
  } finally {
    own.closeSync()
  }
}

class Damaged extends Error {
  readonly file: string
  constructor(file: string, because: string) {
    super(because)
    this.file = file
  }
}

const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const files = (names: readonly string[]) => `read_parquet([${names.map(text).join(', ')}])`

/**
 * Of each file that was read whole in the life of this process: its size and last change then. Parquet pages
 * carry no checksum of their own.
 */
const verified = new Map<string, string>()

/**
 * What an operating system says of the file itself. All else (no more open files, no right to read, no
 * memory) is said of us.
 */
const OF_THE_FILE = new Set(['ENOENT', 'EIO'])

/** Throws Damaged where the file is gone, cannot be read off the disk, or is not what its name says. */
async function verify(file: string): Promise<void> {
  try {
    const { size, mtimeMs } = statSync(file)
    const state = `${size} ${mtimeMs}`
    if (verified.get(file) === state) return
    const checksum = await checksumOf(file)
    if (checksum !== checksumIn(file)) throw new Damaged(file, `its content has checksum ${checksum}`)
    verified.set(file, state)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw OF_THE_FILE.has(code ?? '') ? new Damaged(file, message) : cause
  }
}

async function checksumOf(file: string): Promise<string> {
  let sum = 0
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 }))
    sum = crc32(part as Buffer, sum)
  return sum.toString(16).padStart(8, '0')
}

async function inspect(file: string): Promise<FileFigures> {
  const sql = `SELECT count(*)::DOUBLE, min(measured_at)::DOUBLE, max(measured_at)::DOUBLE, max(received_at)::DOUBLE FROM ${files([file])}`
  try {
    const [row] = (await connection.runAndReadAll(sql)).getRows()
    const [readings, earliest, latest, receivedAt] = row as [number, number, number, number]
    return { readings, earliest: earliest ?? 0, latest: latest ?? 0, receivedAt: receivedAt ?? 0 }
  } catch (cause) {
    // Its own words do not tell a spoilt file from a lack of memory; the checksum does. One that is being
    // written has none yet.
    if (checksumIn(file) !== undefined) await verify(file)
    throw cause
  }
}

const IN_ORDER = 'device, measured_at, journal_offset, ord'

async function write(by: DuckDBConnection, select: string, to: string): Promise<Written> {
  await by.run(
    `COPY (${select}) TO ${text(to)} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE ${ROW_GROUP})`,
  )
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { ...(await inspect(to)), checksum: await checksumOf(to) }
}

async function merge(sources: readonly string[], to: string): Promise<Written> {
  for (const file of sources) await verify(file)
  const select = `SELECT * FROM ${files(sources)} QUALIFY row_number() OVER (PARTITION BY device, measured_at, said, doubts ORDER BY journal_offset, ord) = 1 ORDER BY ${IN_ORDER}`
  return onItsOwn((own) => write(own, select, to))
}

async function rows({ files: sources, device, from, to, limit }: Extract<Ask, { is: 'rows' }>) {
  for (const file of sources) await verify(file)
  const sql = `SELECT measured_at::DOUBLE, received_at::DOUBLE, journal_offset::DOUBLE, ord, said, doubts FROM ${files(sources)}
    WHERE device = $device AND measured_at >= $from::BIGINT AND measured_at < $to::BIGINT
    ORDER BY measured_at, journal_offset, ord LIMIT ${Math.trunc(limit)}`
  const types = { device: VARCHAR, from: DOUBLE, to: DOUBLE }
  const result = await onItsOwn((own) => own.runAndReadAll(sql, { device, from, to }, types))
  return result.getRows() as unknown as SealedRow[]
}

async function answer(ask: Ask): Promise<Answers[keyof Answers]> {
  switch (ask.is) {
    case 'inspect':
      if (ask.whole) await verify(ask.file)
      return inspect(ask.file)
    case 'merge':
      return merge(ask.files, ask.to)
    case 'rows':
      return rows(ask)
  }
}

const reply = (answered: Answered) => process.send?.(answered)

process.on('disconnect', () => process.exit())
// Ctrl-C reaches every process of the terminal; the gateway decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.on('message', async ({ id, ask }: Asked) => {
  try {
    reply({ id, answer: await answer(ask) })
  } catch (cause) {
    if (cause instanceof Damaged) reply({ id, damaged: cause.file, because: cause.message })
    else reply({ id, failed: (cause as Error).message })
  }
})
