/**
 * The alarms consumer: journal → rules → alarms → orders. Rules step in memory; what follows from
 * them is committed with the effects offset, their states every few seconds with an offset of their
 * own. A restart resumes at the states and replays, muted, to the effects.
 */
import { AlarmsOptions } from '../alarms/options.ts'
import { SOURCE_DOWN } from '../alarms/source-watch.ts'
import type { Journal } from '../journal/journal.ts'
import type { SubjectId } from '../model/alarm.ts'
import { type Commit, type Offset, readingsLater } from '../model/commit.ts'
import type { Place } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { said } from '../model/refusal.ts'
import { EFFECTS, STATES } from '../operations/checkpoints.ts'
import type { CommitFindings, Finding } from '../operations/findings.ts'
import type { Operations } from '../operations/operations.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import {
  createEngine,
  type Engine,
  type ParkedSubject,
  type RuleVerdict,
  type StateRow,
} from '../rules/engine.ts'
import { idleRules } from '../rules/idle-rules.ts'
import { judgementOf } from '../rules/rule-version.ts'
import type { Consumer } from './consumer.ts'
import { type EvidenceParts, evidenceGatherer } from './evidence.ts'
import { mutedReplay } from './muted-replay.ts'
import { progressFrom } from './progress.ts'
import { untilWritten } from './retry.ts'
import { type Exchange, ruleExchange } from './rule-exchange.ts'
import { sourceAlarms, type WatchedSource } from './source-alarms.ts'
import { stateCheckpoints } from './state-checkpoints.ts'
import { findingOf } from './verdict-findings.ts'

export const ALARMS = 'alarms'

/** Behind the wall clock by more than this, it is catching up: what it finds is learnt now, not then. */
const CATCHING_UP_MS = 60_000

export type AlarmsParts = {
  readonly journal: Pick<Journal, 'head' | 'follow' | 'advance'>
  readonly rules: readonly BoundRule[]
  readonly operations: Pick<Operations, 'desk' | 'checkpoints'>
  /** Where a device stands; undefined for one that the site no longer has. */
  readonly placeOf: (device: DeviceId) => Place | undefined
  /** Each is an alarm by itself while it has no link. */
  readonly sources?: readonly WatchedSource[]
  readonly options?: AlarmsOptions
  /** Whether others are heard through it: while it is silent, so are they. */
  readonly isParent?: (subject: SubjectId) => boolean
  /** From which an alarm's evidence is gathered. */
  readonly history: EvidenceParts['history']
  readonly clock: Clock
  readonly log: Log
}

export interface Alarms extends Consumer {
  /** Of whatever rules are in force. */
  readonly engine: Pick<Engine, 'rules' | 'parked' | 'counts'>
  /**
   * Lets a parked subject start anew; false where it is not parked. Resolves once that is written down, so
   * that no crash parks it again; rejects with `rules-busy` where that cannot be done in time.
   */
  release(rule: string, subject: SubjectId): Promise<boolean>
  /**
   * Puts other rules in force between two commits, at a checkpoint: subjects go on from their states where
   * those still fit. Rejects with the old rules in force. A crash at any instant comes to the same, because a
   * start reads the same file and states.
   */
  exchange(exchange: Exchange): Promise<void>
  /** Why alarms and orders wait, while the operations database cannot be written; for /readyz. */
  readonly trouble: string | undefined
  readonly counts: {
    readonly commits: number
    readonly findings: number
    readonly failedWrites: number
    readonly checkpoints: number
    /** Alarms whose evidence is not whole: the history was away or too slow. */
    readonly incompleteEvidence: number
  }
}

export async function startAlarms(parts: AlarmsParts): Promise<Alarms> {
  const { journal, rules, operations, placeOf, clock, log } = parts
  const { sources: watched = [], options = AlarmsOptions.parse({}), isParent = () => false } = parts
  const { desk, checkpoints } = operations
  const { from, mutedTo } = await standing(checkpoints, journal.head.offset, log)
  const kept = (await checkpoints.ruleStates()) as readonly StateRow[]
  const isOfSource = ({ rule }: { readonly rule: string }) => rule === SOURCE_DOWN
  const engineOver = (bound: readonly BoundRule[], rows: readonly StateRow[]) => {
    for (const { rule, sentence } of idleRules(bound))
      log.warn({ rule, because: sentence }, 'A rule judges nobody')
    return createEngine(
      bound,
      rows.filter((row) => !isOfSource(row)),
    )
  }
  let engine: Engine = engineOver(rules, kept)
  const sources = sourceAlarms(watched, kept.filter(isOfSource), options.sources)
  let ruleOf = byId(rules)
  const exchanges = ruleExchange(clock)
  /** Active by the books, but no rule judges them any more: nobody else would ever clear them. */
  const unjudged = async (judging: ReadonlyMap<string, BoundRule>) =>
    (await checkpoints.activeAlarms()).filter(
      ({ rule, subject }) =>
        !(rule === SOURCE_DOWN ? sources.subjects : judging.get(rule)?.subjects)?.has(subject),
    )
  const replay = mutedReplay()
  replay.leave(await unjudged(ruleOf))
  const progress = progressFrom(from)
  const stopping = new AbortController()
  const counts = { commits: 0, findings: 0, failedWrites: 0 }
  /** How far the rules have stepped; ahead of `progress` while their effects wait to be written. */
  let steppedTo = from
  let trouble: string | undefined
  const states = stateCheckpoints({
    clock,
    log,
    async write(to, rows) {
      await checkpoints.saveRuleStates(to, rows)
      await journal.advance(ALARMS, to)
    },
  })
  const evidence = evidenceGatherer({ history: parts.history, clock })
  const whom = { sources, placeOf, isParent }
  const findingsOf = (verdicts: readonly RuleVerdict[]): Finding[] =>
    verdicts.flatMap((verdict) => findingOf(verdict, ruleOf, whom) ?? [])

  const step = (commit: Commit): CommitFindings[] => {
    const { offset, receivedAt } = commit
    const verdicts = [...engine.take(commit), ...sources.take(commit)]
    steppedTo = offset
    if (offset <= mutedTo) {
      replay.note(verdicts)
      return []
    }
    const findings = [...replay.settled(receivedAt, findingsOf), ...findingsOf(verdicts)]
    counts.findings += findings.length
    const now = clock.now()
    const learnedAt = now - receivedAt > CATCHING_UP_MS ? now : receivedAt
    return [
      {
        offset,
        receivedAt,
        learnedAt,
        findings,
        readings: readingsLater(commit),
        judges: judgedBy(ruleOf, engine.parked()),
        judgementOf: judgementsOf(ruleOf),
      },
    ]
  }

  const write = <T>(task: () => Promise<T>) =>
    untilWritten(task, {
      clock,
      signal: stopping.signal,
      isFinal: (cause) => cause instanceof GatehouseError && cause.code === 'effects-fenced',
      failed(cause, waitMs) {
        counts.failedWrites++
        trouble = cause instanceof Error ? cause.message : String(cause)
        log.warn(
          { because: trouble, waitMs },
          'Alarms and work orders wait: their database cannot be written',
        )
      },
    })

  /** States may be kept once everything that led to them is in the books. */
  const mayCheckpoint = () => steppedTo === progress.offset && replay.isSettled

  function* changedStates(): Generator<StateRow> {
    yield* engine.eachChangedState()
    yield* sources.changedStates()
  }

  async function take(batch: readonly Commit[]): Promise<void> {
    const to = batch.at(-1)?.offset
    if (to === undefined) return
    if (exchanges.isAsked && mayCheckpoint()) await exchanges.answer()
    const found = batch.flatMap(step)
    if (found.length > 0) {
      const commits = await evidence.gather(found, batch)
      const before = Math.max(progress.offset, mutedTo)
      await write(() => desk.applyEffects({ from: before, to, commits }))
      trouble = undefined
    }
    counts.commits += batch.length
    progress.moveTo(to)
    if (mayCheckpoint() && states.isDue(engine.unkept)) await states.begin(changedStates(), to)
  }

  /** The new rules begin where a start would begin with them: from the states that were just written. */
  async function put(exchange: Exchange): Promise<void> {
    await states.settled()
    if (!(await states.save(changedStates(), progress.offset))) {
      throw new GatehouseError('rules-busy', said('states-unwritten'))
    }
    const next = engineOver(exchange.rules, (await checkpoints.ruleStates()) as readonly StateRow[])
    const judging = byId(exchange.rules)
    const left = await unjudged(judging)
    await exchange.record()
    engine = next
    ruleOf = judging
    replay.leave(left)
  }

  async function run(): Promise<void> {
    try {
      for await (const batch of journal.follow(from, stopping.signal)) await take(batch)
    } catch (cause) {
      if (stopping.signal.aborted) return
      trouble = cause instanceof Error ? cause.message : String(cause)
      log.error({ cause }, 'The alarms consumer has stopped')
      exchanges.close()
      progress.stop(cause instanceof Error ? cause : new Error(trouble))
    }
  }
  const running = run()

  return {
    name: ALARMS,
    engine: {
      get rules() {
        return engine.rules
      },
      get counts() {
        return engine.counts
      },
      parked: () => engine.parked(),
    },
    get counts() {
      return { ...counts, checkpoints: states.written, incompleteEvidence: evidence.counts.incomplete }
    },
    exchange: (exchange) => exchanges.ask(() => put(exchange)),
    async release(rule, subject) {
      let isReleased = false
      await exchanges.ask(async () => {
        isReleased = engine.release(rule, subject)
        if (!isReleased) return
        await states.settled()
        if (await states.save(changedStates(), progress.offset)) return
        throw new GatehouseError('rules-busy', said('release-unwritten', { subject }))
      })
      return isReleased
    },
    get offset() {
      return progress.offset
    },
    get trouble() {
      return trouble
    },
    reached: progress.reached,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      exchanges.close()
      await running
      progress.stop(new Error('The alarms consumer has been stopped'))
      await states.settled()
      // Spares the next start its replay.
      if (progress.offset > from && mayCheckpoint()) await states.save(changedStates(), progress.offset)
    },
  }
}

const byId = (rules: readonly BoundRule[]): ReadonlyMap<string, BoundRule> =>
  new Map(rules.map((rule) => [rule.config.id, rule]))

/** How far the rules have stepped by the books, and up to where the effects are in them already. */
async function standing(
  { offset, rebaseAlarms }: Operations['checkpoints'],
  head: Offset,
  log: Log,
): Promise<{ readonly from: Offset; readonly mutedTo: Offset }> {
  const stored = { states: await offset(STATES), effects: await offset(EFFECTS) }
  const furthest = Math.max(stored.states, stored.effects)
  if (furthest > head) {
    // A journal that was lost or moved away: nothing of it can be replayed, and its offsets mean nothing here.
    log.warn({ ...stored, head }, 'The alarms stand beyond the journal; they go on from its end')
    await rebaseAlarms(head)
  }
  return { from: Math.min(stored.states, head), mutedTo: Math.min(furthest, head) }
}

/** As it is with one commit: the rules go on before its effects are written. */
const judgedBy =
  (
    rules: ReadonlyMap<string, BoundRule>,
    parked: readonly ParkedSubject[],
  ): NonNullable<CommitFindings['judges']> =>
  (rule, subject, at) => {
    const bound = rules.get(rule)
    if (!bound || parked.some((one) => one.rule === rule && one.subject === subject)) return false
    return at === undefined ? bound.subjects.has(subject) : bound.judgesAt(subject, at)
  }

const judgementsOf =
  (rules: ReadonlyMap<string, BoundRule>): NonNullable<CommitFindings['judgementOf']> =>
  (rule, subject) => {
    const bound = rules.get(rule)
    const judged = bound?.subjects.get(subject)
    return bound && judged && judgementOf(bound.config.kind, judged.options)
  }
