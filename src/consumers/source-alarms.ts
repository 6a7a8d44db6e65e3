/**
 * The one rule that nobody declares: a source without a link is an alarm by itself. It steps with the declared
 * rules, commit by commit, and its states lie with theirs, so it is replayed and muted like any other.
 */
import { kinshipOf, sourceSubject } from '../alarms/kinship.ts'
import {
  firstSeen,
  heard,
  passed,
  SOURCE_DOWN,
  SourceState,
  type SourceVerdict,
} from '../alarms/source-watch.ts'
import type { SubjectId } from '../model/alarm.ts'
import { type Commit, remarksOf } from '../model/commit.ts'
import { type Device, devicesById, type Place } from '../model/device.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Site } from '../model/site.ts'
import type { Breach } from '../operations/findings.ts'
import type { RuleVerdict, StateRow } from '../rules/engine.ts'
import type { Grounds } from '../rules/rule.ts'

export type WatchedSource = { readonly name: string; readonly place: Place }

/** A verdict of it carries no version: it changes with the release alone. */
const VERSION = 'built-in'

/** How long a link has to stay before a repair of it counts; a person verifies it, as a link has no readings. */
const VERIFY_MS = 15 * 60_000

type Judged = SourceVerdict & { readonly grounds?: Grounds }

export type SourceAlarms = {
  readonly subjects: ReadonlySet<SubjectId>
  take(commit: Commit): readonly RuleVerdict[]
  breachOf(verdict: RuleVerdict): Breach | undefined
  changedStates(): readonly StateRow[]
}

export function sourceAlarms(
  sources: readonly WatchedSource[],
  stored: readonly StateRow[],
  options: { readonly downMs: number },
): SourceAlarms {
  const states = new Map<SubjectId, SourceState>()
  const placeOf = new Map(sources.map(({ name, place }) => [sourceSubject(name), place]))
  const changed = new Map<SubjectId, StateRow>()
  for (const { subject, kept } of stored) {
    const state = SourceState.safeParse(kept)
    if (state.success && placeOf.has(subject)) states.set(subject, state.data)
    else changed.set(subject, { rule: SOURCE_DOWN, subject, kept: null })
  }

  const step = (subject: SubjectId, commit: Commit): Judged[] => {
    const { receivedAt } = commit
    const verdicts: Judged[] = []
    let state = states.get(subject) ?? firstSeen(receivedAt)
    for (const remark of remarksOf(commit)) {
      const isOfOther = remark.is === 'link' && sourceSubject(remark.source) !== subject
      if (isOfOther || remark.is === 'dead-letter') continue
      const step = heard(state, remark, receivedAt)
      state = step.state
      if (step.verdict) verdicts.push(step.verdict)
    }
    const late = passed(state, receivedAt, options)
    if (late.verdict) {
      verdicts.push({ ...late.verdict, grounds: { before: state, moment: { wokenAt: receivedAt } } })
    }
    if (late.state !== states.get(subject)) {
      states.set(subject, late.state)
      changed.set(subject, { rule: SOURCE_DOWN, subject, kept: late.state })
    }
    return verdicts
  }

  return {
    subjects: new Set(placeOf.keys()),
    take: (commit) =>
      [...placeOf.keys()].flatMap((subject) =>
        step(subject, commit).map(({ at, breached, because, grounds }) => {
          const about = { rule: SOURCE_DOWN, version: VERSION, subject, at, breached, because }
          return grounds ? { ...about, grounds } : about
        }),
      ),
    breachOf({ subject, at, because, grounds }) {
      const place = placeOf.get(subject)
      if (!place) return undefined
      const about = { rule: SOURCE_DOWN, fault: SOURCE_DOWN, subject, device: subject, place, at, because }
      const proof = { verifyMs: VERIFY_MS, points: [] }
      const since = at - Number(because.figures.forMs ?? 0)
      const evidence: Evidence | undefined = grounds && {
        format: 1,
        rule: SOURCE_DOWN,
        version: VERSION,
        kind: SOURCE_DOWN,
        subject,
        options,
        at,
        because,
        ...grounds,
        readings: [],
        from: since,
      }
      return {
        is: 'breach',
        ...about,
        severity: 'high',
        order: 'manual',
        proof,
        woken: true,
        cutsOffSince: since,
        ...(evidence && { evidence }),
      }
    },
    changedStates() {
      const rows = [...changed.values()]
      changed.clear()
      return rows
    },
  }
}

/** A source stands where most of its devices do; the building and the zone only where all agree. */
export function watchedSources(
  sources: readonly { readonly name: string }[],
  { devices, institutions }: Pick<Site, 'devices' | 'institutions'>,
): readonly WatchedSource[] {
  const { childrenOf } = kinshipOf(devices)
  const byId = devicesById(devices)
  return sources.map(({ name }) => {
    const own = childrenOf(sourceSubject(name)).flatMap((id) => byId.get(id) ?? [])
    return { name, place: placeOfAll(own) ?? { institution: institutions[0]?.id ?? '' } }
  })
}

function placeOfAll(devices: readonly Device[]): Place | undefined {
  const byInstitution = Map.groupBy(devices, ({ place }) => place.institution)
  const [institution, most] =
    [...byInstitution].sort(([, one], [, other]) => other.length - one.length)[0] ?? []
  if (institution === undefined || !most) return undefined
  const agreed = (key: 'building' | 'zone') => {
    const first = most[0]?.place[key]
    return first !== undefined && devices.every(({ place }) => place[key] === first) ? { [key]: first } : {}
  }
  return { institution, ...agreed('building'), ...agreed('zone') }
}
