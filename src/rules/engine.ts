/**
 * All rules of the gateway behind one call: a journal commit in, its verdicts out, at once and in a
 * fixed order (rules as declared; within a rule readings before wake-ups). The alarms consumer
 * commits what follows from them with its own offset; states go into a checkpoint every few seconds.
 */
import { Subject } from 'rxjs'
import * as z from 'zod'
import type { SubjectId } from '../model/alarm.ts'
import { type Commit, readingsOf } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import { type BoundRule, concernedDevices, type RuleRun } from './bound-rule.ts'
import { JUDGED_ANEW, type LiveCommit } from './evaluate.ts'
import { type Newest, onTime } from './lateness.ts'
import type { Verdict } from './rule.ts'

export type RuleVerdict = Verdict & {
  readonly rule: string
  /** Of the rule, as it was when it judged. */
  readonly version: string
}

/** One row of the checkpoint, plain data under the key (rule, subject); `kept: null` deletes the row. */
export type StateRow = { readonly rule: string; readonly subject: SubjectId; readonly kept: unknown }

export type ParkedSubject = {
  readonly rule: string
  readonly subject: SubjectId
  readonly at: Instant
  readonly cause: string
}

export type Engine = {
  readonly rules: readonly BoundRule[]
  /**
   * Steps every rule through the commit. Verdicts of a rule that is gone (or of a subject no longer under it)
   * are clears with the code `judged-anew`. Never throws: a step that does parks its subject.
   */
  take(commit: Commit): readonly RuleVerdict[]
  /** Rows that changed since the last call. Call it between two commits; the caller keeps them until they are stored. */
  changedStates(): readonly StateRow[]
  /** Subjects whose step threw; they take nothing until released. */
  parked(): readonly ParkedSubject[]
  /** Starts a parked subject anew at the next commit; false if it is not parked. */
  release(rule: string, subject: SubjectId): boolean
  readonly counts: {
    readonly subjects: number
    readonly lateReadings: number
    readonly verdicts: number
    readonly parkings: number
  }
}

/** No rule id looks like this; under it the checkpoint keeps the newest instant of each device. */
const NEWEST = '@newest'

const NO_RULES: readonly number[] = []

/** Which rules, by their place, a device's readings concern: most rules never see most readings. Devices under the same rules share one list. */
function rulesByDevice(rules: readonly BoundRule[]): ReadonlyMap<DeviceId, readonly number[]> {
  const found = new Map<DeviceId, readonly number[]>()
  /** List → what follows on it, so that equal lists are one. */
  const longer = new Map<readonly number[], Map<number, readonly number[]>>()
  for (const [index, { subjects }] of rules.entries()) {
    for (const device of concernedDevices(subjects)) {
      const before = found.get(device) ?? NO_RULES
      if (before.at(-1) === index) continue
      const known = longer.get(before) ?? new Map<number, readonly number[]>()
      longer.set(before, known)
      const list = known.get(index) ?? [...before, index]
      known.set(index, list)
      found.set(device, list)
    }
  }
  return found
}

/** `stored` is what `changedStates` gave, as it was kept; commits go on right behind it. */
export function createEngine(rules: readonly BoundRule[], stored: Iterable<StateRow> = []): Engine {
  const storedOf = new Map<string, Map<SubjectId, unknown>>()
  for (const { rule, subject, kept } of stored) {
    const rows = storedOf.get(rule) ?? new Map<SubjectId, unknown>()
    storedOf.set(rule, rows.set(subject, kept))
  }
  const newest: Newest = new Map(
    z.array(z.tuple([z.string(), z.number()])).parse([...(storedOf.get(NEWEST) ?? [])]),
  )
  const changedDevices = new Set<SubjectId>()
  storedOf.delete(NEWEST)
  const commitsOf = rules.map(() => new Subject<LiveCommit>())
  const concernedBy = rulesByDevice(rules)
  const runs = new Map<BoundRule, RuleRun>()
  const parked = new Map<string, ParkedSubject>()
  const gone: StateRow[] = []
  let resumed = false
  let verdicts: RuleVerdict[] = []
  const counts = { subjects: 0, lateReadings: 0, verdicts: 0, parkings: 0 }
  const keyOf = (rule: string, subject: SubjectId) => `${rule} ${subject}`
  const park = (rule: string, subject: SubjectId, cause: string, at: Instant) => {
    parked.set(keyOf(rule, subject), { rule, subject, at, cause })
  }

  /** At the first commit: only then is it known what time it is. */
  const resume = (now: Instant) => {
    const clear = (rule: string, version: string, subject: SubjectId, breachedAt: Instant) => {
      verdicts.push({
        rule,
        version,
        subject,
        at: Math.max(now, breachedAt),
        breached: false,
        because: JUDGED_ANEW,
      })
    }
    for (const [index, rule] of rules.entries()) {
      const { id } = rule.config
      const run = rule.resume(storedOf.get(id) ?? new Map(), now, (subject, cause, at) => {
        counts.parkings++
        park(id, subject, String(cause), at)
      })
      storedOf.delete(id)
      runs.set(rule, run)
      counts.subjects += rule.subjects.size
      for (const [subject, before] of run.kept) {
        if (before.parked) park(id, subject, before.parked.cause, before.parked.at)
      }
      for (const [subject, breachedAt] of run.lost) clear(id, rule.version, subject, breachedAt)
      commitsOf[index]?.pipe(run.operator).subscribe((verdict) => {
        verdicts.push({ ...verdict, rule: id, version: rule.version })
      })
    }
    for (const [rule, rows] of storedOf) {
      for (const [subject, row] of rows) {
        const before = z.object({ version: z.string(), breachedAt: z.number() }).safeParse(row).data
        if (before) clear(rule, before.version, subject, before.breachedAt)
        gone.push({ rule, subject, kept: null })
      }
    }
    storedOf.clear()
  }

  return {
    rules,
    counts,
    take(commit) {
      verdicts = []
      if (!resumed) resume(commit.receivedAt)
      resumed = true
      const heard = readingsOf(commit)
      const readings = onTime(heard, newest)
      counts.lateReadings += heard.length - readings.length
      for (const { device } of readings) changedDevices.add(device)
      const gaps = commit.records
        .filter((record) => record.is === 'gap')
        .filter(({ source }) => source === 'gateway')
      const readingsFor = rules.map((): Reading[] => [])
      for (const reading of readings) {
        for (const index of concernedBy.get(reading.device) ?? NO_RULES) readingsFor[index]?.push(reading)
      }
      for (const [index, own] of readingsFor.entries()) {
        commitsOf[index]?.next({ receivedAt: commit.receivedAt, readings: own, gaps })
      }
      counts.verdicts += verdicts.length
      return verdicts
    },
    changedStates() {
      const rows = gone.splice(0)
      for (const [{ config, version }, { kept, changed }] of runs) {
        for (const subject of changed) {
          const now = kept.get(subject)
          rows.push({ rule: config.id, subject, kept: now ? { version, ...now } : null })
        }
        changed.clear()
      }
      for (const device of changedDevices)
        rows.push({ rule: NEWEST, subject: device, kept: newest.get(device) })
      changedDevices.clear()
      return rows
    },
    parked: () => [...parked.values()],
    release(rule, subject) {
      if (!parked.delete(keyOf(rule, subject))) return false
      for (const [{ config }, { anew }] of runs) if (config.id === rule) anew.add(subject)
      return true
    },
  }
}
