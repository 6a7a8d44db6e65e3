/**
 * A back-test's own process: it reads history and runs rules over one part of the site after the other.
 * Nothing of the gateway is in it, so whatever a draft does to time and memory, the gateway goes on.
 */
import { setPriority } from 'node:os'
import { influxHistorian } from '../historian/influx.ts'
import { repeatsBy } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import { historianRows } from './historian-rows.ts'
import { type JournalTail, openJournalTail } from './journal-tail.ts'
import { bindPart, bindSides, partsOf, type SidesOf, sidesOf } from './parts.ts'
import type { HistoryRows } from './rows.ts'
import { runPart } from './run-part.ts'
import { sealedRows } from './sealed-rows.ts'
import type {
  BacktestAnswer,
  BacktestAsk,
  BacktestSetup,
  Part,
  PlacedRecord,
  Plan,
  PointType,
} from './setup.ts'

const GENTLE = 10
const QUARTER_HOUR_MS = 900_000

type Work = {
  plan(): Promise<Plan>
  part(part: Part, records: readonly PlacedRecord[]): ReturnType<typeof runPart>
}

async function prepare(setup: BacktestSetup): Promise<Work> {
  if (setup.gentle) setPriority(GENTLE)
  const sides = sidesOf(setup)
  const whole = bindSides(sides, setup, setup.site)
  const { warmUpMs = 0 } = setup
  const interval = { from: setup.from - warmUpMs, to: setup.to }
  const tail = openJournalTail(setup.history.journalFile)
  const rows = await openRows(setup, tail)
  const asked = setup.devices && new Set(setup.devices)
  return {
    async plan() {
      const counts = await rows.counts(interval)
      const profileOf = new Map(
        setup.site.devices.map(({ id, profile }) => [id, setup.profiles.get(profile)]),
      )
      const guess = (device: DeviceId) =>
        Math.ceil((interval.to - interval.from) / (profileOf.get(device)?.measuresEveryMs ?? QUARTER_HOUR_MS))
      const rowsOf = (device: DeviceId) => (counts ? (counts.get(device) ?? 0) : guess(device))
      const rules = [...whole.draft, ...whole.running]
      return {
        parts: partsOf(rules, setup.site, { asked: setup.devices, rowsOf }),
        versions: { draft: versionsOf(whole.draft), running: versionsOf(whole.running) },
        ...tail.absences(interval),
        journalFrom: tail.firstReceivedAt,
      }
    },
    async part(part, records) {
      const rules = bindPart(setup, sides, whole, part)
      const { devices } = part
      const read = (order: 'measured' | 'received') => rows.read({ ...interval, devices, order })
      const result = await runPart(rules, interval, records, read, setup.from)
      if (!asked) return result
      const isAsked = ({ rule, subject }: { rule: string; subject: string }) =>
        [...rules.draft, ...rules.running].some(({ config, subjects }) => {
          const bound = config.id === rule ? subjects.get(subject) : undefined
          return bound && (bound.devices ?? [bound.device]).some((device) => asked.has(device))
        })
      const { draft, running } = result.found
      return { ...result, found: { draft: draft.filter(isAsked), running: running.filter(isAsked) } }
    },
  }
}

const versionsOf = (rules: SidesOf<BoundRule>['draft']) =>
  Object.fromEntries(rules.map(({ config, version }) => [config.id, version]))

async function openRows(setup: BacktestSetup, tail: JournalTail): Promise<HistoryRows> {
  const { history, site } = setup
  const devices = new Map(site.devices.map((device) => [device.id, device]))
  const repeatsOf = (id: DeviceId) => {
    const device = devices.get(id)
    return device ? repeatsBy(device.family) : 'sample'
  }
  if (history.kind === 'influx') {
    const clock = { now: () => setup.to, monotonicMs: () => 0, after: () => () => {} }
    const reading = {
      options: history.options,
      repeatsBy: repeatsOf,
      describe: (id: DeviceId) => devices.get(id),
    }
    return historianRows(influxHistorian({ ...reading, noteRefused: async () => {}, clock, log: SILENT_LOG }))
  }
  const pointsOf = (ids: readonly DeviceId[]) => {
    const points = new Map<string, PointType>()
    for (const profile of new Set(ids.map((id) => devices.get(id)?.profile ?? ''))) {
      for (const [point, type] of Object.entries(setup.profiles.get(profile)?.pointTypes ?? {})) {
        points.set(point, points.get(point) === undefined || points.get(point) === type ? type : 'JSON')
      }
    }
    return points
  }
  return sealedRows({ folder: history.folder, tail, pointsOf, repeatsBy: repeatsOf })
}

let work: Promise<Work> | undefined

async function answer(message: BacktestSetup | BacktestAsk): Promise<BacktestAnswer | undefined> {
  if (!('is' in message)) {
    work = prepare(message)
    work.catch(() => {}) // told with the first question
    return undefined
  }
  if (!work) throw new Error('a question before the setup')
  if (message.is === 'plan') return { plan: await (await work).plan() }
  return { result: await (await work).part(message.part, message.records) }
}

process.on('disconnect', () => process.exit())
// Ctrl-C reaches every process of the terminal; whoever started the back-test ends this one.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.on('message', (message: BacktestSetup | BacktestAsk) => {
  answer(message).then(
    (answered) => answered && process.send?.(answered),
    (cause: Error) => {
      const code = cause instanceof GatehouseError ? { code: cause.code } : {}
      process.send?.({ failed: cause.message, ...code } satisfies BacktestAnswer)
    },
  )
})
