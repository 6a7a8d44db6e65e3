/** Starts the gateway and, in the demo, the simulated campus beside it; ends when the process is asked to. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import manifest from '../../package.json' with { type: 'json' }
import { DEMO_SCENARIOS, demoAnchor } from '../../simulators/index.ts'
import type { GatehouseConfig } from '../config/config.ts'
import { tidyAtRest } from '../connect/memory-at-rest.ts'
import { systemClock } from '../connect/system-clock.ts'
import { createGateway, type Gateway } from '../gateway.ts'
import { lockDataFolder } from '../journal/data-lock.ts'
import type { Log } from '../model/log.ts'
import type { Command, Terminal } from './command.ts'
import { byReason, leftOut, runCampus, withPasswords, withReal, withSimulatedServers } from './demo.ts'
import { configOf, parse, untilAborted } from './options.ts'
import { endsWithin, STOP_WITHIN_MS } from './stop.ts'

const { version } = manifest

const PAGE = join(import.meta.dirname, '../../dist/control-room')

/** One campus for everybody: what one person saw in the demo another can find again. */
const DEMO_SEED = 1

/** Four weeks, by which quotas are forecast; later than 30 days no reading may be. */
const DEMO_STORED_DAYS = 28

/**
 * A process that was stopped, or a machine that slept: shorter than any device may be silent, and longer than
 * a slow disk takes.
 */
const ABSENT_AFTER_MS = 60_000

export const start: Command = {
  name: 'start',
  usage: 'start [--config FILE]',
  summary: 'Start the gateway; without a file, the demo campus.',
  async run(args, terminal) {
    const declared = configOf(parse(args, []).values, terminal)
    const log = logOf(declared)
    await using opened = new AsyncDisposableStack()
    // Before anything else is written there: the simulated servers keep their certificates in it too.
    opened.use(lockDataFolder(declared.data.dir))
    const { config, opcua } = declared.demo
      ? opened.use(await withSimulatedServers(declared))
      : { config: declared, opcua: undefined }
    const parts = { clock: systemClock, absentAfterMs: ABSENT_AFTER_MS, log, version }
    const gateway = opened.use(await createGateway(config, { ...parts, pageDirectory: PAGE, isLocked: true }))
    greet(config, gateway, terminal)
    if (config.demo) {
      const { operations, ports } = gateway
      const startedAt = demoAnchor(systemClock.now())
      const letGo = (name: string) =>
        log.info({ name }, 'It has a password of its own now; the demo simulates it no more')
      const left = [leftOut(config), await withPasswords(config, operations)]
      for (const [because, devices] of byReason(...left))
        log.info({ because, devices: devices.length, first: devices[0] }, 'Not simulated')
      const campus = { config, operations, mqttPort: ports.mqtt, opcua, startedAt, letGo }
      const site = withReal(config.site, ...left)
      const told = { seed: DEMO_SEED, scenarios: DEMO_SCENARIOS, storedDays: DEMO_STORED_DAYS }
      opened.use(await runCampus({ ...campus, site, ...told }))
    }
    opened.use(tidyAtRest(systemClock))
    await untilAborted(terminal.until)
    log.info({ reason: String(terminal.until.reason) }, 'Stopping')
    const isInTime = await endsWithin(STOP_WITHIN_MS, systemClock, opened.disposeAsync())
    if (!isInTime) log.error({ afterMs: STOP_WITHIN_MS }, 'The stop took too long and was given up')
    return isInTime ? 0 : 1
  },
}

/** On standard error, so that what is printed for people stands alone on standard output. */
function logOf({ log: { level } }: GatehouseConfig): Log {
  const destination = pino.destination({ dest: 2, sync: false })
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

function greet(
  { http, data, demo }: GatehouseConfig,
  { ports, initialPassword }: Pick<Gateway, 'ports' | 'initialPassword'>,
  { out }: Terminal,
): void {
  const host = http.host === '0.0.0.0' || http.host === '::' ? 'localhost' : http.host
  out(`Gatehouse is running: http://${host}:${ports.http}`)
  if (initialPassword !== undefined) {
    out(`Sign in as admin with the password ${initialPassword}`)
    out(`(also in ${join(data.dir, 'initial-admin-password')} until the first sign-in)`)
  }
  // An install without scripts builds nothing, and a browser would be shown an answer of the API.
  if (!existsSync(PAGE)) out('Its page is not built, only the API answers; npm run -s prepare builds it')
  if (demo) out('Its devices are simulated; the first alarm shows within two minutes.')
  out(`Ctrl-C ends it; what it was told is kept in ${data.dir} for the next start.`)
}
