/**
 * A month of meters through ten rules: how long a back-test takes, beside the barest thing that could do it,
 * reading the same rows from the same files with the same number of threads and no rules. A smaller month:
 * GATEHOUSE_BENCH_METERS, GATEHOUSE_BENCH_DAYS.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { WHOLE_SITE } from '../src/alarms/seat.ts'
import { backtester } from '../src/backtest/backtest.ts'
import { readProfiles } from '../src/config/profiles.ts'
import { systemClock } from '../src/connect/system-clock.ts'
import { ParquetOptions, parquetHistorian } from '../src/historian/parquet.ts'
import { sealedIn } from '../src/historian/sealed-files.ts'
import { SILENT_LOG } from '../src/model/log.ts'
import { profileName } from '../src/profiles/device-profile.ts'
import { RulesOptions } from '../src/rules/index.ts'
import { monthOfMeters } from './support/month-of-meters.ts'
import { progress, report } from './support/result.ts'

const METERS = Number(process.env.GATEHOUSE_BENCH_METERS ?? 5_010)
const DAYS = Number(process.env.GATEHOUSE_BENCH_DAYS ?? 30)
const WHOLE = METERS === 5_010 && DAYS === 30
const PROCESSES = 2
const TARGET_S = 45
const HOUR_MS = 3_600_000

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-backtest-'))
const history = join(folder, 'history')
const month = monthOfMeters(METERS, DAYS)

const sustained = (above: number, hours: number) => ({
  kind: 'sustained',
  options: { point: 'flow', above, clearBelow: above / 2, forMs: hours * HOUR_MS, heldMs: HOUR_MS },
})
const continuous = (hours: number) => ({
  kind: 'continuous-flow',
  options: { floorM3h: 0.01, forMs: hours * HOUR_MS, intervalMs: 900_000, heldMs: 2 * HOUR_MS },
})
const silent = (hours: number) => ({ kind: 'silent', options: { forMs: hours * HOUR_MS } })

const { rules } = RulesOptions.parse({
  rules: [
    sustained(8, 1),
    sustained(0.22, 1),
    sustained(0.2, 2),
    sustained(0.15, 3),
    sustained(0.1, 4),
    continuous(6),
    continuous(12),
    continuous(24),
    silent(26),
    silent(48),
  ].map((rule, n) => ({ id: `rule-${n + 1}`, severity: 'medium', verifyMs: HOUR_MS, ...rule })),
})

try {
  await fill()
  const ceilingS = await readAll()
  const backtestS = await test()
  report({
    bench: 'backtest',
    metric: 'month-of-meters-through-10-rules',
    value: backtestS.seconds,
    unit: 's',
    ceiling: ceilingS,
    target: WHOLE ? TARGET_S : Number(((TARGET_S * month.readings) / 14_000_000).toFixed(1)),
    holds: 'value <= target',
    details: {
      ...backtestS.details,
      meters: METERS,
      days: DAYS,
      processes: PROCESSES,
      cores: availableParallelism(),
    },
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Through the historian, as the gateway fills it. */
async function fill(): Promise<void> {
  progress(`backtest: ${month.readings} readings of ${METERS} meters go into the history`)
  const options = ParquetOptions.parse({})
  await using historian = await parquetHistorian({
    clock: systemClock,
    log: SILENT_LOG,
    folder: history,
    options,
    repeatsBy: () => 'point' as const,
  })
  for await (const commits of month.journal.follow(0, new AbortController().signal))
    await historian.write(commits)
  await historian.seal()
}

/** Every row taken apart into numbers and handed over, in files' order. */
async function readAll(): Promise<number> {
  const files = sealedIn(history).map(({ name }) => `'${join(history, name)}'`)
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '1GB',
    threads: String(PROCESSES),
  })
  const connection = await instance.connect()
  const startedMs = performance.now()
  const result = await connection.stream(
    `SELECT measured_at::DOUBLE, j.volume, j.flow, j.battery FROM (
       SELECT measured_at, from_json(said, '{"volume":"DOUBLE","flow":"DOUBLE","battery":"DOUBLE"}') AS j
       FROM read_parquet([${files.join(', ')}]))`,
  )
  let rows = 0
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    rows += chunk.rowCount
  }
  connection.closeSync()
  if (rows !== month.readings) throw new Error(`${rows} rows were read of ${month.readings}`)
  return (performance.now() - startedMs) / 1_000
}

async function test() {
  const site = {
    id: 'bench',
    name: 'Bench',
    buildings: [],
    zones: [],
    routes: [],
    vehicles: [],
    ...month.site,
  }
  const tester = backtester({
    site,
    profiles: new Map(readProfiles('device-profiles').map((profile) => [profileName(profile), profile])),
    running: () => [],
    seats: WHOLE_SITE,
    history: { kind: 'embedded', folder: history, journalFile: join(folder, 'no-journal') },
    alarms: { list: async () => ({ items: [], next: null }) },
    clock: { ...systemClock, now: () => month.to },
    processes: PROCESSES,
    gentle: false,
    timeLimitMs: 3_600_000,
    progress: (done, of) => {
      if (done % 10 === 0) progress(`  ${done} of ${of} parts`)
    },
  })
  const startedMs = performance.now()
  const { from, to } = month
  const told = await tester.run({ rules, from, to }, new AbortController().signal)
  const seconds = (performance.now() - startedMs) / 1_000
  if (told.readings !== month.readings)
    throw new Error(`${told.readings} readings were judged of ${month.readings}`)
  const alarms = told.rules.reduce((sum, rule) => sum + rule.alarms, 0)
  const details = {
    readings: told.readings,
    steps: told.readings * rules.length,
    stepsPerSecond: Math.round((told.readings * rules.length) / seconds),
    alarms,
    lateStretches: told.lateStretches,
    parked: told.parked.length,
  }
  return { seconds, details }
}
