/**
 * Golden scenarios: one file each, with what happens and the whole list of alarms that it must lead to. The list comes from the gateway as
 * it runs, from the same run with kills in it, and from a back-test over the history that the run left behind.
 */
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse, stringify } from 'yaml'
import * as z from 'zod'
import {
  SCENARIO_NAMES,
  type Simulation,
  simulateCampus,
  type VirtualClock,
  virtualClock,
} from '../../simulators/index.ts'
import type { GatehouseConfig } from '../../src/config/config.ts'
import { testerOf } from '../../src/config/draft.ts'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import type { Instant } from '../../src/model/instant.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { openOperations } from '../../src/operations/open.ts'
import { temporaryFolder } from './gateway.ts'
import { campusConfig } from './virtual-campus.ts'

const FOLDER = join(import.meta.dirname, '../acceptance/golden')
const SEED = 7

/** What these tell happens on any day of the campus, whatever the scenario: cars drive off. */
const EVERYDAY = new Set(['left-campus'])

/** `M:SS` after the start, with thousandths where they are not zero. */
const After = z.string().regex(/^-?\d+:\d\d(?:\.\d{3})?$/)

const GoldenAlarm = z.strictObject({
  rule: z.string(),
  subject: z.string(),
  raised: After,
  /** Null: it still stands at the end. */
  cleared: After.nullable(),
  code: z.string(),
  /** Whether it has a work order. */
  order: z.boolean(),
})

export type GoldenAlarm = z.output<typeof GoldenAlarm>

const Golden = z.strictObject({
  scenario: z.enum(SCENARIO_NAMES),
  device: z.string(),
  /** Local time of the campus. */
  start: z.string(),
  startsAfterS: z.number(),
  lastsS: z.number(),
  minutes: z.number(),
  alarms: z.array(GoldenAlarm),
})

export type Golden = z.output<typeof Golden>

const fileOf = (name: string) => join(FOLDER, `${name}.yaml`)

export const goldenNames = (): string[] =>
  globSync(join(FOLDER, '*.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort()

export const readGolden = (name: string): Golden => Golden.parse(parse(readFileSync(fileOf(name), 'utf8')))

/** The file as it should be: what stands before its list stays, comments too. */
export function goldenText(name: string, alarms: readonly GoldenAlarm[]): string {
  const before = readFileSync(fileOf(name), 'utf8').replace(/^alarms:[\s\S]*$/m, '')
  return before + stringify({ alarms }, { flowCollectionPadding: false, lineWidth: 0 })
}

export type GoldenRun = AsyncDisposable & {
  /** What the alarm book holds. */
  readonly alarms: readonly GoldenAlarm[]
  /** The same from history; without orders, which a back-test does not open. */
  backtested(): Promise<readonly Omit<GoldenAlarm, 'order'>[]>
}

/** `killsAfterS`: the gateway dies there, and another goes on with what was on disk at that moment. */
export async function runGolden(golden: Golden, killsAfterS: readonly number[] = []): Promise<GoldenRun> {
  await using opened = new AsyncDisposableStack()
  const folders: string[] = []
  opened.defer(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const newFolder = () => {
    const folder = temporaryFolder('golden')
    folders.push(folder)
    return folder
  }
  let config = campusConfig(newFolder())
  const { timeZone } = config.site
  const start = Temporal.PlainDateTime.from(golden.start).toZonedDateTime(timeZone).epochMilliseconds
  const clock = virtualClock(start)
  const credentials = new Map<string, Promise<string>>()
  let now = 0
  for (const until of [...killsAfterS, golden.minutes * 60]) {
    const living = await live(golden, config, clock, credentials, start)
    await clock.advance((until - now) * 1_000, living.settled)
    now = until
    const next = newFolder()
    if (until < golden.minutes * 60) {
      // Everything is at rest: what lies on disk now is what a kill would leave.
      cpSync(config.data.dir, next, { recursive: true })
      rmSync(join(next, 'ports.json'), { force: true })
    }
    await living.end()
    if (until < golden.minutes * 60) config = campusConfig(next)
  }
  const to = clock.now()
  const after = (at: Instant) => afterText(at - start)
  const { dir } = config.data
  const rules = new Set(config.rules.map(({ id }) => id).filter((id) => !EVERYDAY.has(id)))
  await using operations = await openOperations({ dir, clock })
  const { items } = await operations.alarms.list({ state: 'all', limit: 1_000 })
  const alarms = items
    .filter(({ rule }) => rules.has(rule))
    .toSorted((a, b) => a.raisedAt - b.raisedAt || order(a.rule, b.rule) || order(a.subject, b.subject))
    .map(({ rule, subject, raisedAt, clearedAt, because, order: filed }) => ({
      ...{ rule, subject },
      raised: after(raisedAt),
      cleared: clearedAt === undefined ? null : after(clearedAt),
      code: because.code,
      order: filed !== undefined,
    }))
  const running = opened.move()
  return {
    alarms,
    async backtested() {
      const none = { list: async () => ({ items: [], next: null }) }
      const parts = {
        alarms: none,
        clock,
        running: () => [],
        processes: 1,
        gentle: false,
        timeLimitMs: 60_000,
      }
      const report = await testerOf(config, parts).run(
        { rules: config.rules.filter(({ id }) => rules.has(id)), from: start, to },
        new AbortController().signal,
      )
      return report.alarms.map(({ rule, subject, raisedAt, clearedAt, because }) => ({
        ...{ rule, subject, raised: after(raisedAt) },
        cleared: clearedAt === undefined ? null : after(clearedAt),
        code: because.code,
      }))
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function afterText(ms: number): string {
  const [minutes, restMs] = [Math.floor(Math.abs(ms) / 60_000), Math.abs(ms) % 60_000]
  const isWhole = restMs % 1_000 === 0
  const seconds = (restMs / 1_000).toFixed(isWhole ? 0 : 3).padStart(isWhole ? 2 : 6, '0')
  return `${ms < 0 ? '-' : ''}${minutes}:${seconds}`
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

async function live(
  { scenario: name, device, startsAfterS, lastsS }: Golden,
  config: GatehouseConfig,
  clock: VirtualClock,
  credentials: Map<string, Promise<string>>,
  startedAt: Instant,
) {
  const gateway: Gateway = await createGateway(config, { clock, log: SILENT_LOG })
  const { registry } = gateway.operations
  const bridges = new Set(config.bridges.map((bridge) => bridge.name))
  const scenarios = [{ name, device, startsAfterMs: startsAfterS * 1_000, lastsMs: lastsS * 1_000 }]
  const campus: Simulation = simulateCampus({
    ...{ site: config.site, clock, scenarios, seed: SEED, startedAt },
    mqtt: {
      url: `mqtt://127.0.0.1:${gateway.ports.mqtt}`,
      async credentialsOf(username) {
        const issue = bridges.has(username) ? registry.issueBridgeToken : registry.issueDeviceToken
        const password = credentials.get(username) ?? issue(username, 'test')
        credentials.set(username, password)
        return { username, password: await password }
      },
    },
  })
  return {
    async settled() {
      await campus.settled()
      await gateway.settled()
    },
    async end() {
      await campus[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}
