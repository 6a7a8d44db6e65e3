/**
 * The same through an external broker: Mosquitto with the settings that are shipped but for its own saving,
 * and the gateway as its subscriber with all rules and consumers at work; against an mqtt.js subscriber that
 * does nothing. The broker queues what is not fetched yet, so the rate is that of the subscriber: from the
 * first message to the last.
 */
import { startMosquitto } from '../tests/support/mosquitto.ts'
import type { Load } from './support/publisher.ts'
import { median, progress, report } from './support/result.ts'
import { runLoad, startHelper } from './support/run-load.ts'
import { numberIn, READING } from './support/site.ts'
import { startSubject } from './support/subject.ts'

const BENCH = 'ingest-external'
const METERS = 5_010
const CONNECTIONS = 20
const WINDOW = 200
const PAIRS = 3
const MESSAGES = 100_000
const ASK_MS = 20

const signedIn = (url: string) => url.replace('://', '://bench:bench@')
const ACCOUNT = { user: 'bench', password: 'bench' }

await using broker = await startMosquitto({
  users: { bench: 'bench' },
  // As shipped it writes down its whole queue after each 100 messages, and that alone would be measured.
  settings: { autosave_on_changes: 'false', autosave_interval: '1800' },
})
await using ceiling = startHelper(
  'ceiling-external',
  signedIn(broker.url),
  String(MESSAGES),
  String(PAIRS + 1),
)
await ceiling.line()
const source = {
  kind: 'mqtt',
  name: 'mosquitto',
  url: broker.url,
  topics: ['gatehouse/+/readings'],
  username: 'bench',
  password: 'bench',
}
await using subject = await startSubject({
  meters: METERS,
  connections: CONNECTIONS,
  settings: { sources: [source] },
})

const load = { payloads: [READING], window: WINDOW, port: broker.port, messages: MESSAGES }
const under = (senders: Load['senders'], from: string, to: string) =>
  senders.map(({ user, topics }) => ({
    ...ACCOUNT,
    clientId: user,
    topics: topics.map((topic) => topic.replace(from, to)),
  }))

async function runCeiling(): Promise<number> {
  const [{ seconds }] = await Promise.all([
    ceiling.line<{ seconds: number }>(),
    runLoad({ ...load, senders: under(subject.senders, 'gatehouse/', 'ceiling/') }),
  ])
  return MESSAGES / seconds
}

let sent = 0
const lagsS: number[] = []
/**
 * Messages durable in the gateway, as its own figures say; asked so often that it costs little and errs by
 * less than 1 %.
 */
const durable = async () => (await subject.metrics()).get('gatehouse_intake_messages_total') ?? 0
async function runSubject(): Promise<number> {
  const before = await durable()
  const running = runLoad({ ...load, senders: under(subject.senders, '', ''), countFrom: sent })
  let firstAtMs = 0
  for (;;) {
    const there = (await durable()) - before
    if (there > 0 && firstAtMs === 0) firstAtMs = performance.now()
    if (there >= MESSAGES) break
    await new Promise((resolve) => setTimeout(resolve, ASK_MS))
  }
  const seconds = (performance.now() - firstAtMs) / 1000
  sent += (await running).acknowledged
  lagsS.push(await subject.caughtUp())
  return MESSAGES / seconds
}

await runCeiling()
await runSubject()
const ceilings: number[] = []
const values: number[] = []
for (let pair = 1; pair <= PAIRS; pair++) {
  ceilings.push(await runCeiling())
  values.push(await runSubject())
  progress(
    `${BENCH} ${pair}/${PAIRS}: ceiling ${ceilings.at(-1)?.toFixed()}, gateway ${values.at(-1)?.toFixed()}`,
  )
}

const seen = new Set<number>()
for (const record of await subject.records())
  if (record.is === 'reading') seen.add(numberIn(record.values.volume as number))
report({
  bench: BENCH,
  metric: 'messages through Mosquitto',
  value: median(values),
  unit: 'messages/s',
  ceiling: median(ceilings),
  target: 0.7,
  holds: 'ratio >= target',
  lost: sent - seen.size,
  details: {
    acknowledged: sent,
    runs: values,
    ceilingRuns: ceilings,
    caughtUpS: lagsS,
    meters: METERS,
    publishers: CONNECTIONS,
    rulesDeclared: 20,
    rulesPerDevice: 5,
  },
})
