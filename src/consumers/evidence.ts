/**
 * Gathers what a breach was decided by, before it is written down: the rule, its options and the state it
 * judged from come with the verdict; the readings that led there come from the history, and from the commits
 * at hand, which the history may not have yet. An alarm never waits long for it: what cannot be had in time
 * is left out, and the evidence says so.
 */
import type { Historian } from '../historian/historian.ts'
import { type Commit, readingsOf } from '../model/commit.ts'
import type { Evidence, EvidenceSpan } from '../model/evidence.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { CommitFindings, Finding } from '../operations/findings.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import type { RuleVerdict } from '../rules/engine.ts'
import { RULE_KINDS } from '../rules/index.ts'
import type { Moment } from '../rules/rule.ts'
import { createSetBacks } from '../rules/set-back.ts'
import type { Consumer } from './consumer.ts'

/** Readings that an alarm keeps: a day of a quarter-hourly meter five times over. */
const MOST_READINGS = 500
/** One question to the history; a device that says more is asked in narrower stretches. */
const MOST_ASKED = 1_000
/** What a history gives at once at most. */
const MOST_PAGE = 10_000
/** Alarms of one batch that ask the history; in a flood the others keep what is at hand. */
const MOST_ASKING = 32
const PATIENCE_MS = 250
/** After a history that did not answer in time, nobody asks it for so long: alarms come first. */
const LEAVE_ALONE_MS = 30_000
/** Devices of one subject that are asked for. */
const MOST_DEVICES = 20

const SHORTEST_SPAN_MS = 10 * 60_000
const LONGEST_SPAN_MS = 15 * 86_400_000

export type EvidenceParts = {
  readonly history: Pick<Consumer, 'reached'> & Pick<Historian, 'readings'>
  readonly clock: Clock
}

export type EvidenceGatherer = {
  /** The same findings, each breach with its readings as far as they could be had. Never rejects. */
  gather(findings: readonly CommitFindings[], batch: readonly Commit[]): Promise<readonly CommitFindings[]>
  readonly counts: { readonly incomplete: number }
}

/** All but the readings, which are gathered later. Undefined for a verdict without grounds. */
export function evidenceOf(
  { config, version, subjects }: BoundRule,
  { subject, at, because, grounds }: RuleVerdict,
): Evidence | undefined {
  const judged = subjects.get(subject)
  if (!grounds || !judged) return undefined
  const { before, moment } = grounds
  const readings = 'reading' in moment ? [moment.reading] : []
  const about = { rule: config.id, version, kind: config.kind, subject, options: judged.options }
  return { format: 1, ...about, at, because, before, moment, readings, from: instantOf(moment) }
}

/**
 * Back from the deciding moment by twice the longest duration among the options, because what a rule waits
 * for begins before it counts.
 */
export function spanOf(
  { devices = [], device }: { readonly devices?: readonly DeviceId[]; readonly device: DeviceId },
  { options, moment, at }: Pick<Evidence, 'options' | 'moment' | 'at'>,
): EvidenceSpan {
  const longestMs = 2 * longestIn(options)
  const spanMs = Math.min(LONGEST_SPAN_MS, Math.max(SHORTEST_SPAN_MS, longestMs))
  const decided = instantOf(moment)
  const heard = devices.length > 0 ? devices.slice(0, MOST_DEVICES) : [device]
  return { devices: heard, from: Math.min(at, decided) - spanMs, to: decided + 1 }
}

const instantOf = (moment: Moment): Instant => ('reading' in moment ? moment.reading.at : moment.wokenAt)

/** Also of the common options, whose delays a breach has to outlast, and of those that hold at other times. */
function longestIn(options: unknown): number {
  if (options === null || typeof options !== 'object') return 0
  const durations = Object.entries(options).map(([key, value]) => {
    if (typeof value === 'number') return key.endsWith('Ms') ? value : 0
    if (key === 'optionsWhen' && Array.isArray(value))
      return Math.max(0, ...value.map((entry: { options?: unknown }) => longestIn(entry.options)))
    return key === 'conditions' ? longestIn(value) : 0
  })
  return Math.max(0, ...durations)
}

export function evidenceGatherer({ history, clock }: EvidenceParts): EvidenceGatherer {
  const counts = { incomplete: 0 }
  let leaveAloneUntilMs = Number.NEGATIVE_INFINITY

  async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    let callOff = () => {}
    const late = new Promise<undefined>((resolve) => {
      callOff = clock.after(PATIENCE_MS, () => resolve(undefined))
    })
    try {
      return await Promise.race([answer, late])
    } catch {
      return undefined
    } finally {
      callOff()
    }
  }

  async function fromHistory(span: EvidenceSpan): Promise<Stretch> {
    const stretches = await Promise.all(span.devices.map((device) => newestOf(device, span)))
    const from = Math.max(...stretches.map((stretch) => stretch.from))
    const readings = stretches.flatMap((stretch) => stretch.readings).filter(({ at }) => at >= from)
    return { readings, from }
  }

  /**
   * The whole stretch at once where that is little; else ever narrower ones up to its end, and what comes
   * before the last of them.
   */
  async function newestOf(device: DeviceId, { from: first, to }: EvidenceSpan): Promise<Stretch> {
    let wider = first
    for (let from = first; ; from = to - Math.ceil((to - from) / 8)) {
      const readings = await history.readings({ device, from, to, limit: MOST_ASKED })
      if (readings.length === MOST_ASKED && to - from > 1) {
        wider = from
        continue
      }
      if (from === first || readings.length >= MOST_READINGS) return { readings, from }
      const before = await history.readings({ device, from: wider, to: from, limit: MOST_PAGE })
      // A full page ends before its stretch does: its newest are not in it.
      return before.length === MOST_PAGE
        ? { readings, from }
        : { readings: [...before, ...readings], from: wider }
    }
  }

  async function complete(
    { evidence, span }: { readonly evidence: Evidence; readonly span: EvidenceSpan },
    heardUpTo: Instant,
    batch: readonly Commit[],
  ): Promise<Evidence> {
    const { devices } = span
    const atHand = batch.flatMap((commit) =>
      readingsOf(commit).filter(({ device, at }) => devices.includes(device) && at < span.to),
    )
    const before = (batch[0]?.offset ?? 1) - 1
    const mayAsk = clock.monotonicMs() >= leaveAloneUntilMs
    const asked = mayAsk ? await inTime(history.reached(before).then(() => fromHistory(span))) : undefined
    if (!asked) {
      if (mayAsk) leaveAloneUntilMs = clock.monotonicMs() + LEAVE_ALONE_MS
      counts.incomplete++
    }
    const known = [...(asked?.readings ?? []), ...evidence.readings, ...atHand]
    const heard = heardBy(evidence, heardUpTo, known)
    const kept = heard.slice(-MOST_READINGS)
    const from = asked && kept.length === heard.length ? asked.from : (kept[0]?.at ?? evidence.from)
    const cut = asked === undefined ? 'history-away' : from > span.from ? 'too-many' : undefined
    return { ...evidence, readings: kept, from, ...(cut && { cut }) }
  }

  return {
    counts,
    async gather(findings, batch) {
      let asking = 0
      const settle = async (finding: Finding, heardUpTo: Instant): Promise<Finding> => {
        if (finding.is !== 'breach' || !finding.evidence || !finding.span) return finding
        const { span, evidence, ...breach } = finding
        if (++asking <= MOST_ASKING) {
          return { ...breach, evidence: await complete({ evidence, span }, heardUpTo, batch) }
        }
        counts.incomplete++
        return { ...breach, evidence: { ...evidence, cut: 'flood' } }
      }
      return Promise.all(
        findings.map(async (commit) =>
          commit.findings.length === 0
            ? commit
            : {
                ...commit,
                findings: await Promise.all(commit.findings.map((one) => settle(one, commit.receivedAt))),
              },
        ),
      )
    },
  }
}

const HEAR_SET_BACK: ReadonlySet<string> = new Set(
  RULE_KINDS.filter(({ hearsSetBack }) => hearsSetBack).map(({ kind }) => kind),
)

type Stretch = { readonly readings: readonly Reading[]; readonly from: Instant }

/**
 * What the rule had heard by its deciding moment, oldest first and each once: nothing that reached us later,
 * and nothing that was late when it came, because live rules do not see that, but for what shows some of them
 * that a clock was set back; and to these an instant that they have heard is no news.
 */
function heardBy(
  { moment, kind }: Pick<Evidence, 'moment' | 'kind'>,
  heardUpTo: Instant,
  known: readonly Reading[],
): Reading[] {
  const decided = 'reading' in moment ? moment.reading : undefined
  const asReceived = eachOnce(known)
    .filter(
      ({ receivedAt, at }) =>
        receivedAt < heardUpTo || (receivedAt === heardUpTo && !(decided && at > decided.at)),
    )
    .sort((a, b) => a.receivedAt - b.receivedAt || a.at - b.at)
  const newest = new Map<DeviceId, Instant>()
  const numbers = new Map([...new Set(known.map(({ device }) => device))].map((device, n) => [device, n]))
  const setBacks = HEAR_SET_BACK.has(kind) ? createSetBacks([]) : undefined
  const shown = asReceived.filter(({ device, at, receivedAt }) => {
    const number = numbers.get(device) as number
    const before = newest.get(device) ?? Number.NEGATIVE_INFINITY
    if (at < before) return setBacks?.isSpeaking(number, at, receivedAt) ?? false
    if (setBacks && at === before) return false
    setBacks?.inTime(number)
    newest.set(device, at)
    return true
  })
  return shown.sort((a, b) => a.at - b.at)
}

/** The history tells what a meter said at one instant as one reading; the commits at hand may have it in pieces. */
function eachOnce(known: readonly Reading[]): Reading[] {
  const kept = new Map<string, Reading[]>()
  for (const reading of known) {
    const key = `${reading.device} ${reading.at}`
    const there = kept.get(key) ?? []
    if (!there.some((other) => says(other, reading))) kept.set(key, [...there, reading])
  }
  return [...kept.values()].flat()
}

const says = (whole: Reading, part: Reading) =>
  Object.entries(part.values).every(([point, value]) => Object.is(whole.values[point], value))
