/** The simulated campus beside the gateway: its devices sign in like any other, its OPC UA server is trusted for once without a person. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpcuaServer } from '../../simulators/index.ts'
import {
  opcuaNodesOf,
  type Scenario,
  type Simulation,
  simulateCampus,
  startOpcuaServer,
} from '../../simulators/index.ts'
import type { GatehouseConfig } from '../config/config.ts'
import { provisionDemoTrust } from '../connect/opcua-certificates.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Operations } from '../operations/operations.ts'
import { systemClock } from './system-clock.ts'

const BY = 'simulator'

export type SimulatedServers = AsyncDisposable & {
  /** The configuration with its OPC UA sources pointed at the simulated server. */
  readonly config: GatehouseConfig
  readonly opcua?: OpcuaServer
}

/** Starts what must be there before the gateway connects to it, on any free port. Throws `data-unwritable`. */
export async function withSimulatedServers(config: GatehouseConfig): Promise<SimulatedServers> {
  const nodes = opcuaNodesOf(config.site)
  if (nodes.nodes.length === 0) return { config, async [Symbol.asyncDispose]() {} }
  const certificatesDir = join(config.data.dir, 'simulator-opcua')
  await mkdir(certificatesDir, { recursive: true }).catch((cause: Error) => {
    throw new GatehouseError('data-unwritable', `Cannot write in ${config.data.dir}: ${cause.message}`, {
      cause,
    })
  })
  const opcua = await startOpcuaServer({ ...nodes, port: 0, certificatesDir })
  await provisionDemoTrust(join(config.data.dir, 'opcua'), certificatesDir, systemClock.now())
  const sources = config.sources.map((source) =>
    source.kind === 'opcua' ? { ...source, endpoint: opcua.endpoint } : source,
  )
  return { config: { ...config, sources }, opcua, [Symbol.asyncDispose]: () => opcua[Symbol.asyncDispose]() }
}

export type CampusRun = {
  readonly config: GatehouseConfig
  readonly operations: Operations
  readonly mqttPort: number
  readonly opcua: OpcuaServer | undefined
  readonly seed: number
  readonly scenarios: readonly Scenario[]
  readonly startedAt: number
}

/** Issues every simulated device and bridge a new password; a real one of the same name is signed out by that. */
export async function runCampus({
  config,
  operations,
  mqttPort,
  opcua,
  ...run
}: CampusRun): Promise<Simulation> {
  const { registry } = operations
  const bridges = new Set(config.bridges.map(({ name }) => name))
  return simulateCampus({
    ...run,
    site: config.site,
    clock: systemClock,
    mqtt: {
      url: `mqtt://127.0.0.1:${mqttPort}`,
      async credentialsOf(username) {
        const issue = bridges.has(username) ? registry.issueBridgeToken : registry.issueDeviceToken
        return { username, password: await issue(username, BY) }
      },
    },
    ...(opcua && { opcua }),
  })
}
