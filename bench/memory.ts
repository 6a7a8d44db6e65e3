/**
 * What 100,000 meters weigh: resident memory of the gateway's process with all of them under five rules and
 * heard twice, so that latest values, rule states and repeat memory are held, over the same process with one
 * meter. Nothing is forced to be collected: it is what the operating system counts after a minute of rest,
 * and the peak until then beside it.
 */
import { readFileSync } from 'node:fs'
import { progress, report } from './support/result.ts'
import { runLoad } from './support/run-load.ts'
import { numberIn, READING } from './support/site.ts'
import { startSubject } from './support/subject.ts'

const BENCH = 'memory'
const DEVICES = 100_000
const READINGS_EACH = 2
const CONNECTIONS = 50
/** As many as come in if each says something every 20 s. */
const RATE = 5_000
const REST_MS = 60_000

type Memory = { readonly rssMb: number; readonly peakMb: number }

/** As the kernel counts it for the process. */
function memoryOf(pid: number | undefined): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const mb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return { rssMb: mb('VmRSS'), peakMb: mb('VmHWM') }
}

const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS))

async function idle(): Promise<Memory> {
  await using subject = await startSubject({ meters: 1, connections: 1 })
  await rest()
  return memoryOf(subject.gateway.process.pid)
}

const empty = await idle()
progress(`${BENCH}: idle ${empty.rssMb.toFixed()} MB`)
await using subject = await startSubject({ meters: DEVICES, connections: CONNECTIONS })
const { gateway, senders } = subject
const started = memoryOf(gateway.process.pid)
progress(`${BENCH}: ${DEVICES} devices known, ${started.rssMb.toFixed()} MB`)
const messages = DEVICES * READINGS_EACH
const ran = await runLoad({
  senders,
  payloads: [READING],
  window: 100,
  port: gateway.mqttPort,
  messages,
  rate: RATE,
})
await subject.caughtUp()
const busy = memoryOf(gateway.process.pid)
await rest()
const held = memoryOf(gateway.process.pid)
const heap = (await subject.metrics()).get('nodejs_heap_size_used_bytes') ?? Number.NaN

const seen = new Set<number>()
for (const record of await subject.records())
  if (record.is === 'reading') seen.add(numberIn(record.values.volume as number))
report({
  bench: BENCH,
  metric: 'resident memory over the idle process',
  value: held.rssMb - empty.rssMb,
  unit: 'MB',
  target: 400,
  holds: 'value <= target',
  lost: ran.acknowledged - seen.size,
  details: {
    devices: DEVICES,
    rulesPerDevice: 5,
    readings: ran.acknowledged,
    idle: empty,
    started,
    busy,
    held,
    heapUsedMb: heap / 2 ** 20,
  },
})
