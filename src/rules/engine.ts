/**
 * All rules of the gateway behind one call: a journal commit in, its verdicts out, at once and in a
 * fixed order (rules as declared; within a rule readings before wake-ups). The alarms consumer
 * commits what follows from them with its own offset; states go into a checkpoint every few seconds.
 */
import { Subject } from 'rxjs'
import * as z from 'zod'
import type { SubjectId } from '../model/alarm.ts'
import { type Commit, readingsInPieces, remarksOf } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { Reading } from '../model/reading.ts'
import { type Absence, createAbsences, GATEWAY, Presence } from './absences.ts'
import type { BoundRule } from './bound-rule.ts'
import { createLateness } from './lateness.ts'
import { type Hearing, routesOf } from './routes.ts'
import type { Verdict } from './rule.ts'
import { JUDGED_ANEW, type RuleRun } from './rule-run.ts'
import type { LiveGap, SeatedCommit } from './seated-commit.ts'
import { createSetBacks, LateArrivals } from './set-back.ts'

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
  /**
   * Rows that changed since the last call. Call it between two commits; the caller keeps them until they are
   * stored.
   */
  changedStates(): readonly StateRow[]
  /**
   * The same one by one, so that others get their turn between two of them; no commit is taken before it has
   * come to its end.
   */
  eachChangedState(): Generator<StateRow>
  /** How many of the rows above there would be for rules, about. */
  readonly unkept: number
  /** Subjects whose step threw; they take nothing until released. */
  parked(): readonly ParkedSubject[]
  /** Starts a parked subject anew at the next commit; false if it is not parked. */
  release(rule: string, subject: SubjectId): boolean
  readonly counts: {
    readonly subjects: number
    readonly lateReadings: number
    /** Late readings that show all the same that their device speaks, by a clock that was set back. */
    readonly setBackReadings: number
    readonly verdicts: number
    readonly parkings: number
  }
}

/** No rule id looks like this; under it the checkpoint keeps the newest instant of each device. */
const NEWEST = '@newest'
/** Under this one what is known of a device whose readings are late. */
const LATE = '@late'
/** And under this one how each source stands. */
const SOURCE = '@source'

const NO_GAPS: readonly LiveGap[] = []

/** A rule at work: its commits go in, its verdicts come out by the operator. */
type Work = {
  readonly rule: BoundRule
  readonly run: RuleRun
  readonly commits: Subject<SeatedCommit>
  /** Of the commit at hand. */
  readonly verdicts: RuleVerdict[]
}

/**
 * All rules hear so many readings of a commit before more are made: those stay in the caches, and hardly one
 * lives long enough to be copied.
 */
const PIECE_READINGS = 1_024

/**
 * `stored` is what `changedStates` gave, as it was kept; commits go on right behind it. `isInTime`: it is
 * given history in the order of measurement, so a commit's instant says nothing of how late its readings
 * were.
 */
export function createEngine(
  rules: readonly BoundRule[],
  stored: Iterable<StateRow> = [],
  { isInTime = false }: { readonly isInTime?: boolean } = {},
): Engine {
  const storedOf = new Map<string, Map<SubjectId, unknown>>()
  for (const { rule, subject, kept } of stored) {
    const rows = storedOf.get(rule) ?? new Map<SubjectId, unknown>()
    storedOf.set(rule, rows.set(subject, kept))
  }
  const pseudo = <Row>(name: string, row: z.ZodType<Row>) => {
    const rows = z.array(z.tuple([z.string(), row])).parse([...(storedOf.get(name) ?? [])])
    storedOf.delete(name)
    return rows
  }
  const routes = routesOf(rules)
  const lateness = createLateness(
    pseudo(NEWEST, z.number()).map(([device, at]) => [routes.numberOf(device), at] as const),
  )
  const setBacks = createSetBacks(
    pseudo(LATE, LateArrivals).map(([device, kept]) => [routes.numberOf(device), kept] as const),
  )
  const absences = createAbsences(pseudo(SOURCE, Presence), (device) =>
    routes.sourceOf(routes.numberOf(device)),
  )
  const works: Work[] = []
  const hearings = rules.map((): Hearing => ({ count: 0, places: [], seats: [] }))
  const gone: StateRow[] = []
  let isResumed = false
  let verdicts: RuleVerdict[] = []
  const counts = { subjects: 0, lateReadings: 0, setBackReadings: 0, verdicts: 0, parkings: 0 }

  const endBreach = (
    rule: string,
    version: string,
    subject: SubjectId,
    breachedAt: Instant,
    now: Instant,
  ) => {
    const at = Math.max(now, breachedAt)
    verdicts.push({ rule, version, subject, at, breached: false, because: JUDGED_ANEW })
  }

  /** At the first commit: only then is it known what time it is. */
  const resume = (now: Instant) => {
    for (const rule of rules) {
      const { id } = rule.config
      const { version } = rule
      const {
        run,
        lost,
        gone: strangers,
      } = rule.resume(storedOf.get(id) ?? new Map(), now, () => {
        counts.parkings++
      })
      storedOf.delete(id)
      counts.subjects += rule.subjects.size
      for (const [subject, breachedAt] of lost) endBreach(id, version, subject, breachedAt, now)
      for (const subject of strangers) gone.push({ rule: id, subject, kept: null })
      const commits = new Subject<SeatedCommit>()
      const own: RuleVerdict[] = []
      commits.pipe(run.operator).subscribe((verdict) => {
        own.push({ ...verdict, rule: id, version })
      })
      works.push({ rule, run, commits, verdicts: own })
    }
    for (const [rule, rows] of storedOf) {
      for (const [subject, row] of rows) {
        const before = z.object({ version: z.string(), breachedAt: z.number() }).safeParse(row).data
        if (before) endBreach(rule, before.version, subject, before.breachedAt, now)
        gone.push({ rule, subject, kept: null })
      }
    }
    storedOf.clear()
  }

  /** The end of one's absence does not end another's on which the same subject waits. */
  const toldOf = (absent: readonly Absence[]) =>
    absent.some(({ to, source, device }) => to !== undefined && (source ?? device) !== undefined)
      ? [...absent, ...absences.going()]
      : absent

  const gapOf = (rule: number, { from, to, source, device }: Absence): LiveGap => {
    const stretch = to === undefined ? { from } : { from, to }
    if (device !== undefined) return { ...stretch, seats: routes.seatsOf(rule, [device]) }
    return source === undefined
      ? stretch
      : { ...stretch, seats: routes.seatsOf(rule, routes.devicesOf(source)) }
  }

  /** Numbers first, all at once: each is a look-up in a table that no cache holds. */
  const hear = (readings: readonly Reading[], receivedAt: Instant) => {
    for (const hearing of hearings) hearing.count = 0
    const devices = new Int32Array(readings.length)
    const ats = new Float64Array(readings.length)
    for (let place = 0; place < devices.length; place++) {
      devices[place] = routes.numberOf((readings[place] as Reading).device)
    }
    for (let place = 0; place < devices.length; place++) {
      const reading = readings[place] as Reading
      const device = devices[place] as number
      const source = routes.sourceOf(device)
      if (source !== GATEWAY) absences.heard(source, reading.receivedAt)
      ats[place] = reading.at
      // The newest once more may be delivered again, long after intake has forgotten it.
      const isNewer = reading.at > lateness.newestOf(device)
      if (!lateness.isLate(device, reading.at)) {
        if (isNewer) setBacks.inTime(device)
        routes.pass(device, reading, place, isNewer, hearings)
        continue
      }
      counts.lateReadings++
      if (!setBacks.isSpeaking(device, reading.at, receivedAt)) continue
      counts.setBackReadings++
      routes.passSetBack(device, place, hearings)
    }
    return { moments: readings.map((reading) => ({ reading })), ats }
  }

  function* eachChangedState(): Generator<StateRow> {
    yield* gone.splice(0)
    for (const { rule, run } of works) {
      const { config, version } = rule
      for (const { subject, kept } of run.takeChanged()) {
        yield { rule: config.id, subject, kept: kept && { version, ...kept } }
      }
    }
    for (const device of lateness.takeChanged()) {
      yield { rule: NEWEST, subject: routes.idOf(device), kept: lateness.newestOf(device) }
    }
    for (const [device, kept] of setBacks.takeChanged()) {
      yield { rule: LATE, subject: routes.idOf(device), kept }
    }
    for (const [source, presence] of absences.takeChanged()) {
      yield { rule: SOURCE, subject: source, kept: presence }
    }
  }

  return {
    rules,
    counts,
    take(commit) {
      verdicts = []
      const { receivedAt } = commit
      const isResuming = !isResumed
      if (isResuming) resume(receivedAt)
      isResumed = true
      const before = isResuming ? absences.going() : []
      const absent = [...before, ...toldOf(absences.after(remarksOf(commit), receivedAt))]
      const gaps = works.map(({ run }, index) =>
        run.minds ? absent.map((absence) => gapOf(index, absence)) : [],
      )
      for (const { readings, isFirst, isLast } of readingsInPieces(commit, PIECE_READINGS)) {
        const moments = hear(readings, receivedAt)
        for (const [index, { commits }] of works.entries()) {
          const heard = { ...moments, ...(hearings[index] as Hearing) }
          const told = (isFirst && gaps[index]) || NO_GAPS
          commits.next({ receivedAt, gaps: told, heard, isInTime, goesOn: !isLast })
        }
      }
      for (const work of works) verdicts.push(...work.verdicts.splice(0))
      counts.verdicts += verdicts.length
      return verdicts
    },
    changedStates: () => [...eachChangedState()],
    eachChangedState,
    get unkept() {
      return works.reduce((sum, { run }) => sum + run.unkept, 0)
    },
    parked: () =>
      works.flatMap(({ rule, run }) => run.parked().map((parked) => ({ rule: rule.config.id, ...parked }))),
    release: (rule, subject) =>
      works.find((work) => work.rule.config.id === rule)?.run.release(subject) ?? false,
  }
}
