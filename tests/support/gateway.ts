/**
 * The gateway as its user runs it: a process of its own, started by its command on free ports
 * and a folder of its own, spoken to over its contract alone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { systemClock } from '../../src/connect/system-clock.ts'
import { type Operations, openOperations } from '../../src/operations/open.ts'
import type { Role } from '../../src/operations/roles.ts'

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node')
const MAIN = join(import.meta.dirname, '../../src/main.ts')
/** As `npm start` gives them. */
const NODE_FLAGS = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'))

const BY = 'test'

export type GatewayOptions = {
  /** Absent: the demo campus without its simulators. */
  readonly config?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Goes on with this folder and leaves it in place afterwards. */
  readonly dataDir?: string
}

export type RunningGateway = AsyncDisposable & {
  readonly url: string
  readonly mqttPort: number
  readonly dataDir: string
  readonly process: ChildProcess
  readonly initialPassword: () => string
  /** Runs another command of the gateway on the same folder, as a process, and returns what it printed. */
  command(...args: string[]): Promise<string>
  /**
   * New MQTT passwords and API tokens as the commands give them, but without a process each, which costs more
   * than most tests.
   */
  deviceToken(id: string): Promise<string>
  bridgeToken(name: string): Promise<string>
  apiToken(role: TokenRole): Promise<string>
  /** GET, or another method with a JSON body, by a token of the role (default admin). */
  api(path: string, init?: ApiInit): Promise<{ status: number; body: never }>
  stop(signal: NodeJS.Signals): Promise<void>
}

/** A contractor's token says whose. */
export type TokenRole = Exclude<Role, 'contractor'>

export type ApiInit = {
  readonly method?: string
  readonly body?: unknown
  readonly role?: TokenRole
  readonly headers?: Readonly<Record<string, string>>
}

const environmentOf = (options: GatewayOptions, dataDir: string) => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_'))
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C', // what is refused is told in the language of the terminal
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_HTTP_PORT: '0',
    GATEHOUSE_MQTT_PORT: '0',
    ...(options.config ? {} : { GATEHOUSE_DEMO: 'false' }),
    ...options.environment,
  }
}

export const temporaryFolder = (name: string) => mkdtempSync(join(tmpdir(), `gatehouse-${name}-`))

/** Starts it and tells how it ended, for starts that must fail. */
export async function endOfGateway(
  options: GatewayOptions,
): Promise<{ code: number | null; stderr: string }> {
  const child = launch(options, options.dataDir ?? temporaryFolder('refused'))
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr }
}

export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const dataDir = options.dataDir ?? temporaryFolder('data')
  rmSync(join(dataDir, 'ports.json'), { force: true })
  const child = launch(options, dataDir)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000)
    })
  }
  const closed = once(child, 'close')
  const ports = await listening(child, join(dataDir, 'ports.json'), () => said)
  const url = `http://127.0.0.1:${ports.http}`
  const command = async (...args: string[]) => {
    const flags = options.config ? ['--config', options.config] : []
    const { stdout } = await promisify(execFile)(NODE, [MAIN, ...args, ...flags], {
      env: environmentOf(options, dataDir),
    })
    return stdout.trimEnd()
  }
  const issue = async (from: (registry: Operations['registry']) => Promise<string>) => {
    await using operations = await openOperations({ dir: dataDir, clock: systemClock })
    return await from(operations.registry)
  }
  const apiToken = tokensBy((role) => issue((registry) => registry.createToken({ role }, BY)))
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await closed
  }
  return {
    url,
    mqttPort: ports.mqtt,
    dataDir,
    process: child,
    initialPassword: () => readFileSync(join(dataDir, 'initial-admin-password'), 'utf8').trim(),
    command,
    deviceToken: (id) => issue((registry) => registry.issueDeviceToken(id, BY)),
    bridgeToken: (name) => issue((registry) => registry.issueBridgeToken(name, BY)),
    apiToken,
    api: apiOf(url, apiToken),
    stop,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await stop('SIGTERM')
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The API of whatever gateway has that address. */
export const apiOf =
  (url: string, tokenOf: (role: TokenRole) => Promise<string>): RunningGateway['api'] =>
  async (path, { method = 'GET', body, role = 'admin', headers = {} } = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await tokenOf(role)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, body: (isJson ? JSON.parse(text) : text) as never }
  }

/** A token for each role that is asked for, made once. */
export function tokensBy(create: (role: TokenRole) => Promise<string>) {
  const made = new Map<TokenRole, Promise<string>>()
  return (role: TokenRole): Promise<string> => {
    const token = made.get(role) ?? create(role)
    made.set(role, token)
    return token
  }
}

function launch(options: GatewayOptions, dataDir: string): ChildProcess {
  const flags = options.config ? ['--config', options.config] : []
  return spawn(NODE, [...NODE_FLAGS, MAIN, 'start', ...flags], {
    env: environmentOf(options, dataDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function listening(child: ChildProcess, file: string, said: () => string) {
  for (;;) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { http: number; mqtt: number }
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null) throw new Error(`The gateway ended with ${ended}:\n${said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Asks again until the answer satisfies; fails by the test's own time limit. */
export async function eventually<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (satisfies(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
