/**
 * The oracle for as long as one likes: `npm run soak -- --minutes 60 --seed 7 [--only influx]`. Takes the
 * stages in turn, strikes random faults, and ends with one line of JSON; exit code 1 where something was lost.
 */
import { parseArgs } from 'node:util'
import { binary } from '../support/servers.ts'
import { startBroker } from './broker.ts'
import { damage } from './damage.ts'
import { ANSWERS, answerWith, freezeDatabase, killDatabase, startDatabase } from './database.ts'
import { fillDisk, smallDisk } from './disk.ts'
import { freezeGateway, killGateway, killStartingGateway, stopGateway } from './gateway-faults.ts'
import { type Random, randomFrom } from './random.ts'
import { type Fault, openStage, type Summary, strikeAll } from './stage.ts'
import { isFaultless } from './verify.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
  },
})
const seed = Number(values.seed)
const until = performance.now() + Number(values.minutes) * 60_000
if (!(Number.isSafeInteger(seed) && until > performance.now())) throw new Error('--minutes N --seed N')

/** Of one stage before the next has its turn: a data folder of its own, begun anew. */
const FAULTS_A_TURN = 20
/** Of a disk of its own, which is soon full without any help: twenty faults leave a few megabytes of journal. */
const DISK_MB = 64
const ofTheProcess = [killGateway, killGateway, killStartingGateway, freezeGateway, stopGateway]

function* chosen(random: Random, faults: readonly Fault[]): Generator<Fault> {
  for (let turn = 0; turn < FAULTS_A_TURN && performance.now() < until; turn++) {
    const fault = random.oneOf(faults)
    console.error(`${new Date().toISOString()} ${fault.name}`)
    yield fault
  }
}

/** Of what a disk destroyed, what the gateway did not tell. */
type Outcome = Summary & { readonly unannounced?: readonly string[] }

const stages: Record<string, (seed: number, random: Random) => Promise<Outcome>> = {
  async embedded(seed, random) {
    const embedded = { sealReadings: 5_000, sealAfterMs: 5_000 }
    await using stage = await openStage({ seed, config: { historian: { embedded } } })
    await stage.begin()
    const done = damage(stage.run)
    const { tearTail, spoilNewestFile, spoilOlderFile, cutLog, flipLog, binding } = done
    const { spoilPage, spoilBeginning } = done
    const ofFiles = [tearTail, spoilNewestFile, spoilOlderFile, cutLog, flipLog, spoilPage, spoilBeginning]
    const faults = [...ofTheProcess, ...ofFiles]
    const summary = await strikeAll(stage, seed, chosen(random, faults), binding)
    return { ...summary, unannounced: done.unannounced(stage.plant.dataDir) }
  },
  async mosquitto(seed, random) {
    await using broker = await startBroker()
    await using stage = await openStage({
      seed,
      rate: 1_000,
      broker: broker.devices,
      config: { sources: [broker.source] },
    })
    await stage.begin()
    return await strikeAll(
      stage,
      seed,
      chosen(random, [...ofTheProcess, broker.kill, broker.freeze]),
      broker.binding,
    )
  },
  async disk(seed, random) {
    using disk = smallDisk(DISK_MB)
    if (!disk) throw new Error('a small disk cannot be mounted here; leave it out with --only')
    await using stage = await openStage({ seed, dataDir: disk.folder, rate: 500 })
    await stage.begin()
    return await strikeAll(stage, seed, chosen(random, [killGateway, stopGateway, fillDisk(disk)]))
  },
  async influx(seed, random) {
    await using database = await startDatabase()
    await using stage = await openStage({ seed, rate: 1_000, config: { historian: database.config } })
    await stage.begin()
    const answers = ANSWERS.filter((answer) => answer !== 'lie').map((answer) => answerWith(database, answer))
    return await strikeAll(
      stage,
      seed,
      chosen(random, [...ofTheProcess, killDatabase(database), freezeDatabase(database), ...answers]),
    )
  },
}
const NEEDS = { mosquitto: 'mosquitto', influx: 'influxd' } as const

if (values.only !== undefined && !(values.only in stages))
  throw new Error(`--only takes one of ${Object.keys(stages).join(', ')}`)
const names = Object.keys(stages).filter((name) => {
  if (name === 'disk' && values.only === undefined && process.getuid?.() !== 0) return false
  const server = name in NEEDS ? NEEDS[name as keyof typeof NEEDS] : undefined
  const isThere = server === undefined || binary(server) !== undefined
  if (!isThere) console.error(`${name} is left out: ${server} is not installed`)
  return isThere && (values.only === undefined || values.only === name)
})
const random = randomFrom(seed)
const total = {
  obligations: 0,
  kills: 0,
  missing: 0,
  duplicated: 0,
  differing: 0,
  unknown: 0,
  unannounced: 0,
}
const struck: Record<string, number> = {}
let slowestFreshMs: number | null = 0
let slowestStopMs = 0
let isOk = names.length > 0
for (let turn = 0; performance.now() < until && names.length > 0; turn++) {
  const name = names[turn % names.length] as string
  const turnSeed = random.between(0, 2 ** 31 - 1)
  const summary = await stages[name]?.(turnSeed, randomFrom(turnSeed))
  if (!summary) continue
  const { obligations, kills, missing, duplicated, differing, unknown, unannounced = [], faults } = summary
  total.obligations += obligations
  total.kills += kills
  for (const [kind, found] of Object.entries({ missing, duplicated, differing, unknown, unannounced })) {
    total[kind as 'missing'] += found.length
    if (found.length > 0) console.error(`${name} (seed ${turnSeed}) ${kind}:`, found.slice(0, 20))
  }
  for (const [fault, count] of Object.entries(faults)) struck[fault] = (struck[fault] ?? 0) + count
  slowestStopMs = Math.max(slowestStopMs, summary.slowestStopMs)
  const fresh = summary.slowestFreshMs
  slowestFreshMs = fresh === null || slowestFreshMs === null ? null : Math.max(slowestFreshMs, fresh)
  isOk &&= isFaultless(summary) && unannounced.length === 0 && fresh !== null
}
console.log(
  JSON.stringify({
    soak: isOk ? 'kept' : 'broken',
    seed,
    ...total,
    slowestFreshMs,
    slowestStopMs: Math.round(slowestStopMs),
    faults: struck,
  }),
)
process.exitCode = isOk ? 0 : 1
