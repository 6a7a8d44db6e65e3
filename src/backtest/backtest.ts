/**
 * Runs draft rules over the history that there is, beside the rules that run and the alarms that really were:
 * one at a time, in processes of its own, within a time limit, and called off at any moment.
 */
import type { Seat } from '../alarms/seat.ts'
import { devicesById } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant, Interval } from '../model/instant.ts'
import { meant } from '../model/meant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { AlarmBook } from '../operations/operations.ts'
import type { DeviceProfile } from '../profiles/device-profile.ts'
import { bindRules } from '../rules/bind.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import type { Fired } from './differences.ts'
import { heardBy } from './parts.ts'
import { runParts } from './pool.ts'
import { type BacktestReport, gatherReport, MOST_ALARMS } from './report.ts'
import type { BacktestSetup, HistorySource, PointType, TestedProfile } from './setup.ts'

/** A year and a bit, so that two same months of neighbouring years fit. */
export const LONGEST_MS = 400 * 86_400_000
/** Twice the longest baseline of any kind: four weeks. */
export const LONGEST_WARM_UP_MS = 56 * 86_400_000

export type BacktestAsked = Interval & {
  readonly rules: readonly RuleConfig[]
  readonly devices?: readonly DeviceId[] | undefined
  /** The rules run for so long before `from`, and nothing that they raise then is counted. */
  readonly warmUpMs?: number | undefined
  /** Running rules that the draft does not name: taken for dropped, unless they are to be left alone. */
  readonly others?: 'dropped' | 'left-alone' | undefined
}

export type BacktesterParts = {
  readonly site: Site
  readonly profiles: ReadonlyMap<string, DeviceProfile>
  readonly running: () => readonly RuleConfig[]
  readonly seats: readonly Seat[]
  readonly history: HistorySource
  readonly alarms: Pick<AlarmBook, 'list'>
  readonly clock: Clock
  readonly processes: number
  readonly gentle: boolean
  readonly timeLimitMs: number
  /** How many parts of how many are done. */
  readonly progress?: (done: number, of: number) => void
}

export type Backtester = {
  /**
   * Rejects with `backtest-busy`, `backtest-failed`, `config-invalid` or `invalid-input`, or with the
   * signal's reason.
   */
  run(asked: BacktestAsked, signal: AbortSignal): Promise<BacktestReport>
  readonly counts: { readonly runs: number; readonly failed: number; readonly running: number }
}

export function backtester(parts: BacktesterParts): Backtester {
  const { site, clock, timeLimitMs } = parts
  const counts = { runs: 0, failed: 0, running: 0 }
  const devices = devicesById(site.devices)
  const profiles = testedProfiles(parts.profiles)

  function check({ rules, from, to, warmUpMs = 0, devices: asked = [] }: BacktestAsked): void {
    if (!(from < to)) throw wrong('to', 'not after from')
    if (to - from > LONGEST_MS) throw wrong('to', 'more than 400 days after from')
    if (!(warmUpMs >= 0 && warmUpMs <= LONGEST_WARM_UP_MS)) throw wrong('warmUpMs', 'from 0 to 56 days')
    if (from > clock.now()) throw wrong('from', 'in the future')
    if (rules.length === 0) throw wrong('rules', 'there are none')
    const stranger = asked.find((id) => !devices.has(id))
    if (stranger === undefined) return
    const hint = meant(
      stranger,
      site.devices.map(({ id }) => id),
    )
    throw wrong('devices', `the site has no ${stranger}${hint}`)
  }

  async function work(asked: BacktestAsked, signal: AbortSignal): Promise<BacktestReport> {
    const to = Math.min(asked.to, clock.now())
    const named = new Set(asked.rules.map(({ id }) => id))
    const running = parts.running().filter(({ id }) => asked.others !== 'left-alone' || named.has(id))
    const setup: BacktestSetup = {
      from: asked.from,
      to,
      warmUpMs: asked.warmUpMs,
      site,
      profiles,
      running,
      draft: asked.rules,
      devices: asked.devices,
      history: parts.history,
      gentle: parts.gentle,
    }
    const fired = await firedIn(setup)
    const gathering = gatherReport({
      from: asked.from,
      to,
      warmUpMs: asked.warmUpMs,
      draft: asked.rules,
      running,
      fired,
      seats: parts.seats,
      deviceOf: (id) => devices.get(id),
      timeZone: site.timeZone,
    })
    const pool = { processes: parts.processes, signal, ...(parts.progress && { done: parts.progress }) }
    const plan = await runParts(setup, pool, gathering.take)
    return gathering.report(plan)
  }

  /**
   * Alarms of the book that were raised in the interval, by rules that the draft has, on devices that were
   * asked for.
   */
  async function firedIn({ from, to, draft, devices: asked }: BacktestSetup): Promise<Fired[]> {
    const drafted = new Set(draft.map(({ id }) => id))
    const judged = asked && subjectsOf(draft, asked)
    const fired: Fired[] = []
    let cursor: string | undefined
    do {
      const page = await parts.alarms.list({
        state: 'all',
        from,
        to,
        limit: 1_000,
        ...(cursor && { cursor }),
      })
      for (const { id, rule, subject, device, raisedAt, clearedAt, because } of page.items) {
        if (!drafted.has(rule) || (judged && !judged.has(`${rule} ${subject}`))) continue
        fired.push({ id, rule, subject, device, raisedAt, ...endedBefore(clearedAt, to), because })
      }
      cursor = page.next ?? undefined
    } while (cursor !== undefined && fired.length < MOST_ALARMS)
    return fired.sort((a, b) => a.raisedAt - b.raisedAt)
  }

  function subjectsOf(draft: readonly RuleConfig[], asked: readonly DeviceId[]): ReadonlySet<string> {
    const wanted = new Set(asked)
    const bound = bindRules(draft, site, (name) => profiles.get(name))
    return new Set(
      bound.flatMap(({ config, subjects }) =>
        [...subjects]
          .filter(([, subject]) => heardBy(subject).some((device) => wanted.has(device)))
          .map(([subject]) => `${config.id} ${subject}`),
      ),
    )
  }

  return {
    counts,
    async run(asked, signal) {
      check(asked)
      if (counts.running > 0) throw new GatehouseError('backtest-busy', 'Another back-test is running.')
      counts.running++
      counts.runs++
      const tooLong = new AbortController()
      const callOff = clock.after(timeLimitMs, () =>
        tooLong.abort(failed(`it took longer than ${timeLimitMs} ms`)),
      )
      try {
        return await work(asked, AbortSignal.any([signal, tooLong.signal]))
      } catch (cause) {
        counts.failed++
        signal.throwIfAborted()
        if (cause instanceof GatehouseError) throw cause
        throw failed((cause as Error).message, cause)
      } finally {
        callOff()
        counts.running--
      }
    },
  }
}

const wrong = (path: string, message: string) =>
  new GatehouseError('invalid-input', `${path}: ${message}`, { details: { errors: [{ path, message }] } })

const failed = (because: string, cause?: unknown) =>
  new GatehouseError('backtest-failed', `The back-test ended without a result: ${because}`, { cause })

const endedBefore = (clearedAt: Instant | undefined, to: Instant) =>
  clearedAt !== undefined && clearedAt < to ? { clearedAt } : {}

function testedProfiles(profiles: ReadonlyMap<string, DeviceProfile>): Map<string, TestedProfile> {
  return new Map(
    [...profiles].map(([name, profile]) => {
      const { measuresEveryMs, reportsEveryMs, points, register } = profile
      const pointTypes = Object.fromEntries(
        Object.entries(points).map(([point, told]) => [point, typeOf(told)]),
      )
      return [name, { measuresEveryMs, reportsEveryMs, points, pointTypes, ...(register && { register }) }]
    }),
  )
}

function typeOf(point: DeviceProfile['points'][string]): PointType {
  if (point.type === 'number') return 'DOUBLE'
  if ('map' in point && point.map) return 'JSON'
  return point.type === 'boolean' ? 'BOOLEAN' : 'VARCHAR'
}
