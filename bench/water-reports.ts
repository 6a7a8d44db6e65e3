/**
 * `water-reports`: every route of the energy office at 5,010 institutions and a year of days, asked of the
 * running gateway: the processor time of the whole answer, how long the gateway did nothing else meanwhile,
 * and what it weighed on the memory. The ceiling is a loop over the same rows of the same file by the same
 * engine, which knows no site, no quality and no answer.
 */
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { calendarOf } from '../src/metering/calendar.ts'
import type { Instant, Interval } from '../src/model/instant.ts'
import type { UseStep } from '../src/model/water-use.ts'
import { startGateway, temporaryFolder } from '../tests/support/gateway.ts'
import { median, progress, report } from './support/result.ts'
import { cpuSeconds } from './support/run-load.ts'
import { figuresIn } from './support/subject.ts'
import { INSTITUTIONS, TIME_ZONE, writeWaterYear } from './support/water-year.ts'

const BENCH = 'water-reports'
const RUNS = Number(process.env.GATEHOUSE_BENCH_RUNS ?? 3)
/** Three years to look back, and the month under way. */
const DAYS = 3 * 366 + 31
/** As long as nothing that a device or a person waits for may be held up. */
const LONGEST_TURN_MS = 50
const MOST_MB = 150
/** As long as a question takes, or so. */
const IDLE_MS = 5_000
/** Meters lie by 32 in a row of the book, each figure a column. */
const METERS_A_ROW = 32

const folder = temporaryFolder('bench-water')
try {
  const file = join(folder, 'ledger.sqlite')
  const startedMs = performance.now()
  const { whole, year, nights, site } = await writeWaterYear(file, Date.now(), DAYS)
  progress(
    `${BENCH}: ${DAYS} days are written after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`,
  )
  writeFileSync(join(folder, 'site.yaml'), JSON.stringify(site))
  writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ rules: [] }))
  const config = join(folder, 'gatehouse.yaml')
  const settings = { site: 'site.yaml', rules: 'rules.yaml', log: { level: 'warn' } }
  writeFileSync(config, JSON.stringify(settings))

  const calendar = calendarOf(TIME_ZONE)
  const startsOf = (range: Interval, step: UseStep) =>
    Array.from(calendar.intervals(range, step), ({ from }) => from)
  const civilYear = new Date(year.to - 1).getUTCFullYear()
  const thisYear = calendar.startOf(`${civilYear}-01-01`)
  const window = startsOf(nights, 'day').flatMap((day) => [2, 3].map((hour) => day + hour * 3_600_000))
  const span = ({ from, to }: Interval) =>
    `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`
  const ofYear = `water-use/totals?${span(year)}&step=day`
  const monthsIn = ({ from, to }: Interval) => ({
    from: calendar.intervalAt(from, 'month').to,
    to: calendar.intervalAt(to, 'month').from,
  })
  const months = monthsIn(year)
  const threeYears = monthsIn(whole)
  const by36Months = `${span(threeYears)}&step=month&by=institution`
  const days = startsOf(year, 'day')
  const hours = { table: 'hour_uses', starts: window } as const
  const asked: readonly Asked[] = [
    {
      what: 'quotas',
      path: `water-quotas?year=${civilYear}`,
      starts: days.filter((at) => at >= thisYear),
      targetS: 1.5,
    },
    { what: 'totals-by-institution', path: `${ofYear}&by=institution`, starts: days, targetS: 2.5 },
    { what: 'totals-by-meter', path: `${ofYear}&by=device`, starts: days, targetS: 2.5 },
    { what: 'balances', path: `water-balances?${span(year)}`, starts: days, targetS: 1.5 },
    { what: 'night-flows', path: `night-flows?${span(nights)}&by=institution`, ...hours, targetS: 2 },
    {
      what: 'use-by-month',
      path: `water-use?${span(months)}&step=month&by=institution`,
      starts: days,
      targetS: 6,
    },
    {
      what: 'use-by-36-months',
      path: `water-use?${by36Months}`,
      starts: startsOf(threeYears, 'day'),
      targetS: 18,
    },
    {
      what: 'totals-of-36-months',
      path: `water-use/totals?${by36Months}`,
      starts: startsOf(threeYears, 'day'),
      targetS: 7.5,
    },
    {
      what: 'use-by-day',
      path: `water-use?${span(year)}&step=day&by=institution`,
      starts: days,
      targetS: 15,
    },
  ]
  await using gateway = await startGateway({ config, dataDir: folder })
  const headers = { authorization: `Bearer ${await gateway.apiToken('energy')}` }
  const { pid } = gateway.process
  const metrics = async () => figuresIn(await (await fetch(`${gateway.url}/metrics`)).text())

  /** All pages of JSON, one after the other, or the CSV; the parts are let go as they come. */
  const fetchAll = async (path: string, format: 'json' | 'csv'): Promise<Fetched> => {
    let [bytes, requests] = [0, 0]
    for (let cursor: string | null = ''; cursor !== null; ) {
      const turn =
        path.includes('/totals') || format === 'csv' ? '' : `&limit=1000${cursor && `&cursor=${cursor}`}`
      const answer = await fetch(`${gateway.url}/api/v1/${path}&format=${format}${turn}`, { headers })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      requests++
      if (format === 'json') {
        const text = await answer.text()
        bytes += Buffer.byteLength(text)
        cursor = JSON.parse(text).next ?? null
      } else {
        for await (const chunk of answer.body ?? []) bytes += chunk.byteLength
        cursor = null
      }
    }
    return { bytes, requests }
  }
  const measure = async <Fetched>(task: () => Promise<Fetched>) => {
    const before = memoryOf(pid, 'VmRSS')
    writeFileSync(`/proc/${pid}/clear_refs`, '5') // the peak begins anew
    await metrics() // and so does the longest pause
    const [startMs, startS] = [performance.now(), cpuSeconds(pid)]
    const fetched = await task()
    const [wallS, processorS] = [(performance.now() - startMs) / 1_000, cpuSeconds(pid) - startS]
    const pauseMs = 1_000 * ((await metrics()).get('nodejs_eventloop_lag_max_seconds') ?? Number.NaN)
    return { fetched, wallS, processorS, pauseMs, grownMb: memoryOf(pid, 'VmHWM') - before }
  }
  const lastDay = `from=${new Date(year.to - 86_400_000).toISOString()}`
  /** Whoever asks the same within a minute is told the same: something else is asked before. */
  const askOther = async (path: string) => {
    if (path.startsWith('water-use')) return
    await fetchAll(path.replace(/year=\d+/, 'year=2020').replace(/from=[^&]+/, lastDay), 'csv')
  }

  await fetchAll(`${ofYear}&by=institution`, 'csv') // what a process grows by once belongs to none of them
  const idle = await measure(() => new Promise((resolve) => setTimeout(resolve, IDLE_MS)))
  const pauses: [number, string][] = []
  const grown: [number, string][] = []
  for (const { what, path, table = 'day_uses', starts, targetS } of asked) {
    for (const format of ['json', 'csv'] as const) {
      if (what === 'use-by-day' && format === 'json') continue // two thousand pages of one question
      const runs: Awaited<ReturnType<typeof measure<Fetched>>>[] = []
      const ceilings: number[] = []
      for (let run = 0; run < RUNS; run++) {
        ceilings.push(loopOver(file, table, starts))
        await askOther(path)
        runs.push(await measure(() => fetchAll(path, format)))
      }
      const most = (name: 'pauseMs' | 'grownMb') => Math.max(...runs.map((run) => run[name]))
      pauses.push([most('pauseMs'), `${what}-${format}`])
      grown.push([most('grownMb'), `${what}-${format}`])
      report({
        bench: BENCH,
        metric: `${what}-${format}`,
        value: median(runs.map((run) => run.processorS)),
        unit: 's',
        ceiling: median(ceilings),
        target: targetS,
        holds: 'value <= target',
        details: {
          institutions: INSTITUTIONS,
          wallS: Number(median(runs.map((run) => run.wallS)).toPrecision(3)),
          longestPauseMs: Math.round(most('pauseMs')),
          grownMb: Math.round(most('grownMb')),
          requests: runs[0]?.fetched.requests,
          megabytes: Number(((runs[0]?.fetched.bytes ?? 0) / 1e6).toFixed(1)),
        },
      })
    }
  }
  const worst = (found: readonly [number, string][]) =>
    found.toSorted(([a], [b]) => b - a)[0] as [number, string]
  const [pauseMs, pausedBy] = worst(pauses)
  const turnsMs = await longestTurns(asked.filter(({ what }) => what !== 'use-by-day'))
  report({
    bench: BENCH,
    metric: 'longest-turn',
    value: Math.max(...Object.values(turnsMs)),
    unit: 'ms',
    target: LONGEST_TURN_MS,
    holds: 'value <= target',
    // What the clock on the wall says of the same has the rest of the machine in it.
    details: {
      turnsMs,
      longestPauseMs: Math.round(pauseMs),
      pausedBy,
      idlePauseMs: Math.round(idle.pauseMs),
    },
  })
  const [grownMb, grownBy] = worst(grown)
  report({
    bench: BENCH,
    metric: 'memory-grown',
    value: grownMb,
    unit: 'MB',
    target: MOST_MB,
    holds: 'value <= target',
    details: { by: grownBy },
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** By processor time, with pages as long as they may be. */
async function longestTurns(of: readonly Asked[]): Promise<Readonly<Record<string, number>>> {
  const program = join(import.meta.dirname, 'support', 'water-turns.ts')
  const paths = of.map(({ path }) => (path.includes('/totals') ? path : `${path}&limit=1000`))
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder, ...paths])
  return JSON.parse(stdout)
}

type Asked = {
  readonly what: string
  readonly path: string
  /** The rows of the book that it is made of. */
  readonly table?: 'hour_uses'
  readonly starts: readonly Instant[]
  /** Of processor: about what a person waits for a page, where nobody else is at work. */
  readonly targetS: number
}
type Fetched = { readonly bytes: number; readonly requests: number }

/** Seconds of processor. */
function loopOver(file: string, table: string, starts: readonly Instant[]): number {
  const before = process.cpuUsage()
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const all = database.prepare(`SELECT part, uses FROM ${table} WHERE start = ?`)
    all.setReturnArrays(true)
    const sums = new Float64Array(2 * INSTITUTIONS)
    for (const start of starts) {
      for (const [part, { buffer, byteOffset }] of all.all(start) as unknown as [
        number,
        Uint8Array<ArrayBuffer>,
      ][]) {
        const volumes = new Float64Array(buffer, byteOffset, METERS_A_ROW)
        for (let at = 0; at < METERS_A_ROW; at++) {
          const meter = part * METERS_A_ROW + at
          sums[meter] = (sums[meter] as number) + (volumes[at] as number)
        }
      }
    }
  } finally {
    database.close()
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** MB, as the kernel counts it for the process. */
function memoryOf(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024
}
