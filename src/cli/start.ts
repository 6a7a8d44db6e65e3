/** Starts the gateway and, in the demo, the simulated campus beside it; ends when the process is asked to. */
import { join } from 'node:path'
import { pino } from 'pino'
import type { GatehouseConfig } from '../config/config.ts'
import { createGateway } from '../gateway.ts'
import type { Log } from '../model/log.ts'
import type { Command, Terminal } from './command.ts'
import { simulatedCampus, withSimulatedServers } from './demo.ts'
import { configOf, parse } from './options.ts'
import { systemClock } from './system-clock.ts'

const PAGE = join(import.meta.dirname, '../../dist/control-room')

export const start: Command = {
  name: 'start',
  usage: 'start [--config FILE]',
  summary: 'Start the gateway; without a file, the demo campus.',
  async run(args, terminal) {
    const config = configOf(parse(args, []).values, terminal)
    const log = logOf(config)
    await using opened = new AsyncDisposableStack()
    const running = config.demo ? opened.use(await withSimulatedServers(config, log)) : { config }
    const parts = { clock: systemClock, log, pageDirectory: PAGE }
    const gateway = opened.use(await createGateway(running.config, parts))
    greet(config, gateway.ports.http, gateway.initialPassword, terminal)
    if (config.demo) opened.use(await simulatedCampus(running.config, gateway, log))
    await untilAborted(terminal.until)
    log.info({ reason: String(terminal.until.reason) }, 'Stopping')
    return 0
  },
}

/** Standard error, so that what is printed for people stands alone on standard output. */
function logOf({ log: { level } }: GatehouseConfig): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  )
}

function greet(
  { http, data }: GatehouseConfig,
  port: number,
  password: string | undefined,
  { out }: Terminal,
): void {
  const host = http.host === '0.0.0.0' || http.host === '::' ? 'localhost' : http.host
  out(`Gatehouse is running: http://${host}:${port}`)
  if (password !== undefined) {
    out(`Sign in as admin with the password ${password}`)
    out(`(also in ${join(data.dir, 'initial-admin-password')} until the first sign-in)`)
  }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
