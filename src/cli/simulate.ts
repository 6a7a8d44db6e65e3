/** The simulated campus beside a gateway that is already running on the same data directory, in real time. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SCENARIO_NAMES, type Scenario } from '../../simulators/index.ts'
import { GatehouseError } from '../model/errors.ts'
import { type Command, UsageError } from './command.ts'
import { runCampus } from './demo.ts'
import { configOf, parse, untilAborted, withOperations } from './options.ts'
import { systemClock } from './system-clock.ts'

/** Long enough for every rule of the campus to see it, short enough to be waited for. */
const LASTS_MS = 10 * 60_000

export const simulate: Command = {
  name: 'simulate',
  usage: 'simulate [--scenario NAME[,NAME…]] [--device ID] [--seed N] [--lasts-s N] [--config FILE]',
  summary: 'Run simulated devices against the running gateway.',
  async run(args, terminal) {
    const { values } = parse(args, ['scenario', 'device', 'seed', 'lasts-s'])
    const config = configOf(values, terminal)
    const { device } = values
    if (device !== undefined && !config.site.devices.some(({ id }) => id === device)) {
      throw new GatehouseError('unknown-device', `There is no device ${device} in ${config.files.site}`)
    }
    const scenarios = scenariosOf(values.scenario, device, numberOf('lasts-s', values['lasts-s']))
    const seed = numberOf('seed', values.seed) ?? 1
    const mqttPort = portOf(config.data.dir)
    await withOperations(config, async (operations) => {
      const startedAt = systemClock.now()
      const run = { config, operations, mqttPort, opcua: undefined, seed, scenarios, startedAt }
      await using campus = await runCampus(run)
      terminal.out(`Simulating ${config.site.devices.length} devices (seed ${seed}); Ctrl-C ends it`)
      await untilAborted(terminal.until)
      const { acknowledged, failed, dropped } = campus.counts
      terminal.out(`${acknowledged} messages acknowledged, ${failed} failed, ${dropped} dropped`)
    })
    return 0
  },
}

function scenariosOf(
  names: string | undefined,
  device: string | undefined,
  lastsS: number | undefined,
): Scenario[] {
  if (names === undefined) return []
  return names.split(',').map((wanted) => {
    const name = SCENARIO_NAMES.find((known) => known === wanted)
    if (!name) throw new UsageError(`--scenario is one of ${SCENARIO_NAMES.join(', ')}`)
    const lastsMs = lastsS === undefined ? LASTS_MS : lastsS * 1_000
    return { name, startsAfterMs: 0, lastsMs, ...(device !== undefined && { device }) }
  })
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} is a whole number`)
  return Number(text)
}

function portOf(dataDir: string): number {
  const file = join(dataDir, 'ports.json')
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { mqtt: number }).mqtt
  throw new GatehouseError('not-found', `No gateway is running on ${dataDir}`)
}
