/**
 * Meters that upload a day at once: messages of 96 quarter-hourly samples, days in their order, every meter
 * in turn, all rules on. The rate counts samples in acknowledged messages. There is no barer thing to compare
 * with, so the ceiling is null.
 */
import { median, progress, report } from './support/result.ts'
import { runLoad } from './support/run-load.ts'
import { startSubject } from './support/subject.ts'

const BENCH = 'ingest-batched'
const METERS = 5_010
const CONNECTIONS = 100
/** Of 4 to 10 kB each: as many as a connection has meters of. */
const WINDOW = 8
const SAMPLES = 96
const RUNS = 3
const DAYS_A_RUN = 3
const WARM_UP_DAYS = 2
const QUARTER_MS = 15 * 60_000
const DAY_MS = SAMPLES * QUARTER_MS

/** m³/h in a quarter of an hour of the day. */
const flowAt = (quarter: number) => (quarter < 24 ? 0 : Number((0.25 + (quarter % 7) * 0.05).toFixed(2)))
const DAY_M3 = Array.from({ length: SAMPLES }, (_, n) => flowAt(n) / 4).reduce((sum, m3) => sum + m3, 0)

const firstDay = Math.floor(Date.now() / DAY_MS) * DAY_MS - (WARM_UP_DAYS + RUNS * DAYS_A_RUN) * DAY_MS
/**
 * One day of a meter. Flow by day and none at night, a little different from sample to sample; the register
 * counts what flows.
 */
function day(number: number): string {
  let volume = 1284 + number * DAY_M3
  const samples = Array.from({ length: SAMPLES }, (_, n) => {
    const time = firstDay + number * DAY_MS + n * QUARTER_MS
    const flow = flowAt(n)
    volume += flow / 4
    return { time, volume: Number(volume.toFixed(4)), flow, battery: 3.6 }
  })
  return JSON.stringify(samples)
}

await using subject = await startSubject({ meters: METERS, connections: CONNECTIONS })
const { gateway, senders } = subject
let days = 0
let acknowledged = 0
async function run(count: number) {
  const payloads = Array.from({ length: count }, () => day(days++))
  const port = gateway.mqttPort
  const ran = await runLoad({ senders, payloads, window: WINDOW, port, once: true })
  acknowledged += ran.acknowledged
  if (ran.acknowledged < ran.sent) throw new Error(`${ran.sent - ran.acknowledged} were never acknowledged`)
  const caughtUpS = await subject.caughtUp(300)
  const samplesPerS = (ran.acknowledged * SAMPLES) / ran.seconds
  progress(
    `${BENCH}: ${samplesPerS.toFixed()} samples/s, consumers caught up after ${caughtUpS.toFixed(1)} s`,
  )
  return { samplesPerS, caughtUpS, p99Ms: ran.p99Ms }
}

await run(WARM_UP_DAYS)
const runs: Awaited<ReturnType<typeof run>>[] = []
for (let n = 0; n < RUNS; n++) runs.push(await run(DAYS_A_RUN))

/** By meter: every quarter of an hour that it sent must be there once. */
const stored = new Map<string, Set<number>>()
let twice = 0
for (const record of await subject.records()) {
  if (record.is !== 'reading') continue
  const times = stored.get(record.device) ?? new Set()
  stored.set(record.device, times)
  if (times.has(record.at)) twice++
  times.add(record.at)
}
const samples = stored.values().reduce((sum, times) => sum + times.size, 0)
report({
  bench: BENCH,
  metric: 'samples in acknowledged messages',
  value: median(runs.map(({ samplesPerS }) => samplesPerS)),
  unit: 'samples/s',
  target: 300_000,
  holds: 'value >= target',
  lost: acknowledged * SAMPLES - samples,
  details: {
    acknowledgedMessages: acknowledged,
    samplesAMessage: SAMPLES,
    storedTwice: twice,
    meters: METERS,
    connections: CONNECTIONS,
    rulesDeclared: 20,
    rulesPerDevice: 5,
    runs,
  },
})
