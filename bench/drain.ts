/**
 * `drain`: a real InfluxDB stands still (SIGSTOP) while a million readings come in, and then answers again;
 * 2,000 readings a second go on all the while. Measured: how fast the backlog goes out, what it costs in
 * memory, whether alarms notice, and whether every acknowledged reading is in the database in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { startInfluxd } from '../tests/support/influxd.ts'
import { openWire, preparePublish } from '../tests/support/mqtt-wire.ts'
import { quantile, startAlarmProbe } from './support/alarm-probe.ts'
import { lagIn, metricsOf, processorSeconds, residentMb } from './support/metrics.ts'
import type { Load } from './support/publisher.ts'
import { progress, report } from './support/result.ts'
import { runLoad } from './support/run-load.ts'
import { READING } from './support/site.ts'
import { startSubject } from './support/subject.ts'

const BACKLOG = Number(process.env.GATEHOUSE_BENCH_BACKLOG ?? 1_000_000)
const LIVE_RATE = 2_000
const CALM_S = 15
/** Of one message, as a meter sends that was offline. */
const SAMPLES = 96
const IN_FLIGHT = 16
const LIVE_LAG_COMMITS = 600

await using influxd = await startInfluxd()
await using subject = await startSubject({
  meters: 1_000,
  connections: 4,
  burst: { forMs: 0 },
  settings: {
    historian: {
      kind: 'influx',
      influx: { url: influxd.url, version: '1', database: influxd.database },
    },
  },
})
const { gateway } = subject
const pid = gateway.process.pid as number
const [liveA, liveB, late, probed] = subject.senders as [Sender, Sender, Sender, Sender]
type Sender = Load['senders'][number]

const probe = await startAlarmProbe(gateway, probed)
let over = false
let liveSent = 0
const live = (async () => {
  while (!over) {
    const load: Load = { ...of(liveA, liveB), payloads: [READING], window: 64, rate: LIVE_RATE, seconds: 10 }
    liveSent += (await runLoad(load)).acknowledged
  }
})()

await sleep(5_000)
probe.take()
await sleep(CALM_S * 1_000)
const before = probe.take()
const calmMb = residentMb(pid)

process.kill(influxd.pid, 'SIGSTOP')
progress(`drain: the database stands still; ${BACKLOG} readings come in`)
const loadedS = await sendBacklog()
await sleep(3_000)
const heldMb = residentMb(pid)
const backlog = await behind()
probe.take()
const busyBefore = processorSeconds(pid)
process.kill(influxd.pid, 'SIGCONT')

const storedOf = async () => (await metricsOf(gateway.url)).get('influx_stored_total') ?? 0
const storedAtFirst = await storedOf()
while ((await storedOf()) <= storedAtFirst) await sleep(20)
const startedMs = performance.now()
let mostMb = heldMb
while ((await behind()) > LIVE_LAG_COMMITS) {
  mostMb = Math.max(mostMb, residentMb(pid))
  await sleep(100)
}
const seconds = (performance.now() - startedMs) / 1_000
const drained = (await storedOf()) - storedAtFirst
const during = probe.take()
const busy = processorSeconds(pid) - busyBefore
over = true
await live
await probe[Symbol.asyncDispose]()
await subject.caughtUp()
await sleep(2_000)
const acknowledged = BACKLOG + liveSent + probe.sent
const stored = await countStored()

report({
  bench: 'drain',
  metric: 'drain-rate',
  value: drained / seconds,
  unit: 'readings/s',
  ceiling: LIVE_RATE,
  target: 5,
  holds: 'ratio >= target',
  lost: Math.max(0, acknowledged - stored),
  details: {
    ceilingIs: 'the live rate that goes on meanwhile',
    backlog: BACKLOG,
    backlogCommits: backlog,
    seconds,
    acknowledged,
    stored,
    backlogTakenInPerS: Math.round(BACKLOG / loadedS),
    processorShare: Number((busy / seconds).toFixed(2)),
  },
})
report({
  bench: 'drain',
  metric: 'memory-growth-while-draining',
  value: Math.max(0, mostMb - heldMb),
  unit: 'MB',
  target: 50,
  holds: 'value <= target',
  details: { calmMb: Math.round(calmMb), heldMb: Math.round(heldMb), mostMb: Math.round(mostMb) },
})
report({
  bench: 'drain',
  metric: 'alarm-latency-p95-while-draining',
  value: quantile(during, 0.95),
  unit: 'ms',
  ceiling: quantile(before, 0.95),
  target: 1.5,
  holds: 'ratio <= target',
  details: {
    ceilingIs: 'the same before the outage',
    alarms: during.length,
    p50Ms: quantile(during, 0.5),
    p50BeforeMs: quantile(before, 0.5),
    slowestMs: during.at(-1),
    slowestBeforeMs: before.at(-1),
  },
})

function of(...senders: Sender[]): Pick<Load, 'port' | 'senders'> {
  return { port: gateway.mqttPort, senders }
}

/** Commits that the history has not taken. */
async function behind(): Promise<number> {
  return lagIn(await metricsOf(gateway.url), 'history')
}

/** Readings of the last hours, a second apart; returns the seconds it took until all were acknowledged. */
async function sendBacklog(): Promise<number> {
  const wire = await openWire(gateway.mqttPort, late.user, late.password)
  const start = Date.now() - 3 * 3_600_000
  const startMs = performance.now()
  let sent = 0
  for (let message = 0; sent < BACKLOG; message++) {
    const meter = message % late.topics.length
    const round = Math.floor(message / late.topics.length)
    const samples = Array.from({ length: Math.min(SAMPLES, BACKLOG - sent) }, (_, n) => {
      const second = round * SAMPLES + n
      return { time: start + second * 1_000, volume: 1_000 + second / 1_000, flow: 1.25, battery: 3.6 }
    })
    const done = wire.publish(preparePublish(late.topics[meter] as string, JSON.stringify(samples)))
    sent += samples.length
    if (wire.inFlight >= IN_FLIGHT) await done
  }
  while (wire.inFlight > 0) await sleep(10)
  wire.close()
  return (performance.now() - startMs) / 1_000
}

async function countStored(): Promise<number> {
  const answer = (await influxd.query('SELECT count("flow") FROM "water-meter"')) as {
    results: { series?: { values: [string, number][] }[] }[]
  }
  return answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0
}
