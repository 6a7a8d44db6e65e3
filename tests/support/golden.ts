/**
 * Golden scenarios: one file each, with what happens and the whole list of alarms that it must lead to. The
 * list comes from the gateway as it runs, from the same run with kills in it, and from a back-test over the
 * history that the run left behind.
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
  /**
   * What the alarm book holds where the gateway died at each of the instants, and another went on with what
   * was on disk at that moment.
   */
  afterKills(): Promise<readonly GoldenAlarm[]>
}

/** The passwords that its registry has given out, by user. */
type Life = { readonly config: GatehouseConfig; readonly passwords: Map<string, Promise<string>> }

/** Up to the first kill both lives are one: it is lived once, and goes on twice from the disk of that moment. */
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
  const endS = golden.minutes * 60
  const config = campusConfig(newFolder())
  const { timeZone } = config.site
  const start = Temporal.PlainDateTime.from(golden.start).toZonedDateTime(timeZone).epochMilliseconds
  const clockAt = (afterS: number) => virtualClock(start + afterS * 1_000)

  /** Returns what a kill at `killedS` would leave. */
  async function liveOn({ config, passwords }: Life, fromS: number, toS: number, killedS?: number) {
    const clock = clockAt(fromS)
    const living = await live(golden, config, clock, passwords, start)
    let left: Life | undefined
    if (killedS !== undefined) {
      await clock.advance((killedS - fromS) * 1_000, living.settled)
      left = { config: campusConfig(newFolder()), passwords: new Map(passwords) }
      // Everything is at rest: what lies on disk now is what a kill would leave.
      cpSync(config.data.dir, left.config.data.dir, { recursive: true })
      rmSync(join(left.config.data.dir, 'ports.json'), { force: true })
    }
    await clock.advance((toS - (killedS ?? fromS)) * 1_000, living.settled)
    await living.end()
    return left
  }

  const after = (at: Instant) => afterText(at - start)
  const rules = new Set(config.rules.map(({ id }) => id).filter((id) => !EVERYDAY.has(id)))
  async function alarmsIn({ data: { dir } }: GatehouseConfig): Promise<GoldenAlarm[]> {
    await using operations = await openOperations({ dir, clock: clockAt(endS) })
    const { items } = await operations.alarms.list({ state: 'all', limit: 1_000 })
    return items
      .filter(({ rule }) => rules.has(rule))
      .toSorted((a, b) => a.raisedAt - b.raisedAt || order(a.rule, b.rule) || order(a.subject, b.subject))
      .map(({ rule, subject, raisedAt, clearedAt, because, order: filed }) => ({
        rule,
        subject,
        raised: after(raisedAt),
        cleared: clearedAt === undefined ? null : after(clearedAt),
        code: because.code,
        order: filed !== undefined,
      }))
  }

  const killed = await liveOn({ config, passwords: new Map() }, 0, endS, killsAfterS[0])
  const alarms = await alarmsIn(config)
  const running = opened.move()
  return {
    alarms,
    async backtested() {
      const none = { list: async () => ({ items: [], next: null }) }
      const parts = {
        alarms: none,
        clock: clockAt(endS),
        running: () => [],
        processes: 1,
        gentle: false,
        timeLimitMs: 60_000,
      }
      const report = await testerOf(config, parts).run(
        { rules: config.rules.filter(({ id }) => rules.has(id)), from: start, to: start + endS * 1_000 },
        new AbortController().signal,
      )
      return report.alarms.map(({ rule, subject, raisedAt, clearedAt, because }) => ({
        rule,
        subject,
        raised: after(raisedAt),
        cleared: clearedAt === undefined ? null : after(clearedAt),
        code: because.code,
      }))
    },
    async afterKills() {
      let last = killed
      for (const [place, killS] of killsAfterS.entries()) {
        const nextS = killsAfterS[place + 1]
        if (last) last = (await liveOn(last, killS, nextS ?? endS, nextS)) ?? last
      }
      if (!last) throw new RangeError('a run without kills has no life after them')
      return alarmsIn(last.config)
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
  passwords: Life['passwords'],
  startedAt: Instant,
) {
  const gateway: Gateway = await createGateway(config, { clock, log: SILENT_LOG })
  const { registry } = gateway.operations
  const bridges = new Set(config.bridges.map((bridge) => bridge.name))
  const scenarios = [{ name, device, startsAfterMs: startsAfterS * 1_000, lastsMs: lastsS * 1_000 }]
  const campus: Simulation = simulateCampus({
    site: config.site,
    clock,
    scenarios,
    seed: SEED,
    startedAt,
    mqtt: {
      url: `mqtt://127.0.0.1:${gateway.ports.mqtt}`,
      async credentialsOf(username) {
        const issue = bridges.has(username) ? registry.issueBridgeToken : registry.issueDeviceToken
        const password = passwords.get(username) ?? issue(username, 'test')
        passwords.set(username, password)
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
