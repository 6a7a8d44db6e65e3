/** The devices of the small site as simulators at a running gateway, one of them in trouble. */
import { join } from 'node:path'
import { type Scenario, simulateCampus } from '../../simulators/index.ts'
import { loadConfig } from '../../src/config/config.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import type { RunningGateway } from './gateway.ts'

export const SMALL_SITE = join(import.meta.dirname, 'site/gatehouse.yaml')

export async function simulated(gateway: RunningGateway, scenarios: readonly Scenario[]) {
  const { site } = loadConfig(SMALL_SITE, {})
  const tokens = await Promise.all(
    site.devices.map(async ({ id }) => [id, await gateway.deviceToken(id)] as const),
  )
  const passwords = new Map(tokens)
  return simulateCampus({
    site,
    seed: 1,
    scenarios,
    everyMs: 500,
    clock: systemClock,
    mqtt: {
      url: `mqtt://127.0.0.1:${gateway.mqttPort}`,
      credentialsOf: (username) => ({ username, password: passwords.get(username) ?? '' }),
    },
  })
}
