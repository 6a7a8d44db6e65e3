/** The OPC UA server of the simulators in a process of its own, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { OpcuaServerOptions } from '../../simulators/opcua-server.ts'
import { freePort } from './free-port.ts'

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node')
const MAIN = join(import.meta.dirname, '../../simulators/opcua-server-main.ts')

export type OpcuaProcess = AsyncDisposable & {
  readonly endpoint: string
  readonly thumbprint: string
  set(
    nodeId: string,
    value: number | boolean | string,
    more?: { sourceTimestamp?: number; statusCode?: string },
  ): void
  kill(): Promise<void>
  /** SIGSTOP and SIGCONT: as when the network is cut, the server lives on. */
  signal(signal: NodeJS.Signals): void
  /** Same port and certificates; `changed` replaces options, e.g. the namespaces before its own. */
  start(changed?: Partial<OpcuaServerOptions>): Promise<void>
}

export async function startOpcuaProcess(options: Omit<OpcuaServerOptions, 'port'>): Promise<OpcuaProcess> {
  const port = await freePort()
  let child: ChildProcess | undefined
  let said = { endpoint: '', thumbprint: '' }
  const end = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  const start = async (changed: Partial<OpcuaServerOptions> = {}) => {
    const started = spawn(NODE, [MAIN, JSON.stringify({ ...options, port, ...changed })], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child = started
    const gone = once(started, 'exit').then(() => Promise.reject(new Error('the OPC UA server ended')))
    gone.catch(() => {}) // it also ends when it is told to
    const listening = new Promise<string>((resolve) => {
      createInterface({ input: started.stdout }).on('line', (line) => line.startsWith('{') && resolve(line))
    })
    said = JSON.parse(await Promise.race([listening, gone]))
  }
  await start()
  return {
    get endpoint() {
      return said.endpoint
    },
    get thumbprint() {
      return said.thumbprint
    },
    set(nodeId, value, more = {}) {
      child?.stdin?.write(`${JSON.stringify({ nodeId, value, ...more })}\n`)
    },
    kill: end,
    signal: (signal) => child?.kill(signal),
    start,
    [Symbol.asyncDispose]: end,
  }
}
