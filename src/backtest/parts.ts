/**
 * Cuts a site into parts that can be judged apart: devices that any rule joins in one subject stay together, others
 * are packed up to a size. A part is then bound by itself, so that nobody pays for subjects that are judged elsewhere.
 */
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from '../rules/bind.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import type { BoundSubject } from '../rules/bound-subjects.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import type { BacktestSetup, Part, Side } from './setup.ts'

/**
 * Readings of one part, which are sorted at once. Sealed files are read in groups of rows of which a device
 * has a few, so the smaller the parts, the more often the same groups are read; the larger, the longer one
 * process works on the last one alone.
 */
export const PART_ROWS = 400_000
const PART_DEVICES = 256

export type SidesOf<T> = Readonly<Record<Side, readonly T[]>>

/** The draft whole; of what runs, only what the draft changes or drops. */
export function sidesOf({ draft, running }: Pick<BacktestSetup, 'draft' | 'running'>): SidesOf<RuleConfig> {
  const same = new Set(draft.map((config) => JSON.stringify(config)))
  return { draft, running: running.filter((config) => !same.has(JSON.stringify(config))) }
}

export const bindSides = (
  sides: SidesOf<RuleConfig>,
  setup: BacktestSetup,
  site: Site,
): SidesOf<BoundRule> => ({
  draft: bindRules(sides.draft, site, (name) => setup.profiles.get(name)),
  running: bindRules(sides.running, site, (name) => setup.profiles.get(name)),
})

/** Whose readings the subject is judged by. */
export const heardBy = ({ device, devices }: BoundSubject): readonly DeviceId[] => devices ?? [device]

export function partsOf(
  rules: readonly BoundRule[],
  site: Site,
  { asked, rowsOf }: { asked: readonly DeviceId[] | undefined; rowsOf: (device: DeviceId) => number },
): Part[] {
  const joined = joins()
  for (const { subjects } of rules) {
    for (const subject of subjects.values()) {
      const [first, ...others] = heardBy(subject)
      if (first === undefined) continue
      joined.add(first)
      for (const other of others) joined.join(first, other)
    }
  }
  const groups = Map.groupBy(
    site.devices.filter(({ id }) => joined.has(id)).map(({ id }) => id),
    joined.rootOf,
  )
  const wanted = asked && new Set(asked.map(joined.rootOf))
  const parts: { devices: DeviceId[]; rows: number }[] = []
  // In the order of the files, so that a part lies in few row groups.
  const inOrder = [...groups]
    .filter(([root]) => !wanted || wanted.has(root))
    .sort(([, a], [, b]) => compare(a[0], b[0]))
  for (const [, devices] of inOrder) {
    const rows = devices.reduce((sum, device) => sum + rowsOf(device), 0)
    const last = parts.at(-1)
    const fits = last && last.rows + rows <= PART_ROWS && last.devices.length + devices.length <= PART_DEVICES
    if (last && fits) {
      last.devices.push(...devices)
      last.rows += rows
    } else parts.push({ devices: [...devices], rows })
  }
  return parts
}

const compare = (a = '', b = '') => (a < b ? -1 : a > b ? 1 : 0)

/** The rules as far as they judge these devices; `whole` are the same ones bound to the whole site. */
export function bindPart(
  setup: BacktestSetup,
  sides: SidesOf<RuleConfig>,
  whole: SidesOf<BoundRule>,
  { devices }: Part,
): SidesOf<BoundRule> {
  const mine = new Set(devices)
  const site = { ...setup.site, devices: setup.site.devices.filter(({ id }) => mine.has(id)) }
  const narrowed = (side: Side) =>
    sides[side].map((config, index) => narrow(config, mine, whole[side][index] as BoundRule))
  return bindSides({ draft: narrowed('draft'), running: narrowed('running') }, setup, site)
}

function narrow(config: RuleConfig, mine: ReadonlySet<DeviceId>, { subjects }: BoundRule): RuleConfig {
  const { scope, optionsFor } = config
  const only = (names: readonly string[] | undefined) => names?.filter((name) => mine.has(name))
  const [devices, exceptDevices] = [only(scope.devices), only(scope.exceptDevices)]
  const isMine = (subject: string) => {
    const bound = subjects.get(subject)
    return bound !== undefined && heardBy(bound).some((device) => mine.has(device))
  }
  return {
    ...config,
    scope: { ...scope, ...(devices && { devices }), ...(exceptDevices && { exceptDevices }) },
    optionsFor: Object.fromEntries(Object.entries(optionsFor).filter(([subject]) => isMine(subject))),
  }
}

/** Sets that grow together (union by path halving). */
function joins() {
  const parent = new Map<DeviceId, DeviceId>()
  const rootOf = (device: DeviceId): DeviceId => {
    let at = device
    for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) {
      parent.set(at, parent.get(up) ?? up)
      at = up
    }
    return at
  }
  const add = (device: DeviceId) => {
    if (!parent.has(device)) parent.set(device, device)
  }
  return {
    rootOf,
    add,
    has: (device: DeviceId) => parent.has(device),
    join(one: DeviceId, other: DeviceId) {
      add(other)
      parent.set(rootOf(other), rootOf(one))
    },
  }
}
