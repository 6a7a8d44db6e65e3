/**
 * `history`: what the energy office asks for, on a month of 5,010 meters that read each quarter of an hour
 * (14.4 million readings). The month is made by the gateway's own consumers from commits as meters send them
 * (96 samples once a day), nothing is written past them; daily use is then held to a recomputation from the
 * raw readings that knows nothing of the ledger.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../src/connect/system-clock.ts'
import { startHistory } from '../src/consumers/history.ts'
import { startLedger } from '../src/consumers/ledger.ts'
import { ledgerThread } from '../src/consumers/ledger-thread.ts'
import { waterUseReader } from '../src/consumers/water-use.ts'
import { openIntervalBook } from '../src/historian/interval-book.ts'
import { ParquetOptions, parquetHistorian } from '../src/historian/parquet.ts'
import type { UseQuery, UseRow } from '../src/metering/water-use.ts'
import { SILENT_LOG } from '../src/model/log.ts'
import { monthOfMeters, SITE_TIME_ZONE } from './support/month-of-meters.ts'
import { recomputeFromRawReadings } from './support/raw-use.ts'
import { median, progress, report } from './support/result.ts'

const METERS = Number(process.env.GATEHOUSE_BENCH_METERS ?? 5_010)
const DAYS = Number(process.env.GATEHOUSE_BENCH_DAYS ?? 30)
const RUNS = 7
const METERS_ASKED = 25
/** Sums of binary fractions in another order differ in the last digits: a thousandth of a millilitre. */
const EQUAL_WITHIN_M3 = 1e-9

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-history-'))
const edge = { clock: systemClock, log: SILENT_LOG }
const options = ParquetOptions.parse({})
const month = monthOfMeters(METERS, DAYS)
const openHistory = () =>
  parquetHistorian({ ...edge, folder: join(folder, 'history'), options, repeatsBy: () => 'point' })
const BOOK = join(folder, 'ledger.sqlite')
const openBook = () => openIntervalBook({ file: BOOK })

try {
  await prepare()
  await ask()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function prepare(): Promise<void> {
  const { journal, readings } = month
  progress(`history: ${readings} readings of ${METERS} meters go through history and ledger`)
  const startedMs = performance.now()
  const pauses = monitorEventLoopDelay({ resolution: 5 })
  pauses.enable()
  await using historian = await openHistory()
  await using book = openBook()
  await using history = startHistory({ ...edge, journal, historian })
  const water = {
    meters: month.devices.map(({ id }) => ({ device: id, measuresEveryMs: 900_000 })),
    timeZone: SITE_TIME_ZONE,
  }
  await using thread = ledgerThread({ ...water, file: BOOK })
  await using ledger = startLedger({ ...edge, ...water, journal, book, work: thread.work })
  const watch = setInterval(() => {
    progress(`  ${history.counts.readings} in the history, ${ledger.counts.marks} in the ledger`)
  }, 10_000)
  const took = async (consumer: typeof history | typeof ledger) => {
    await consumer.reached(journal.head.offset)
    return (performance.now() - startedMs) / 1_000
  }
  const [historyS, ledgerS] = await Promise.all([took(history), took(ledger)])
  await historian.seal()
  clearInterval(watch)
  pauses.disable()
  const seconds = [historyS, ledgerS].map((s) => s.toFixed(0)).join(' s and ')
  progress(
    `history: taken in after ${seconds} s, longest pause ${(pauses.max / 1e6).toFixed(0)} ms; ${JSON.stringify(historian.counts)}`,
  )
}

async function ask(): Promise<void> {
  await using historian = await openHistory()
  await using book = openBook()
  const waterUse = waterUseReader({ book, site: month.site })
  const { from, to } = month
  const use = async (query: Pick<UseQuery, 'step' | 'by'>) => {
    const rows: UseRow[] = []
    for await (const some of waterUse({ from, to, ...query })) rows.push(...some)
    return rows
  }

  const byDay = await timed(RUNS, () => use({ step: 'day', by: 'device' }))
  const raw = await recomputeFromRawReadings(join(folder, 'history'), month)
  const different = byDay.answer.filter(({ id, from: day, volumeM3 }) => {
    const expected = raw.volumes.get(`${id} ${day}`) ?? null
    if (expected === null || volumeM3 === null) return expected !== volumeM3
    return Math.abs(volumeM3 - expected) > EQUAL_WITHIN_M3
  })
  const equal =
    different.length === 0 && raw.readings === month.readings && byDay.answer.length === METERS * DAYS
  report({
    bench: 'history',
    metric: 'daily-use-of-all-meters',
    value: byDay.medianS,
    unit: 's',
    target: equal ? 0.4 : -1,
    holds: 'value <= target',
    details: {
      firstS: byDay.firstS,
      rows: byDay.answer.length,
      equalToRawReadings: equal,
      differentRows: different.length,
      rawReadings: raw.readings,
      rawRecomputationS: raw.seconds,
    },
  })

  const step = Math.max(1, Math.floor(METERS / METERS_ASKED))
  const asked = month.devices.filter((_, n) => n % step === 0).slice(0, METERS_ASKED)
  const meterMs: number[] = []
  let rows = 0
  for (const { id: device } of asked) {
    const startedMs = performance.now()
    rows += (await historian.readings({ device, from, to, limit: 10_000 })).length
    meterMs.push(performance.now() - startedMs)
  }
  report({
    bench: 'history',
    metric: "one-meter's-month-raw",
    value: median(meterMs.slice(1)),
    unit: 'ms',
    target: 40,
    holds: 'value <= target',
    details: {
      firstMs: Math.round(meterMs[0] ?? 0), // every file is checked whole when it is first read
      slowestMs: Math.round(Math.max(...meterMs.slice(1))),
      meters: asked.length,
      rowsAMeter: rows / asked.length,
      files: historian.counts.sealedFiles,
    },
  })

  const byInstitution = await timed(RUNS, () => use({ step: 'month', by: 'institution' }))
  report({
    bench: 'history',
    metric: 'month-by-institution',
    value: byInstitution.medianS,
    unit: 's',
    target: 0.3,
    holds: 'value <= target',
    details: { firstS: byInstitution.firstS, rows: byInstitution.answer.length },
  })
}

async function timed<T>(runs: number, run: () => Promise<T>) {
  const tookS: number[] = []
  let answer: T | undefined
  for (let n = 0; n < runs; n++) {
    const startedMs = performance.now()
    answer = await run()
    tookS.push((performance.now() - startedMs) / 1_000)
  }
  return { answer: answer as T, firstS: Number(tookS[0]?.toFixed(3)), medianS: median(tookS) }
}
