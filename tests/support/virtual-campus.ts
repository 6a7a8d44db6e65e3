/**
 * The demo campus in virtual time: the whole gateway and its simulators in this process, on one clock that
 * moves only when it is told to. Messages still cross real sockets and are still acknowledged after a real commit.
 */
import { rmSync } from 'node:fs'
import { type Scenario, simulateCampus } from '../../simulators/index.ts'
import { type GatehouseConfig, loadConfig } from '../../src/config/config.ts'
import type { Operations } from '../../src/operations/operations.ts'
import { temporaryFolder } from './gateway.ts'
import { gatewayHere } from './gateway-here.ts'

export type VirtualCampus = AsyncDisposable & {
  /** Lets the campus live for so long. */
  pass(minutes: number): Promise<void>
  /** GET, or POST where there is a body, as an operator. */
  api(path: string, body?: object): Promise<unknown>
  readonly operations: Operations
  readonly dataDir: string
}

/** `start` is local time of the campus, e.g. `2026-03-02T09:00`. */
export async function openVirtualCampus(
  start: string,
  scenarios: readonly Scenario[],
): Promise<VirtualCampus> {
  await using opened = new AsyncDisposableStack()
  const dataDir = temporaryFolder('virtual')
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const config = campusConfig(dataDir)
  const { site } = config
  const now = Temporal.PlainDateTime.from(start).toZonedDateTime(site.timeZone).epochMilliseconds
  const { gateway, clock, api } = opened.use(await gatewayHere(config, now))
  const { registry } = gateway.operations
  const bridges = new Set(config.bridges.map(({ name }) => name))
  const campus = opened.use(
    simulateCampus({
      site,
      clock,
      scenarios,
      seed: 7,
      mqtt: {
        url: `mqtt://127.0.0.1:${gateway.ports.mqtt}`,
        async credentialsOf(username) {
          const issue = bridges.has(username) ? registry.issueBridgeToken : registry.issueDeviceToken
          return { username, password: await issue(username, 'test') }
        },
      },
    }),
  )
  const settled = async () => {
    await campus.settled()
    await gateway.settled()
  }
  const running = opened.move()
  return {
    operations: gateway.operations,
    dataDir,
    pass: (minutes) => clock.advance(minutes * 60_000, settled),
    async api(path, body) {
      const answer = await api(path, { role: 'operator', ...(body && { method: 'POST', body }) })
      if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

let campus: GatehouseConfig | undefined

/**
 * The demo campus on free ports, its files read once. An OPC UA server measures its sessions by the machine's
 * clock, so none of it lives in virtual time.
 */
export function campusConfig(dataDir: string): GatehouseConfig {
  campus ??= withoutOpcua(loadConfig(undefined, { GATEHOUSE_HTTP_PORT: '0', GATEHOUSE_MQTT_PORT: '0' }))
  return { ...campus, data: { ...campus.data, dir: dataDir } }
}

const withoutOpcua = ({ sources, site, ...config }: GatehouseConfig): GatehouseConfig => ({
  ...config,
  sources: sources.filter(({ kind }) => kind !== 'opcua'),
  site: { ...site, devices: site.devices.filter(({ source }) => source === undefined) },
})
