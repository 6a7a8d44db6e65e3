/**
 * The simulated campus and its gateway brought together: credentials, the OPC UA server, trust in each other
 * once without a person. It speaks only for who is not there in reality: a device that the site calls real,
 * or that a person has given a password, speaks for itself.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpcuaServer } from '../../simulators/index.ts'
import {
  isOnOpcua,
  opcuaNodesOf,
  type Scenario,
  type Simulation,
  simulateCampus,
  startOpcuaServer,
} from '../../simulators/index.ts'
import type { GatehouseConfig } from '../config/config.ts'
import { provisionDemoTrust } from '../connect/opcua-certificates.ts'
import { systemClock } from '../connect/system-clock.ts'
import type { Device } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { TokenHolder } from '../operations/credentials.ts'
import type { Operations } from '../operations/operations.ts'
import { profileName } from '../profiles/device-profile.ts'

const BY = 'simulator'

export type SimulatedServers = AsyncDisposable & {
  /** The configuration with its OPC UA sources pointed at the simulated server. */
  readonly config: GatehouseConfig
  readonly opcua?: OpcuaServer
}

/** Starts what must be there before the gateway connects to it, on any free port. Throws `data-unwritable`. */
export async function withSimulatedServers(config: GatehouseConfig): Promise<SimulatedServers> {
  const site = withReal(config.site, leftOut(config))
  const nodes = opcuaNodesOf(site)
  if (nodes.nodes.length === 0) return { config, async [Symbol.asyncDispose]() {} }
  const certificatesDir = join(config.data.dir, 'simulator-opcua')
  await mkdir(certificatesDir, { recursive: true }).catch((cause: Error) => {
    throw new GatehouseError('data-unwritable', `Cannot write in ${config.data.dir}: ${cause.message}`, {
      cause,
    })
  })
  const opcua = await startOpcuaServer({ ...nodes, port: 0, certificatesDir })
  await provisionDemoTrust(join(config.data.dir, 'opcua'), certificatesDir, systemClock.now())
  // A source that brings nobody simulated leads to a server of its own.
  const simulated = new Set(
    site.devices
      .filter((device) => device.simulated !== false && isOnOpcua(device))
      .map(({ source }) => source),
  )
  const sources = config.sources.map((source) =>
    source.kind === 'opcua' && simulated.has(source.name) ? { ...source, endpoint: opcua.endpoint } : source,
  )
  return { config: { ...config, sources }, opcua, [Symbol.asyncDispose]: () => opcua[Symbol.asyncDispose]() }
}

/** Who is not simulated, and why. */
export type LeftOut = ReadonlyMap<DeviceId, string>

const OWN_TOPIC = 'gatehouse/{device}/readings'
const SPOKEN_BRIDGES = ['wmbusmeters', 'owntracks']

/** By what the configuration says of them. */
export function leftOut({ site, profiles, bridges, sources }: GatehouseConfig): LeftOut {
  const byName = new Map(profiles.map((profile) => [profileName(profile), profile]))
  const overBroker = new Set(sources.filter(({ kind }) => kind === 'mqtt').map(({ name }) => name))
  const why = (device: Device): string | undefined => {
    if (device.simulated === false) return 'the site says simulated: false'
    if (overBroker.has(device.source ?? '')) return `it comes by the broker of ${device.source}`
    const profile = byName.get(device.profile)
    if (profile?.codec === 'opcua' && isOnOpcua(device)) return undefined
    if (profile?.codec === 'gatehouse-json' && profile.topic === OWN_TOPIC) return undefined
    if (profile?.codec !== 'json' || !SPOKEN_BRIDGES.includes(profile.vendor))
      return `no simulator speaks ${device.profile}`
    return bridges.some(({ name }) => name === profile.vendor)
      ? undefined
      : `the configuration has no bridge ${profile.vendor}`
  }
  return new Map(
    site.devices.flatMap((device): [DeviceId, string][] => {
      const because = why(device)
      return because === undefined ? [] : [[device.id, because]]
    }),
  )
}

/** By the passwords that people have issued. `except` is one that a person has named, and so given away. */
export async function withPasswords(
  { site, bridges }: GatehouseConfig,
  { registry }: Operations,
  except?: DeviceId,
): Promise<LeftOut> {
  const issuers = await registry.issuers()
  const bridgeNames = new Set(bridges.map(({ name }) => name))
  return new Map(
    site.devices.flatMap((device): [DeviceId, string][] => {
      const name = speakerOf(device, bridgeNames)
      const by = issuers.get(name)
      if (by === undefined || by === BY || device.id === except) return []
      const whose = name === device.id ? 'its MQTT password' : `the MQTT password of the bridge ${name}`
      return [[device.id, `${whose} was issued by ${by}, not by a simulator`]]
    }),
  )
}

/** The MQTT user in whose name a device speaks: itself, or its bridge. */
function speakerOf({ id, profile }: Device, bridges: ReadonlySet<string>): string {
  const [vendor = ''] = profile.split('/')
  return SPOKEN_BRIDGES.includes(vendor) && bridges.has(vendor) ? vendor : id
}

/** Each reason with those that it holds for. */
export const byReason = (...left: readonly LeftOut[]): ReadonlyMap<string, readonly DeviceId[]> =>
  new Map(
    [
      ...Map.groupBy(
        left.flatMap((some) => [...some]),
        ([, because]) => because,
      ),
    ].map(([because, those]) => [because, [...new Set(those.map(([id]) => id))]]),
  )

/** The site with those called real that are left out. */
export const withReal = (site: Site, ...left: readonly LeftOut[]): Site => ({
  ...site,
  devices: site.devices.map((device) =>
    left.some((some) => some.has(device.id)) ? { ...device, simulated: false } : device,
  ),
})

export type CampusRun = {
  readonly config: GatehouseConfig
  /** Of the configuration, with everybody called real who is not to be simulated. */
  readonly site: Site
  readonly operations: Operations
  readonly mqttPort: number
  readonly opcua: OpcuaServer | undefined
  readonly seed: number
  readonly scenarios: readonly Scenario[]
  readonly startedAt: number
  /** Of these days the water meters upload what they stored of each hour; none where absent. */
  readonly storedDays?: number
  /** Is told the name of a device or bridge that has got another password meanwhile. */
  readonly letGo: (name: string) => void
}

/**
 * Issues every simulated device and bridge a new password, all before the first of them speaks: one that a
 * person issues from then on is never taken away again. Whoever is given another is let go of.
 */
export async function runCampus({
  config,
  operations,
  mqttPort,
  opcua,
  letGo,
  ...run
}: CampusRun): Promise<Simulation> {
  const { registry } = operations
  const bridges = new Set(config.bridges.map(({ name }) => name))
  const kindOf = (name: string): TokenHolder['kind'] => (bridges.has(name) ? 'bridge' : 'device')
  const speaking = run.site.devices.filter((device) => device.simulated !== false && !isOnOpcua(device))
  const names = new Set(speaking.map((device) => speakerOf(device, bridges)))
  const holders = [...names].map((name) => ({ kind: kindOf(name), name }))
  const issued = await registry.issueTokens(holders, BY)
  return simulateCampus({
    ...run,
    clock: systemClock,
    mqtt: {
      url: brokerOf(config, mqttPort),
      trustAnyCertificate: true, // it is the gateway on this machine, whatever name its certificate has
      async credentialsOf(username) {
        const password = issued.get(username)
        // Where it is no longer valid somebody else has another one now. Refused it may also be for too many attempts.
        if (password !== undefined && (await registry.checkDevice(username, password)))
          return { username, password }
        letGo(username)
        return undefined
      },
    },
    ...(opcua && { opcua }),
  })
}

function brokerOf({ mqtt: { host, certFile } }: GatehouseConfig, port: number): string {
  const there = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `${certFile === undefined ? 'mqtt' : 'mqtts'}://${there}:${port}`
}
