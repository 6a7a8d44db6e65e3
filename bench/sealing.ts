/**
 * `sealing`: what it costs to seal a million readings into a Parquet file, by the history's own code in a
 * real folder: processor time of every thread and process that has part in it, the longest turn of the
 * gateway's loop, bytes on disk; and what merging costs. The ceiling is DuckDB's own COPY of the same rows,
 * which lie in order in a table before the clock starts.
 */
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DuckDBInstance } from '@duckdb/node-api'
import { systemClock } from '../src/connect/system-clock.ts'
import { ParquetOptions, parquetHistorian } from '../src/historian/parquet.ts'
import type { Commit } from '../src/model/commit.ts'
import { SILENT_LOG } from '../src/model/log.ts'
import { processorSeconds } from './support/metrics.ts'
import { median, progress, report } from './support/result.ts'

const BENCH = 'sealing'
const METERS = 5_010
const READINGS = Number(process.env.GATEHOUSE_BENCH_READINGS ?? 1_000_000)
const RUNS = Number(process.env.GATEHOUSE_BENCH_RUNS ?? 3)
const QUARTER_MS = 900_000
const SAMPLES = 96
const FIRST = Date.UTC(2026, 5, 1)
/** A merge of eight files, as they come within a day. */
const MERGED_FILES = 8

/** Not in the order of their names, as they would not come. */
const METER_IDS = Array.from(
  { length: METERS },
  (_, n) => `meter-${String((n * 1_777) % METERS).padStart(5, '0')}`,
)
const flowAt = (quarter: number) =>
  quarter % SAMPLES < 24 ? 0 : Number((0.25 + (quarter % 7) * 0.05).toFixed(2))

function sampleOf(meter: number, quarter: number, at: number) {
  const volume = Number((1_284 + meter + quarter * 0.0625).toFixed(4))
  const values = { volume, flow: flowAt(quarter + meter), battery: 3.6 }
  return { is: 'reading' as const, device: METER_IDS[meter] as string, at, values }
}

type Pattern = { readonly name: string; commits(count: number): Generator<Commit> }

/** Each meter one reading a quarter of an hour, at its own second; some hundred messages in a commit. */
const live: Pattern = {
  name: 'live',
  *commits(count) {
    const receivedAt = (n: number) => FIRST + Math.floor((n / METERS) * QUARTER_MS)
    for (let n = 0, offset = 1; n < count; offset++) {
      const records = []
      for (const end = Math.min(count, n + 400); n < end; n++) {
        const at = receivedAt(n) - 1_000 - ((n * 37) % 900)
        records.push(sampleOf(n % METERS, Math.floor(n / METERS), at))
      }
      yield { offset, receivedAt: receivedAt(n), records }
    }
  },
}

/** Each meter a whole day at once; eight messages in a commit. */
const batched: Pattern = {
  name: 'batched',
  *commits(count) {
    for (let n = 0, offset = 1; n < count; offset++) {
      const records = []
      for (const end = Math.min(count, n + 8 * SAMPLES); n < end; n++) {
        const message = Math.floor(n / SAMPLES)
        const quarter = Math.floor(message / METERS) * SAMPLES + (n % SAMPLES)
        records.push(sampleOf(message % METERS, quarter, FIRST + quarter * QUARTER_MS))
      }
      yield { offset, receivedAt: FIRST + offset * 1_000, records }
    }
  },
}

/** Processor seconds of the processes that this one has started, by their ids. */
function processorOfChildren(): Map<number, number> {
  const pids = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return new Map(pids.map((pid) => [pid, processorSeconds(pid)]))
}

/** Seconds of the processor. Of a process that ends meanwhile the last tenth of a second may be missing. */
function meter() {
  const children = processorOfChildren()
  const seen = new Map(children)
  const [all, main] = [process.cpuUsage(), process.threadCpuUsage()]
  const look = () => {
    for (const [pid, s] of processorOfChildren()) seen.set(pid, s)
  }
  const watch = setInterval(look, 100)
  return () => {
    clearInterval(watch)
    look()
    const [allS, mainS] = [process.cpuUsage(all), process.threadCpuUsage(main)].map(
      ({ user, system }) => (user + system) / 1e6,
    ) as [number, number]
    let engineS = 0
    for (const [pid, s] of seen) engineS += s - (children.get(pid) ?? 0)
    return { mainS, threadsS: allS - mainS, engineS }
  }
}

async function measured(run: () => Promise<void>) {
  const pauses = monitorEventLoopDelay({ resolution: 1 })
  pauses.enable()
  const processor = meter()
  const startedMs = performance.now()
  await run()
  const wallS = (performance.now() - startedMs) / 1_000
  pauses.disable()
  return { ...processor(), wallS, longestTurnMs: pauses.max / 1e6 }
}

const open = (folder: string, sealReadings: number) =>
  parquetHistorian({
    folder,
    options: ParquetOptions.parse({ sealReadings, sealAfterMs: 1e12 }),
    repeatsBy: () => 'point',
    clock: systemClock,
    log: SILENT_LOG,
  })

const sealedFiles = (folder: string) => globSync(join(folder, '*.parquet'))
const bytesOf = (folder: string) => sealedFiles(folder).reduce((sum, file) => sum + statSync(file).size, 0)

async function sealOnce(pattern: Pattern) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-sealing-'))
  try {
    await using historian = await open(folder, 10_000_000)
    // Some readings first: engine, threads and compiled code are there in a gateway that has run for a day.
    const commits = [...pattern.commits(READINGS)]
    const warm = commits.findIndex((_, n) => n * 400 >= READINGS / 20) + 1
    await historian.write(commits.slice(0, warm))
    await historian.seal()
    const before = { bytes: bytesOf(folder), readings: historian.counts.sealedReadings }
    const own = commits.slice(warm)
    const adding = await measured(() => historian.write(own))
    const sealing = await measured(() => historian.seal())
    const readings = historian.counts.sealedReadings - before.readings
    const bytes = bytesOf(folder) - before.bytes
    const largest = sealedFiles(folder).toSorted((a, b) => statSync(b).size - statSync(a).size)[0] as string
    return { adding, sealing, readings, bytes, ceiling: await copied(folder, largest) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same rows, already in a table and in order, through one COPY of DuckDB. */
async function copied(folder: string, file: string) {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '1' })
  const connection = await instance.connect()
  await connection.run(`CREATE TEMP TABLE given AS SELECT * FROM read_parquet('${file}')`)
  const started = process.cpuUsage()
  const to = join(folder, 'ceiling')
  await connection.run(
    `COPY given TO '${to}' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE 32768)`,
  )
  const { user, system } = process.cpuUsage(started)
  connection.closeSync()
  instance.closeSync()
  return { s: (user + system) / 1e6, bytes: statSync(to).size }
}

async function mergeOnce(pattern: Pattern) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-sealing-'))
  try {
    await using historian = await open(folder, 10_000_000)
    const commits = [...pattern.commits(READINGS)]
    const piece = Math.ceil(commits.length / MERGED_FILES)
    for (let n = 0; n + piece < commits.length; n += piece) {
      await historian.write(commits.slice(n, n + piece))
      await historian.seal()
    }
    await historian.write(commits.slice(-piece))
    const files = historian.counts.sealedFiles
    const merging = await measured(() => historian.seal())
    return { merging, files, left: historian.counts.sealedFiles, bytes: bytesOf(folder) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const rounded = (value: number) => Number(value.toPrecision(3))

for (const pattern of [live, batched]) {
  const runs: Awaited<ReturnType<typeof sealOnce>>[] = []
  for (let n = 0; n < RUNS; n++) {
    runs.push(await sealOnce(pattern))
    progress(`${BENCH} ${pattern.name}: ${JSON.stringify(runs.at(-1))}`)
  }
  const readings = runs[0]?.readings ?? 0
  const mid = (of: (run: (typeof runs)[number]) => number) => rounded(median(runs.map(of)))
  const us = (of: (run: (typeof runs)[number]) => number) => mid((run) => (of(run) * 1e6) / readings)
  report({
    bench: BENCH,
    metric: `processor-a-sealed-reading-${pattern.name}`,
    value: us(({ sealing: { mainS, threadsS, engineS } }) => mainS + threadsS + engineS),
    unit: 'µs',
    ceiling: us(({ ceiling }) => ceiling.s),
    target: 1,
    holds: 'value <= target',
    details: {
      readings,
      mainThread: us(({ sealing }) => sealing.mainS),
      otherThreads: us(({ sealing }) => sealing.threadsS),
      engine: us(({ sealing }) => sealing.engineS),
      wallS: mid(({ sealing }) => sealing.wallS),
      longestTurnMs: mid(({ sealing }) => sealing.longestTurnMs),
      bytesAReading: mid(({ bytes }) => bytes / readings),
      ceilingBytesAReading: mid(({ ceiling }) => ceiling.bytes / readings),
      addingAReading: us(({ adding }) => adding.mainS + adding.threadsS),
    },
  })
}

for (const pattern of [live, batched]) {
  const runs: Awaited<ReturnType<typeof mergeOnce>>[] = []
  for (let n = 0; n < RUNS; n++) {
    runs.push(await mergeOnce(pattern))
    progress(`${BENCH} merge ${pattern.name}: ${JSON.stringify(runs.at(-1))}`)
  }
  const mid = (of: (run: (typeof runs)[number]) => number) => rounded(median(runs.map(of)))
  report({
    bench: BENCH,
    metric: `processor-a-merged-reading-${pattern.name}`,
    value: mid(
      ({ merging: { mainS, threadsS, engineS } }) => ((mainS + threadsS + engineS) * 1e6) / READINGS,
    ),
    unit: 'µs',
    target: 2,
    holds: 'value <= target',
    details: {
      readings: READINGS,
      filesBefore: mid(({ files }) => files + 1),
      filesAfter: mid(({ left }) => left),
      mainThread: mid(({ merging }) => (merging.mainS * 1e6) / READINGS),
      otherThreads: mid(({ merging }) => (merging.threadsS * 1e6) / READINGS),
      engine: mid(({ merging }) => (merging.engineS * 1e6) / READINGS),
      wallS: mid(({ merging }) => merging.wallS),
      longestTurnMs: mid(({ merging }) => merging.longestTurnMs),
      bytesAReading: mid(({ bytes }) => bytes / READINGS),
    },
  })
}
