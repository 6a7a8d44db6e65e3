/**
 * The controller: strikes one fault after another while devices go on publishing, and asks after
 * each whether the gateway has recovered by itself. What is owed is judged by the verifier alone.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/gateway.ts'
import { writtenTwice } from './journal.ts'
import { newRun, type Run } from './message.ts'
import { BRIDGE, createPlant, type Plant, type PlantOptions } from './plant.ts'
import type { Acknowledged } from './publisher.ts'
import { type Publishing, startPublishing } from './publishing.ts'
import { type Random, randomFrom } from './random.ts'
import { type Findings, shownAfterMs, verifyWithin } from './verify.ts'

export type Stage = AsyncDisposable & {
  readonly run: Run
  readonly random: Random
  readonly plant: Plant
  readonly publishing: Publishing
  /** Starts the gateway, and the devices once every source of it listens. */
  begin(): Promise<void>
  /** Kills so far, of whatever process. */
  readonly kills: number
  killed(): void
}

export type StageOptions = Omit<PlantOptions, 'run'> & {
  readonly seed: number
  readonly devices?: number
  readonly connections?: number
  readonly rate?: number
  /** Where the devices publish, if not at the gateway itself. */
  readonly broker?: { readonly port: number; readonly user: string; readonly password: string }
}

export type Fault = {
  readonly name: string
  /** Leaves everything running, whether or not it works. */
  strike(stage: Stage): Promise<void>
}

export type Summary = Findings & {
  readonly seed: number
  readonly kills: number
  readonly faults: Readonly<Record<string, number>>
  /**
   * The longest that a message of a recovered gateway took from its PUBACK to the API, ms; null where one was
   * not shown in time.
   */
  readonly slowestFreshMs: number | null
  /** The longest that a stop took, ms; 0 where there was none. */
  readonly slowestStopMs: number
}

/** The promise, from PUBACK to the API. */
const FRESH_WITHIN_MS = 5_000
/** For a gateway on a busy machine to start, catch up, acknowledge again and keep the promise once. */
const RECOVERS_WITHIN_MS = 120_000

export async function openStage(options: StageOptions): Promise<Stage> {
  const { seed, devices = 8, connections = 4, rate = 2_000, broker, ...plantOptions } = options
  await using opened = new AsyncDisposableStack()
  const run = newRun(seed, devices)
  const sources = broker ? 1 : 0 // beside the embedded broker
  const folder = temporaryFolder('obligations')
  opened.defer(() => rmSync(folder, { recursive: true, force: true }))
  const plant = opened.use(await createPlant({ ...plantOptions, run }))
  const publishing = opened.use(
    startPublishing({
      run,
      connections,
      rate,
      window: 64,
      obligations: join(folder, 'obligations'),
      ...(broker ?? { port: plant.mqttPort, user: BRIDGE, password: plant.password }),
    }),
  )
  const isListening = async () => {
    const { body } = await plant.ask('/links')
    const { items } = body as { items: readonly { readonly state: string }[] }
    return items.length > sources && items.every(({ state }) => state === 'up')
  }
  let kills = 0
  const running = opened.move()
  return {
    run,
    plant,
    publishing,
    random: randomFrom(seed),
    get kills() {
      return kills
    },
    killed() {
      kills++
    },
    async begin() {
      await plant.start()
      while (!(await isListening())) await new Promise((resolve) => setTimeout(resolve, 50))
      await publishing.resume()
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Strikes the faults in their order and judges the whole at the end; `binding` leaves out what nobody promised. */
export async function strikeAll(
  stage: Stage,
  seed: number,
  faults: Iterable<Fault>,
  binding: (obligations: Acknowledged[]) => Acknowledged[] = (all) => all,
  withinMs = RECOVERS_WITHIN_MS,
): Promise<Summary> {
  const { plant, publishing, run } = stage
  const struck: Record<string, number> = {}
  let slowestFreshMs: number | null = 0
  for (const fault of faults) {
    await fault.strike(stage)
    struck[fault.name] = (struck[fault.name] ?? 0) + 1
    const freshMs = await recovered(stage)
    if (freshMs === undefined) {
      slowestFreshMs = null
      break // what is owed is judged all the same
    }
    slowestFreshMs = Math.max(slowestFreshMs, freshMs)
  }
  const { sent } = await publishing.pause(RECOVERS_WITHIN_MS)
  const obligations = binding(publishing.obligations())
  const findings = await verifyWithin(withinMs, plant.ask, run, obligations, sent)
  const duplicated = [...findings.duplicated, ...writtenTwice(plant.dataDir, run)]
  await publishing.resume()
  const { slowestStopMs } = plant
  return { seed, kills: stage.kills, faults: struck, slowestFreshMs, slowestStopMs, ...findings, duplicated }
}

/**
 * How long a fresh message takes to be shown once the gateway has caught up with what waited
 * meanwhile; undefined where it does not get there.
 */
async function recovered({ plant, publishing, run }: Stage): Promise<number | undefined> {
  const until = performance.now() + RECOVERS_WITHIN_MS
  do {
    const fresh = await publishing.fresh(RECOVERS_WITHIN_MS)
    const tookMs = await shownAfterMs(plant.ask, run, fresh, FRESH_WITHIN_MS)
    if (tookMs !== undefined) return tookMs
  } while (performance.now() < until)
  return undefined
}
