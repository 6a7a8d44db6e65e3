/** The named scenarios: which device is struck, and the cycle of them that the demo shows. */
import type { Device, Family } from '../src/model/device.ts'
import type { Instant } from '../src/model/instant.ts'
import type { DeviceId } from '../src/model/reading.ts'
import type { Site } from '../src/model/site.ts'
import { chance, pick } from './chance.ts'
import type { ScenarioName, Trouble } from './trouble.ts'

export type Scenario = {
  readonly name: ScenarioName
  readonly startsAfterMs: number
  readonly lastsMs: number
  /** Start to start; absent: once. */
  readonly everyMs?: number
  /** Chosen by the seed where absent. */
  readonly device?: DeviceId
}

const STRIKES: Readonly<Record<ScenarioName, Family>> = {
  'burst-pipe': 'water-meter',
  'running-toilet': 'water-meter',
  'meter-silent': 'water-meter',
  'reverse-flow': 'water-meter',
  'meter-tamper': 'water-meter',
  'register-jump': 'water-meter',
  'low-battery': 'water-meter',
  'bad-payloads': 'water-meter',
  'door-held-open': 'access-control-gate',
  'door-forced': 'access-control-gate',
  'door-unlocked': 'access-control-gate',
  'door-tamper': 'access-control-gate',
  'denied-burst': 'access-control-gate',
  duress: 'access-control-gate',
  'anti-passback': 'access-control-gate',
  'fire-release': 'access-control-gate',
  'missed-patrol': 'patrol-checkpoint',
  'late-patrol': 'patrol-checkpoint',
  'early-patrol': 'patrol-checkpoint',
  'wrong-order': 'patrol-checkpoint',
  'copied-tags': 'patrol-checkpoint',
  'unknown-tag': 'patrol-checkpoint',
  'long-parking': 'vehicle-tracker',
  speeding: 'vehicle-tracker',
  'left-area': 'vehicle-tracker',
  tow: 'vehicle-tracker',
  'fuel-theft': 'vehicle-tracker',
  'tracker-unplugged': 'vehicle-tracker',
  'gps-jumps': 'vehicle-tracker',
}

export const familyStruckBy = (name: ScenarioName): Family => STRIKES[name]

/** The site says that it is there; nobody speaks for it. */
export const isReal = ({ simulated }: Pick<Device, 'simulated'>): boolean => simulated === false

/** Of its own MQTT credentials, so that it can be cut off or send what it likes. */
const speaksForItself = ({ source, address }: Device) => source === undefined && address === undefined

/**
 * The same site, seed and scenarios strike the same devices, each another one as long as there are enough.
 * One that nobody can suffer is left out.
 */
export function troublesOf(
  site: Site,
  seed: number,
  scenarios: readonly Scenario[],
  startedAt: Instant,
): readonly Trouble[] {
  // What happens behind a main meter happens to it as well.
  const mains = new Set((site.balances ?? []).flatMap(({ main }) => main))
  const struck = new Set(scenarios.flatMap(({ device }) => device ?? []))
  const visits = site.routes.flatMap((route) =>
    route.visits.map(({ checkpoint }, nth) => ({
      checkpoint,
      isFirst: nth === 0,
      isLast: nth === route.visits.length - 1,
    })),
  )
  /** What can happen at a checkpoint of a route depends on what is walked before and after it. */
  const isWalked = (name: ScenarioName, device: DeviceId) =>
    visits.some(
      ({ checkpoint, isFirst, isLast }) =>
        checkpoint === device &&
        !(name === 'early-patrol' && !isFirst) &&
        !(name === 'copied-tags' && isFirst) &&
        !(name === 'wrong-order' && isLast),
    )
  return scenarios.flatMap(({ name, device, startsAfterMs, lastsMs, everyMs }, index) => {
    const able = site.devices
      .filter((one) => one.family === STRIKES[name] && !isReal(one) && !mains.has(one.id))
      .filter(({ id, family }) => family !== 'patrol-checkpoint' || isWalked(name, id))
    const simple = able.filter(speaksForItself)
    const fitting = (simple.length > 0 ? simple : able).map(({ id }) => id)
    if (device === undefined && fitting.length === 0) return []
    const fresh = fitting.filter((id) => !struck.has(id))
    const chosen = device ?? pick(fresh.length > 0 ? fresh : fitting, chance(seed, name, index))
    struck.add(chosen)
    const once = { name, device: chosen, from: startedAt + startsAfterMs, lastsMs }
    return [everyMs === undefined ? once : { ...once, everyMs }]
  })
}

const MINUTE_MS = 60_000

/** The demo's rounds are walked every 15 min; every other one misses a checkpoint. */
const DEMO_CYCLE_MS = 30 * MINUTE_MS

const every10Minutes = (name: ScenarioName, atMinute: number, lastsMinutes: number): Scenario => ({
  name,
  startsAfterMs: atMinute * MINUTE_MS,
  lastsMs: lastsMinutes * MINUTE_MS,
  everyMs: 10 * MINUTE_MS,
})

/** Once a cycle: rare things, so that the demo is not one flood of alarms. */
const once = (name: ScenarioName, atMinute: number, lastsMinutes: number): Scenario => ({
  name,
  startsAfterMs: atMinute * MINUTE_MS,
  lastsMs: lastsMinutes * MINUTE_MS,
  everyMs: DEMO_CYCLE_MS,
})

/**
 * Anchored to the half hour, so that whenever the demo starts an alarm comes up within two minutes, and each
 * fault is gone for long enough to prove its repair.
 */
export const DEMO_SCENARIOS: readonly Scenario[] = [
  every10Minutes('door-forced', 0.25, 0.2),
  every10Minutes('burst-pipe', 1.25, 1),
  every10Minutes('door-held-open', 3, 1),
  every10Minutes('long-parking', 3, 4.5),
  every10Minutes('running-toilet', 2.75, 3.5),
  every10Minutes('meter-silent', 5.5, 1.5),
  every10Minutes('door-forced', 7.75, 0.2),
  every10Minutes('bad-payloads', 8, 0.5),
  every10Minutes('door-held-open', 9, 0.75),
  once('low-battery', 2, 1.5),
  once('door-unlocked', 6.5, 1.5),
  once('reverse-flow', 11, 2),
  once('denied-burst', 12.5, 0.75),
  once('meter-tamper', 13.5, 1),
  once('fire-release', 14.5, 1),
  once('door-tamper', 16.5, 0.5),
  once('duress', 22.5, 0.1),
  once('anti-passback', 25.5, 1),
  once('late-patrol', 15, 14),
  once('early-patrol', 15, 14),
  once('wrong-order', 15, 14),
  once('copied-tags', 15, 14),
  once('unknown-tag', 15, 14),
  once('speeding', 4.5, 2),
  once('left-area', 10.5, 4),
  once('tow', 18.25, 3),
  once('register-jump', 19.5, 0.25),
  once('fuel-theft', 20.5, 2.5),
  once('tracker-unplugged', 24.5, 1),
  once('gps-jumps', 26, 1),
  { name: 'missed-patrol', startsAfterMs: 0, lastsMs: 15 * MINUTE_MS, everyMs: DEMO_CYCLE_MS },
]

/** Where the demo's cycle that is running at `now` began. */
export const demoAnchor = (now: Instant): Instant => Math.floor(now / DEMO_CYCLE_MS) * DEMO_CYCLE_MS
