/** The water rules over a year of 92 real meters: what they raise, told as the tables of docs/rules/daiad.md. */
import { bindRules } from '../../src/rules/bind.ts'
import { createEngine, type RuleVerdict } from '../../src/rules/engine.ts'
import { RulesOptions } from '../../src/rules/index.ts'
import { DAIAD_PROFILE, type DaiadYear } from './daiad-year.ts'

const HOUR_MS = 3_600_000

/** Every water kind by its defaults; those that need what these meters do not send judge nothing and are left out. */
const DECLARED = [
  { id: 'continuous-flow', kind: 'continuous-flow' },
  { id: 'continuous-flow-of-5-l', kind: 'continuous-flow', options: { floorM3h: 0.005 } },
  { id: 'night-flow', kind: 'night-flow' },
  { id: 'burst', kind: 'burst' },
  { id: 'stuck-meter', kind: 'stuck-meter', options: { dailyM3: 0.1 } }, // a household, not an office
  { id: 'implausible-jump', kind: 'implausible-jump' },
  { id: 'meter-silent', kind: 'silent', options: { forMs: 26 * HOUR_MS } },
]

export type Alarm = {
  readonly rule: string
  readonly device: string
  readonly raisedAt: number
  readonly because: RuleVerdict['because']
  /** Absent: it stood at the end of the year. */
  readonly clearedAt?: number
}

export function alarmsOf({ site, commits }: DaiadYear): Alarm[] {
  const { rules } = RulesOptions.parse({
    rules: DECLARED.map((rule) => ({ severity: 'low', verifyMs: 1, options: {}, ...rule })),
  })
  const engine = createEngine(bindRules(rules, site, () => DAIAD_PROFILE))
  const open = new Map<string, Alarm>()
  const alarms: Alarm[] = []
  for (const commit of commits) {
    for (const { rule, subject, at, breached, because } of engine.take(commit)) {
      const key = `${rule} ${subject}`
      const before = open.get(key)
      open.delete(key)
      if (before) alarms.push({ ...before, clearedAt: at })
      if (breached) open.set(key, { rule, device: subject, raisedAt: at, because })
    }
  }
  if (engine.parked().length > 0) throw new Error(`parked: ${engine.parked()[0]?.cause}`)
  return [...alarms, ...open.values()].sort((a, b) => a.raisedAt - b.raisedAt)
}
/**
 * The plain count: readings at most 3 h apart, each higher than the one before; the longest stretch of each
 * meter, hours.
 */
export function plainCount({ commits }: DaiadYear): Map<string, number> {
  const last = new Map<string, { at: number; volume: number; since: number }>()
  const longest = new Map<string, number>()
  for (const { records } of commits) {
    for (const record of records) {
      if (record.is !== 'reading') continue
      const { device, at, values } = record
      const volume = Number(values.volume)
      const before = last.get(device)
      const flows = before && volume > before.volume && at - before.at <= 3 * HOUR_MS
      const since = flows ? before.since : at
      last.set(device, { at, volume, since })
      longest.set(device, Math.max(longest.get(device) ?? 0, (at - since) / HOUR_MS))
    }
  }
  return longest
}

const YEAR_MS = 365 * 24 * HOUR_MS

/** One row a rule. */
export function rulesTable(alarms: readonly Alarm[], meters: number): string {
  const rows = DECLARED.map(({ id, kind, options }) => {
    const set = Object.entries(options ?? {}).map(([name, value]) => `\`${name}: ${value}\``)
    const name = [`[\`${kind}\`](${kind}.md)`, ...set].join(', ')
    const own = alarms.filter(({ rule }) => rule === id)
    const devices = new Set(own.map(({ device }) => device)).size
    const aWeek = ((own.length / meters) * 100 * 7 * 24 * HOUR_MS) / YEAR_MS
    return `| ${name} | ${own.length} | ${devices} | ${aWeek.toFixed(1)} |`
  })
  return ['| kind | alarms | meters | a week and 100 meters |', '|---|---|---|---|', ...rows].join('\n')
}

/** One row a meter with 24 h or more of uninterrupted flow, by the plain count or by the rule. */
export function metersTable(alarms: readonly Alarm[], plain: ReadonlyMap<string, number>): string {
  const flows = Map.groupBy(
    alarms.filter(({ rule }) => rule === 'continuous-flow'),
    ({ device }) => device,
  )
  const found = [...plain].filter(([device, hours]) => hours >= 24 || flows.has(device))
  const rows = found
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([device, hours]) => {
      const own = flows.get(device) ?? []
      const stood = own.map(({ raisedAt, clearedAt, because }) =>
        clearedAt === undefined ? undefined : clearedAt - raisedAt + Number(because.figures.forMs),
      )
      const longest = Math.max(0, ...stood.map((ms) => (ms ?? 0) / HOUR_MS))
      const toTheEnd = stood.includes(undefined) ? ', and one to the end' : ''
      const first = own[0] ? new Date(own[0].raisedAt).toISOString().slice(0, 16).replace('T', ' ') : '–'
      return `| \`${device}\` | ${hours.toFixed(1)} | ${own.length} | ${first} | ${longest.toFixed(1)}${toTheEnd} |`
    })
  const head = '| meter | plain count, h | alarms | first raised, UTC | longest, h |'
  return [head, '|---|---|---|---|---|', ...rows].join('\n')
}
