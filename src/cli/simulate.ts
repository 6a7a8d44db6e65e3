/** The simulated campus beside a gateway that is already running on the same data directory, in real time. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  familyStruckBy,
  isOnOpcua,
  SCENARIO_NAMES,
  type Scenario,
  type ScenarioName,
  type Simulation,
  troublesOf,
} from '../../simulators/index.ts'
import type { GatehouseConfig } from '../config/config.ts'
import { systemClock } from '../connect/system-clock.ts'
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import type { DeviceId } from '../model/reading.ts'
import { type Command, type Terminal, UsageError } from './command.ts'
import { byReason, type LeftOut, leftOut, runCampus, withPasswords, withReal } from './demo.ts'
import { configOf, isRunning, parse, untilAborted, withOperations } from './options.ts'

/** Long enough for every rule of the campus to see it, short enough to be waited for. */
const LASTS_MS = 10 * 60_000

/** How often it says how far it is. */
const TELL_EACH_MS = 10_000

const ANSWERED_WITHIN_MS = 5_000

export const simulate: Command = {
  name: 'simulate',
  usage:
    'simulate [--scenario NAME[,NAME…]] [--device ID] [--seed N] [--lasts-s N] [--for-s N] [--format text|json] [--config FILE]',
  summary:
    'Run simulated devices against the running gateway; real ones and those with a password of their own are left alone.',
  async run(args, terminal) {
    const { values } = parse(args, ['scenario', 'device', 'seed', 'lasts-s', 'for-s', 'format'])
    const { device } = values
    const forS = numberOf('for-s', values['for-s'])
    if (forS === 0) throw new UsageError('--for-s is a number of seconds from 1')
    const teller = tellerOf(values.format, terminal)
    const scenarios = scenariosOf(values.scenario, device, numberOf('lasts-s', values['lasts-s']))
    const seed = numberOf('seed', values.seed) ?? 1
    const config = configOf(values, terminal)
    if (device !== undefined) assertCanSuffer(config, device, scenarios)
    const mqttPort = portOf(config.data.dir)
    return await withOperations(config, async (operations) => {
      const left = [leftOut(config), onOpcua(config), await withPasswords(config, operations, device)]
      const site = withReal(config.site, ...left)
      const startedAt = systemClock.now()
      const struck = troublesOf(site, seed, scenarios, startedAt)
      introduce({ config, left, device, scenarios, struck, seed, mqttPort }, teller)
      const letGo = (name: string) =>
        teller.warn(`${name} has got another MQTT password; it is simulated no more`, { is: 'let-go', name })
      const run = { config, site, operations, mqttPort, opcua: undefined, seed, scenarios, startedAt, letGo }
      await using campus = await runCampus(run)
      using _telling = telling(campus, teller)
      const isOver = await ended(terminal.until, forS)
      const isAnswered = !isOver || (await answered(campus))
      const { acknowledged, failed, dropped } = campus.counts
      teller.tell(tally(campus), { is: 'ended', acknowledged, failed, dropped })
      if (!isAnswered) teller.warn('Not all was answered in time', { is: 'unanswered' })
      return isOver && !(isAnswered && acknowledged > 0 && failed + dropped === 0) ? 1 : 0
    })
  },
}

type Told = Readonly<Record<string, unknown>> & { readonly is: string }

/** Says everything twice: to people in a sentence, or to programs as a line of JSON on standard output. */
type Teller = {
  tell(sentence: string, told: Told): void
  /** For people on standard error. */
  warn(sentence: string, told: Told): void
}

function tellerOf(format: string | undefined, { out, err }: Terminal): Teller {
  if (format === 'json') {
    const tell = (_: string, told: Told) => out(JSON.stringify(told))
    return { tell, warn: tell }
  }
  if (format !== undefined && format !== 'text') throw new UsageError('--format is text or json')
  return { tell: out, warn: err }
}

/** What is under way at the end counts as well; a broker that is away answers nothing. */
async function answered(campus: Simulation): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const callOff = systemClock.after(ANSWERED_WITHIN_MS, () => resolve(false))
  void campus.settled().then(() => resolve(true))
  return promise.finally(callOff)
}

/** True where the time was over before anybody asked for the end. */
async function ended(until: AbortSignal, forS: number | undefined): Promise<boolean> {
  if (forS === undefined) {
    await untilAborted(until)
    return false
  }
  const over = Promise.withResolvers<true>()
  const callOff = systemClock.after(forS * 1_000, () => over.resolve(true))
  try {
    return await Promise.race([over.promise, untilAborted(until).then(() => false)])
  } finally {
    callOff()
  }
}

type Introduced = {
  readonly config: GatehouseConfig
  readonly left: readonly LeftOut[]
  readonly device: DeviceId | undefined
  readonly scenarios: readonly Scenario[]
  readonly struck: ReturnType<typeof troublesOf>
  readonly seed: number
  readonly mqttPort: number
}

/**
 * Who is simulated, who is not and why, and what happens to whom. Throws where nothing of what was asked for
 * could happen.
 */
function introduce(
  { config, left, device, scenarios, struck, seed, mqttPort }: Introduced,
  { tell, warn }: Teller,
): void {
  const why = new Map(left.flatMap((some) => [...some]))
  const because = device === undefined ? undefined : why.get(device)
  if (because !== undefined) throw refused(`${device} is not simulated: ${because}`)
  const { devices } = config.site
  if (why.size === devices.length)
    throw refused(
      `Nobody is simulated: none of the ${devices.length} devices of ${config.files.site} is left to a simulator${example(why)}`,
    )
  for (const { name } of scenarios) {
    if (!struck.some((trouble) => trouble.name === name))
      throw refused(
        `${name} needs ${wordOf(familyStruckBy(name))} that is simulated, and there is none${example(why)}`,
      )
  }
  const simulated = devices.length - why.size
  tell(
    `Simulating ${simulated} of ${devices.length} devices against port ${mqttPort} (seed ${seed}); Ctrl-C ends it`,
    { is: 'began', simulated, devices: devices.length, mqttPort, seed },
  )
  for (const [because, those] of byReason(why))
    tell(`Not simulated: ${shown(those)} (${because})`, { is: 'left-out', devices: those, because })
  for (const { name, device: id, lastsMs } of struck)
    tell(`${name} strikes ${id} for ${lastsMs / 1_000} s from now on`, {
      is: 'strikes',
      scenario: name,
      device: id,
      lastsMs,
    })
  if (device !== undefined)
    warn(`${device} gets a new MQTT password; the one before ceases to be valid`, {
      is: 'new-password',
      device,
    })
}

const example = (why: LeftOut): string => {
  const [first] = why
  return first ? ` (${first[0]}, for example: ${first[1]})` : ''
}

const shown = (ids: readonly string[]): string =>
  ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`

const onOpcua = ({ site }: GatehouseConfig): LeftOut =>
  new Map(
    site.devices
      .filter((device) => isOnOpcua(device))
      .map(({ id }) => [id, 'on OPC UA, for which only the demo starts a server']),
  )

/** A scenario of doors does nothing to a meter. */
function assertCanSuffer(
  { site, files }: GatehouseConfig,
  device: DeviceId,
  scenarios: readonly Scenario[],
): void {
  const found = site.devices.find(({ id }) => id === device)
  if (!found) {
    const near = meant(
      device,
      site.devices.map(({ id }) => id),
    )
    throw new GatehouseError('unknown-device', `There is no device ${device} in ${files.site}${near}`)
  }
  for (const { name } of scenarios) {
    const family = familyStruckBy(name)
    if (found.family !== family)
      throw refused(`${name} strikes ${wordOf(family)}; ${device} is ${wordOf(found.family)}`)
  }
}

const wordOf = (family: string): string =>
  `${family.startsWith('a') ? 'an' : 'a'} ${family.replaceAll('-', ' ')}`

function telling(campus: Simulation, { tell, warn }: Teller): Disposable {
  let before = 0
  const next = () => {
    callOff = systemClock.after(TELL_EACH_MS, next)
    const { acknowledged, failed, dropped } = campus.counts
    const told = { is: 'counts', acknowledged, failed, dropped }
    if (acknowledged > before) tell(tally(campus), told)
    else warn('Nothing was acknowledged for 10 s; the log of the gateway says why', told)
    before = acknowledged
  }
  let callOff = systemClock.after(TELL_EACH_MS, next)
  return { [Symbol.dispose]: () => callOff() }
}

const tally = ({ counts: { acknowledged, failed, dropped } }: Simulation): string =>
  `${acknowledged} messages acknowledged, ${failed} failed, ${dropped} dropped`

function scenariosOf(
  names: string | undefined,
  device: string | undefined,
  lastsS: number | undefined,
): Scenario[] {
  if (names === undefined) return []
  return names.split(',').map((wanted) => {
    const name: ScenarioName | undefined = SCENARIO_NAMES.find((known) => known === wanted)
    if (!name) {
      const near = meant(wanted, SCENARIO_NAMES)
      throw new UsageError(`there is no scenario ${wanted}${near} (all: ${SCENARIO_NAMES.join(', ')})`)
    }
    const lastsMs = lastsS === undefined ? LASTS_MS : lastsS * 1_000
    return { name, startsAfterMs: 0, lastsMs, ...(device !== undefined && { device }) }
  })
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} is a whole number`)
  return Number(text)
}

/** A file that a killed gateway has left behind is no gateway. */
function portOf(dataDir: string): number {
  const file = join(dataDir, 'ports.json')
  if (existsSync(file) && isRunning(dataDir))
    return (JSON.parse(readFileSync(file, 'utf8')) as { mqtt: number }).mqtt
  throw new GatehouseError(
    'not-found',
    `No gateway is running on ${dataDir}: start one, or name its configuration (--config) or its data directory (GATEHOUSE_DATA_DIR)`,
  )
}

const refused = (sentence: string) => new GatehouseError('invalid-input', sentence)
