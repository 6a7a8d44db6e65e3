/**
 * Reaches an alarm's verdict again from its evidence alone, twice: by the one step that decided, from the
 * state it decided from; and by running the rule from its start over the readings that are kept. The first
 * must succeed, whatever happened since; the second only where those readings are all that the rule had to
 * know.
 */
import { EMPTY, Subject } from 'rxjs'
import * as z from 'zod'
import { passed, SOURCE_DOWN, SourceState } from '../alarms/source-watch.ts'
import type { Because } from '../model/alarm.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Instant } from '../model/instant.ts'
import type { LoneRule } from '../rules/bound-rule.ts'
import type { LiveCommit } from '../rules/evaluate.ts'
import { RULE_KINDS } from '../rules/index.ts'
import type { Verdict } from '../rules/rule.ts'

export type Reached = { readonly at: Instant; readonly because: Because }

export type Outcome = {
  /** The breach that came out; undefined where none did. */
  readonly verdict: Reached | undefined
  /** What is not as the alarm says; empty: the same verdict. */
  readonly differs: readonly string[]
}

export type Reproduction = {
  readonly step: Outcome
  readonly readings: Outcome & { readonly count: number }
}

/** Sources are no subjects of a declared rule: their links decide, and no readings are kept. */
const sourceDown = (given: unknown): LoneRule => ({
  decide({ before, moment }) {
    const options = z.object({ downMs: z.number() }).parse(given)
    return 'wokenAt' in moment
      ? passed(SourceState.parse(before), moment.wokenAt, options).verdict
      : undefined
  },
  run: () => () => EMPTY,
})

/** Throws GatehouseError `not-found` where this release has no such rule kind. */
export function reproduce(evidence: Evidence): Reproduction {
  const lone =
    evidence.kind === SOURCE_DOWN ? sourceDown : RULE_KINDS.find(({ kind }) => kind === evidence.kind)?.lone
  if (!lone) throw new GatehouseError('not-found', `This release has no rule kind ${evidence.kind}`)
  const rule = () => lone(evidence.options)
  return {
    step: outcome(evidence, () => byStep(evidence, rule())),
    readings: {
      ...outcome(evidence, () => byReadings(evidence, rule())),
      count: evidence.readings.length,
    },
  }
}

function byStep({ before, moment }: Evidence, rule: LoneRule): Reached | undefined {
  if (before === undefined) throw new RangeError('the state was too large to be kept')
  const verdict = rule.decide({ before, moment })
  if (!verdict?.breached) return undefined
  const { because } = verdict
  return { at: verdict.at ?? decidedAt(moment), because }
}

function byReadings({ subject, readings, from, moment, at }: Evidence, rule: LoneRule): Reached | undefined {
  const commits = new Subject<LiveCommit>()
  const breaches: Verdict[] = []
  commits.pipe(rule.run(subject)).subscribe((verdict) => {
    if (verdict.breached) breaches.push(verdict)
  })
  commits.next({ receivedAt: from, readings: [], gaps: [] })
  let latenessMs = 0
  for (const reading of readings.toSorted((a, b) => a.receivedAt - b.receivedAt || a.at - b.at)) {
    const receivedAt = Math.max(from, reading.receivedAt)
    latenessMs = Math.max(latenessMs, receivedAt - reading.at)
    // Time went on between two readings: who waited for an instant in between was woken first.
    commits.next({ receivedAt: Math.max(from, receivedAt - 1), readings: [], gaps: [] })
    commits.next({ receivedAt, readings: [reading], gaps: [] })
  }
  commits.next({ receivedAt: decidedAt(moment) + latenessMs, readings: [], gaps: [] })
  return breaches.find((breach) => breach.at === at) ?? breaches.at(-1)
}

function outcome(evidence: Evidence, run: () => Reached | undefined): Outcome {
  try {
    const verdict = run()
    return { verdict, differs: verdict ? differences(evidence, verdict) : ['no breach came out'] }
  } catch (cause) {
    return { verdict: undefined, differs: [(cause as Error).message] }
  }
}

function differences(evidence: Evidence, verdict: Reached): string[] {
  const differs: string[] = []
  const tell = (what: string, was: unknown, is: unknown) => {
    if (JSON.stringify(was) !== JSON.stringify(is))
      differs.push(`${what}: ${JSON.stringify(was)} was told, now ${JSON.stringify(is)}`)
  }
  tell('at', new Date(evidence.at).toISOString(), new Date(verdict.at).toISOString())
  tell('code', evidence.because.code, verdict.because.code)
  const { figures } = evidence.because
  for (const name of new Set([...Object.keys(figures), ...Object.keys(verdict.because.figures)])) {
    tell(name, figures[name], verdict.because.figures[name])
  }
  return differs
}

/** The step itself is dated by the rule's engine: a reading of a clock that runs ahead counts when it was received. */
const decidedAt = (moment: Evidence['moment']): Instant =>
  'reading' in moment ? Math.min(moment.reading.at, moment.reading.receivedAt) : moment.wokenAt
