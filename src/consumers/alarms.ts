/**
 * The alarms consumer: journal → rules → alarms → orders. Rules step in memory; what follows from
 * them is committed with the effects offset, their states every few seconds with an offset of their
 * own. A restart resumes at the states and replays, muted, to the effects.
 */

import { setImmediate as otherWork } from 'node:timers/promises'
import { AlarmsOptions } from '../alarms/options.ts'
import { SOURCE_DOWN } from '../alarms/source-watch.ts'
import type { Journal } from '../journal/journal.ts'
import type { SubjectId } from '../model/alarm.ts'
import { type Commit, type Offset, readingsLater } from '../model/commit.ts'
import type { Place } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { said } from '../model/refusal.ts'
import { EFFECTS, STATES } from '../operations/checkpoints.ts'
import type { Breach, CommitFindings, Finding } from '../operations/findings.ts'
import type { Operations } from '../operations/operations.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import { createEngine, type Engine, type RuleVerdict, type StateRow } from '../rules/engine.ts'
import { idleRules } from '../rules/idle-rules.ts'
import { JUDGED_ANEW } from '../rules/rule-run.ts'
import { OUT_OF_SCHEDULE } from '../rules/telling.ts'
import type { Consumer } from './consumer.ts'
import { type EvidenceParts, evidenceGatherer, evidenceOf, spanOf } from './evidence.ts'
import { progressFrom } from './progress.ts'
import { untilWritten } from './retry.ts'
import { type Exchange, ruleExchange } from './rule-exchange.ts'
import { sourceAlarms, type WatchedSource } from './source-alarms.ts'

export const ALARMS = 'alarms'

/** How often rule states are written down: what a crash has to step through again. */
const CHECKPOINT_MS = 5_000
/** With many states that is done less often: in a tenth of the time at most. */
const CHECKPOINT_SHARE = 10
/** Of a large fleet that is done sooner than that: a snapshot holds each state that changed, and is garbage a moment later. */
const MOST_UNKEPT = 100_000
/** States gathered before other work of the process gets its turn, some 4 ms: alarms wait until all are. */
const SNAPSHOT_SLICE = 4_000

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
   * Lets a parked subject start anew; false where it is not parked. Resolves once that is written down, so that no crash parks
   * it again; rejects with `rules-busy` where that cannot be done in time.
   */
  release(rule: string, subject: SubjectId): Promise<boolean>
  /**
   * Puts other rules in force between two commits, at a checkpoint: subjects go on from their states where those still fit. Rejects
   * with the old rules in force. A crash at any instant comes to the same, because a start reads the same file and states.
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
  const head = journal.head.offset
  const stored = { states: await checkpoints.offset(STATES), effects: await checkpoints.offset(EFFECTS) }
  if (Math.max(stored.states, stored.effects) > head) {
    // A journal that was lost or moved away: nothing of it can be replayed, and its offsets mean nothing here.
    log.warn({ ...stored, head }, 'The alarms stand beyond the journal; they go on from its end')
    await checkpoints.rebaseAlarms(head)
  }
  const from = Math.min(stored.states, head)
  /** Up to here the effects are in the books already. */
  const mutedTo = Math.min(Math.max(stored.states, stored.effects), head)
  const states = (await checkpoints.ruleStates()) as readonly StateRow[]
  const isOfSource = ({ rule }: { readonly rule: string }) => rule === SOURCE_DOWN
  const engineOver = (bound: readonly BoundRule[], rows: readonly StateRow[]) => {
    for (const { rule, sentence } of idleRules(bound))
      log.warn({ rule, because: sentence }, 'A rule judges nobody')
    return createEngine(
      bound,
      rows.filter((row) => !isOfSource(row)),
    )
  }
  let engine: Engine = engineOver(rules, states)
  const sources = sourceAlarms(watched, states.filter(isOfSource), options.sources)
  let ruleOf = byId(rules)
  const exchanges = ruleExchange(clock)
  /** Active by the books, but no rule judges them any more: nobody else would ever clear them. */
  const unjudged = async (judging: ReadonlyMap<string, BoundRule>) =>
    (await checkpoints.activeAlarms()).filter(
      ({ rule, subject }) =>
        !(rule === SOURCE_DOWN ? sources.subjects : judging.get(rule)?.subjects)?.has(subject),
    )
  const orphans = await unjudged(ruleOf)
  const progress = progressFrom(from)
  const stopping = new AbortController()
  const counts = { commits: 0, findings: 0, failedWrites: 0, checkpoints: 0 }
  /** How far the rules have stepped; ahead of `progress` while their effects wait to be written. */
  let steppedTo = from
  let trouble: string | undefined
  let checkpointAtMs = clock.monotonicMs() + CHECKPOINT_MS
  const unsaved: StateRow[] = []
  let saving: Promise<boolean> | undefined
  const evidence = evidenceGatherer({ history: parts.history, clock })
  /** What each subject came to in the muted stretch. */
  const replayed = new Map<string, RuleVerdict>()

  const findingOf = (verdict: RuleVerdict): Finding[] => {
    const { rule, subject, at, breached, because } = verdict
    if (!breached) {
      const unproven = UNPROVEN.has(because.code) && { unproven: true as const }
      return [{ is: 'clear', rule, subject, at, because, ...unproven }]
    }
    if (isOfSource(verdict)) return [sources.breachOf(verdict) ?? []].flat()
    const bound = ruleOf.get(rule)
    const judged = bound?.subjects.get(subject)
    const place = judged && placeOf(judged.device)
    if (!bound || !judged || !place) return []
    const { fault, order, verifyMs } = bound.config
    const severity = bound.severityAt(subject, at)
    const proof = { rule, verifyMs, points: judged.points }
    const { device } = judged
    const evidence = evidenceOf(bound, verdict)
    const grounds = evidence && { evidence, span: spanOf(judged, evidence) }
    const about = { rule, subject, at, because, fault, severity, order, proof, device, place }
    return [{ is: 'breach', ...about, ...ringingOf(bound.config, verdict, isParent), ...grounds }]
  }

  /**
   * Replayed under rules that were changed meanwhile, a subject may come to something else than the books
   * say. Under the same rules this finds the books as they should be, and changes nothing.
   */
  const settled = (at: Instant): Finding[] => {
    const findings = [...replayed.values()].flatMap(findingOf)
    replayed.clear()
    return [
      ...findings.map((finding) =>
        finding.is === 'breach' ? { ...finding, unlessActive: true as const } : finding,
      ),
      ...orphans.splice(0).map((orphan) => ({ is: 'clear', ...orphan, at, unproven: true }) as const),
    ]
  }

  const step = (commit: Commit): CommitFindings[] => {
    const { offset, receivedAt } = commit
    const verdicts = [...engine.take(commit), ...sources.take(commit)]
    steppedTo = offset
    if (offset <= mutedTo) {
      for (const verdict of verdicts) replayed.set(JSON.stringify([verdict.rule, verdict.subject]), verdict)
      return []
    }
    const findings = [...settled(receivedAt), ...verdicts.flatMap(findingOf)]
    counts.findings += findings.length
    const now = clock.now()
    const learnedAt = now - receivedAt > CATCHING_UP_MS ? now : receivedAt
    return [{ offset, receivedAt, learnedAt, findings, readings: readingsLater(commit), judges: judging() }]
  }

  /** As it is with this commit: the rules go on before its effects are written. */
  const judging = (): NonNullable<CommitFindings['judges']> => {
    const [rules, givenUp] = [ruleOf, engine.parked()]
    return (rule, subject, at) => {
      const bound = rules.get(rule)
      if (!bound || givenUp.some((one) => one.rule === rule && one.subject === subject)) return false
      return at === undefined ? bound.subjects.has(subject) : bound.judgesAt(subject, at)
    }
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
  const mayCheckpoint = () => steppedTo === progress.offset && replayed.size === 0

  /** The states as they are now; whoever calls it takes no commit before it has ended. */
  async function snapshot(): Promise<StateRow[]> {
    const rows = unsaved.splice(0)
    for (const row of engine.eachChangedState()) {
      rows.push(row)
      if (rows.length % SNAPSHOT_SLICE === 0) await otherWork()
    }
    rows.push(...sources.changedStates())
    return rows
  }

  /** Writes them while the rules go on. One at a time. Whether they were written; never rejects. */
  async function writeDown(rows: readonly StateRow[], to: Offset): Promise<boolean> {
    const startedMs = clock.monotonicMs()
    try {
      await checkpoints.saveRuleStates(to, rows)
      counts.checkpoints++
      await journal.advance(ALARMS, to)
      return true
    } catch (cause) {
      // It costs nothing but a longer replay; the next one brings these rows too, before its own.
      const kept = new Map([...rows, ...unsaved].map((row) => [JSON.stringify([row.rule, row.subject]), row]))
      unsaved.splice(0, unsaved.length, ...kept.values())
      log.warn({ cause }, 'Rule states could not be written')
      return false
    } finally {
      saving = undefined
      const tookMs = clock.monotonicMs() - startedMs
      checkpointAtMs = startedMs + Math.max(CHECKPOINT_MS, tookMs * CHECKPOINT_SHARE)
    }
  }

  const checkpoint = async (to: Offset) => writeDown(await snapshot(), to)

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
    if (saving || !mayCheckpoint()) return
    if (clock.monotonicMs() < checkpointAtMs && engine.unkept < MOST_UNKEPT) return
    const rows = await snapshot()
    saving = writeDown(rows, to)
  }

  /** The new rules begin where a start would begin with them: from the states that were just written. */
  async function put(exchange: Exchange): Promise<void> {
    await saving
    if (!(await checkpoint(progress.offset))) {
      throw new GatehouseError('rules-busy', said('states-unwritten'))
    }
    const next = engineOver(exchange.rules, (await checkpoints.ruleStates()) as readonly StateRow[])
    const judging = byId(exchange.rules)
    const left = await unjudged(judging)
    await exchange.record()
    engine = next
    ruleOf = judging
    orphans.splice(0, orphans.length, ...left)
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
      return { ...counts, incompleteEvidence: evidence.counts.incomplete }
    },
    exchange: (exchange) => exchanges.ask(() => put(exchange)),
    async release(rule, subject) {
      let isReleased = false
      await exchanges.ask(async () => {
        isReleased = engine.release(rule, subject)
        if (!isReleased) return
        await saving
        if (await checkpoint(progress.offset)) return
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
      await saving
      // Spares the next start its replay.
      if (progress.offset > from && mayCheckpoint()) await checkpoint(progress.offset)
    },
  }
}

/** Ends that say nothing of the fault: nobody judges it from then on, or it is judged from the beginning. */
const UNPROVEN: ReadonlySet<string> = new Set([JUDGED_ANEW.code, OUT_OF_SCHEDULE.code])

const byId = (rules: readonly BoundRule[]): ReadonlyMap<string, BoundRule> =>
  new Map(rules.map((rule) => [rule.config.id, rule]))

/** Kinds and faults that are about people's lives: nobody shelves them, whatever their rules say. */
const LIFE_SAFETY = ['duress', 'fire']

export const ringsAlways = ({
  kind,
  fault,
  neverShelve = false,
}: Pick<BoundRule['config'], 'kind' | 'fault' | 'neverShelve'>): boolean =>
  neverShelve || LIFE_SAFETY.includes(kind) || LIFE_SAFETY.includes(fault)

/** What the alarm has to be told of how it rings. */
function ringingOf(
  config: BoundRule['config'],
  { subject, at, because, grounds }: RuleVerdict,
  isParent: (subject: SubjectId) => boolean,
): Pick<Breach, 'latching' | 'neverShelve' | 'woken' | 'cutsOffSince'> {
  const { kind, latching } = config
  const { forMs = 0 } = because.figures
  return {
    ...(latching && { latching: true }),
    ...(ringsAlways(config) && { neverShelve: true }),
    ...(grounds && 'wokenAt' in grounds.moment && { woken: true }),
    ...(kind === 'silent' && isParent(subject) && { cutsOffSince: at - Number(forMs) }),
  }
}
