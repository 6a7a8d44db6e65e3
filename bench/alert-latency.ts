/**
 * From publishing a reading that breaches a rule to its alarm on the live stream, while 10,000 readings a
 * second go on. The rule that is breached waits for nothing (`forMs: 0`), so what is measured is the way
 * alone: broker, journal, rules, alarm and order in their database, stream. Each breach is on another meter
 * and is cleared by that meter's next reading.
 */
import { openWire, preparePublish } from '../tests/support/mqtt-wire.ts'
import { listen } from './support/live-events.ts'
import { progress, report } from './support/result.ts'
import { perSecond, runLoad } from './support/run-load.ts'
import { numberIn, READING } from './support/site.ts'
import { startSubject } from './support/subject.ts'

const BENCH = 'alert-latency'
const READINGS_PER_S = 10_000
const METERS = 5_010
const CONNECTIONS = 100
/** Breaches a second; each is an alarm, an order and three events: far more than any campus has. */
const BREACHES_PER_S = 20
const WARM_UP_S = 5
const SECONDS = 30
/** The figure where an event never came: JSON knows no infinity. */
const GIVEN_UP_MS = 1e9

await using subject = await startSubject({
  meters: METERS,
  connections: CONNECTIONS,
  burst: { forMs: 0 },
})
const { gateway, senders, site } = subject
const [prober, ...others] = senders
if (!prober) throw new Error('no sender')

/** By event and meter, in their order: when what will bring the event was published. */
const publishedAtMs = new Map<string, number[]>()
const latenciesMs: number[] = []
let counts = false
const token = await gateway.command('token', 'create', '--role', 'viewer')
const stop = await listen(gateway.url, token, new Set(['alarm.raised', 'alarm.cleared']), (live) => {
  const { device } = live.data as { device: string }
  const key = `${live.event} ${device}`
  const since = publishedAtMs.get(key)?.shift()
  if (since === undefined) return
  if (counts) latenciesMs.push(live.readAtMs - since)
})
const wire = await openWire(gateway.mqttPort, prober.user, prober.password, 'prober')

const meters = site.meters.filter((_, index) => index % CONNECTIONS === 0)
/** The number in the register of what is published here, apart from those of the load. */
let probes = 900_000_000
let probed = 0
let unacknowledged = 0
async function probe(meter: string, flow: number, event: string): Promise<void> {
  const payload = `{"volume":1284.${probes++},"flow":${flow},"battery":3.6}`
  const key = `${event} ${meter}`
  const waiting = publishedAtMs.get(key) ?? []
  publishedAtMs.set(key, waiting)
  waiting.push(performance.now())
  unacknowledged++
  await wire.publish(preparePublish(`gatehouse/${meter}/readings`, payload))
  unacknowledged--
}
async function breaches(seconds: number): Promise<void> {
  const startedMs = performance.now()
  for (let n = 0; n < seconds * BREACHES_PER_S; n++) {
    const waitMs = startedMs + (n * 1000) / BREACHES_PER_S - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const round = Math.floor(n / meters.length)
    const isBreach = round % 2 === 0
    void probe(
      meters[n % meters.length] as string,
      isBreach ? 20 : 1,
      isBreach ? 'alarm.raised' : 'alarm.cleared',
    )
    probed++
  }
}

const paced = {
  senders: others,
  payloads: [READING],
  window: 100,
  port: gateway.mqttPort,
  rate: READINGS_PER_S,
}
const load = runLoad({ ...paced, seconds: WARM_UP_S + SECONDS + 3 })
await new Promise((resolve) => setTimeout(resolve, WARM_UP_S * 1000))
counts = true
await breaches(SECONDS)
const ran = await load
progress(`${BENCH}: ${perSecond(ran).toFixed()} readings/s, ${latenciesMs.length} of ${probed} events seen`)
await subject.caughtUp()
await new Promise((resolve) => setTimeout(resolve, 1_000)) // the last events leave
const neverSeen = publishedAtMs.values().reduce((sum, waiting) => sum + waiting.length, 0)
stop()
wire.close()

const sorted = latenciesMs.toSorted((a, b) => a - b)
const quantile = (q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
const seen = new Set<number>()
for (const record of await subject.records())
  if (record.is === 'reading') seen.add(numberIn(record.values.volume as number))
report({
  bench: BENCH,
  metric: 'p99 from publish to event on the live stream',
  value: neverSeen > 0 ? GIVEN_UP_MS : quantile(0.99),
  unit: 'ms',
  target: 100,
  holds: 'value <= target',
  lost: ran.acknowledged + probed - unacknowledged - seen.size,
  details: {
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    worstMs: sorted.at(-1),
    events: sorted.length,
    neverSeen,
    readingsPerS: perSecond(ran),
    breachesPerS: BREACHES_PER_S,
    rulesDeclared: 20,
    rulesPerDevice: 5,
    pubackP99Ms: ran.p99Ms,
  },
})
process.exit(0) // the stream's connection may linger
