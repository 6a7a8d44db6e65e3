/**
 * A gateway to be maltreated: one folder, fixed ports, a process that can be killed, frozen and
 * started again at any instant, also while it starts. Its API is asked with one token for the whole run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/connect/system-clock.ts'
import { openOperations } from '../../src/operations/open.ts'
import { freePort } from '../support/free-port.ts'
import { temporaryFolder } from '../support/gateway.ts'
import { deviceId, isGate, type Run } from './message.ts'
import type { Ask } from './verify.ts'

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node')
const MAIN = join(import.meta.dirname, '../../src/main.ts')
const STARTS_WITHIN_MS = 60_000

/** The MQTT user of the oracle's connections. */
export const BRIDGE = 'oracle'

export type PlantOptions = {
  readonly run: Run
  /** Over what is written here: sources, historian, journal. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Where the data goes; a folder of its own unless told. */
  readonly dataDir?: string
}

export type Plant = AsyncDisposable & {
  readonly dataDir: string
  readonly url: string
  readonly mqttPort: number
  readonly password: string
  readonly ask: Ask
  /** Starts another program on the same configuration in the gateway's place. */
  start(main?: string): Promise<void>
  /** Starts and does not wait until it is ready. */
  launch(main?: string): void
  ready(): Promise<void>
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<{ readonly code: number | null }>
  /** From SIGTERM to the end of the process; 0 where it was never stopped. Ms. */
  readonly slowestStopMs: number
  /** The end of what it said on both streams. */
  readonly said: string
}

export async function createPlant({ run, config = {}, dataDir }: PlantOptions): Promise<Plant> {
  const folder = temporaryFolder('oracle')
  const data = dataDir ?? join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const [http, mqtt] = [await freePort(), await freePort()]
  writeFileSync(join(folder, 'site.yaml'), JSON.stringify(siteOf(run)))
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    JSON.stringify({
      site: 'site.yaml',
      bridges: [{ name: BRIDGE, publish: ['gatehouse/#'] }],
      http: { port: http },
      mqtt: { port: mqtt },
      data: { dir: data },
      ...config,
    }),
  )
  const flags = ['--config', join(folder, 'gatehouse.yaml')]
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_'))
  const env = Object.fromEntries(inherited)
  const { password, token } = await credentialsIn(data)
  const portsFile = join(data, 'ports.json')
  const url = `http://127.0.0.1:${http}`
  let child: ChildProcess | undefined
  let closed: Promise<unknown> = Promise.resolve()
  let said = ''

  const isGone = () => !child || child.exitCode !== null || child.signalCode !== null
  const signal = async (name: NodeJS.Signals) => {
    if (isGone()) return
    child?.kill(name)
    await closed
  }
  const killNow = () => child?.kill('SIGKILL') // also where a test ran out of time, and nothing is disposed
  process.once('exit', killNow)
  let slowestStopMs = 0
  const plant: Plant = {
    dataDir: data,
    url,
    mqttPort: mqtt,
    password,
    get said() {
      return said
    },
    async ask(path) {
      const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
      return { status: answer.status, body: await answer.json() }
    },
    launch(main = MAIN) {
      rmSync(portsFile, { force: true })
      const started = spawn(NODE, [main, 'start', ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (part) => {
          said = (said + part).slice(-100_000)
        })
      }
      child = started
      closed = once(started, 'close')
    },
    async ready() {
      const until = performance.now() + STARTS_WITHIN_MS
      while (!existsSync(portsFile)) {
        if (isGone()) throw new Error(`The gateway ended with ${child?.exitCode}:\n${said.slice(-5_000)}`)
        if (performance.now() > until) throw new Error(`The gateway does not start:\n${said.slice(-5_000)}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async start(main) {
      plant.launch(main)
      await plant.ready()
    },
    kill: () => signal('SIGKILL'),
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    async terminate() {
      const startedMs = performance.now()
      await signal('SIGTERM')
      slowestStopMs = Math.max(slowestStopMs, performance.now() - startedMs)
      return { code: child?.exitCode ?? null }
    },
    get slowestStopMs() {
      return slowestStopMs
    },
    async [Symbol.asyncDispose]() {
      await signal('SIGKILL')
      process.off('exit', killNow)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return plant
}

/** As the commands give them, which would be a process each. */
async function credentialsIn(dir: string) {
  await using operations = await openOperations({ dir, clock: systemClock })
  const { registry } = operations
  return {
    password: await registry.issueBridgeToken(BRIDGE, 'test'),
    token: await registry.createToken({ role: 'admin' }, 'test'),
  }
}

const siteOf = ({ devices }: Run) => ({
  id: 'oracle',
  name: 'Oracle',
  timeZone: 'Asia/Shanghai',
  institutions: [{ id: 'bureau', name: 'Bureau', type: 'office', headCount: 40, areaM2: 2_000 }],
  devices: Array.from({ length: devices }, (_, device) => ({
    id: deviceId(device),
    name: deviceId(device),
    profile: `gatehouse/${isGate(device) ? 'access-control-gate' : 'water-meter'}`,
    place: { institution: 'bureau' },
  })),
})
