/**
 * Binds one rule to its subjects: who stands for whom, with which options, which reading concerns whom, and how each
 * goes on from its stored state.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { Device } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { Severities } from './bound-options.ts'
import type { BoundRule, Candidate, DeclaredKind, Member, ProfileFacts } from './bound-rule.ts'
import { type Settled, subjectBook } from './bound-subjects.ts'
import { type Overhears, overhear } from './overheard.ts'
import type { RuleKind } from './rule.ts'
import { meets, type RuleConfig, type Scope } from './rule-config.ts'
import { type Kept, runRule } from './rule-run.ts'
import { ruleVersion } from './rule-version.ts'
import { breachedAtOf, type ReadRow } from './stored.ts'

export type Binding<Options, State> = {
  readonly rule: RuleKind<Options, State>
  readonly config: RuleConfig
  /** What beside the options of its subjects its version covers. */
  readonly meant: unknown
  readonly candidates: Iterable<Candidate>
  readonly isInScope: Parameters<DeclaredKind['bind']>[3]
  readonly subjects?: ((candidate: Candidate, scope: Scope) => readonly Candidate[]) | undefined
  readonly overhears?: Overhears | undefined
  readonly needsEveryPoint?: true | undefined
  settle(candidate: Candidate): Settled<Options>
  readonly read: ReadRow<State>
  readonly severities: Severities
  /** Where it has a schedule. */
  isActiveAt?(options: Options, at: Instant): boolean
}

/** What comes back holds on to none of the candidates. */
export function bindSubjects<Options, State>(binding: Binding<Options, State>): BoundRule {
  const { rule, config, candidates, isInScope, subjects, overhears, severities } = binding
  const { settle, read, needsEveryPoint } = binding
  const bound = subjectBook<Options>()
  const cameTo = new Set<Options>()
  const sources = new Map<DeviceId, string>()
  const wanted = new Set<string>()
  let passedOver = 0
  /** Of devices that stand for more or others than themselves. */
  const subjectsOf = new Map<DeviceId, SubjectId[]>()
  const judge = (candidate: Candidate) => {
    const { subject, device, members } = candidate
    const settled = settle(candidate)
    const { points } = settled
    const heard = members.filter(({ profile }) => !isWithout(profile, points, needsEveryPoint))
    if (heard.length === 0) {
      passedOver++
      for (const point of points) wanted.add(point)
      return
    }
    cameTo.add(settled.options)
    const devices = heard.map((member) => member.device.id)
    for (const { device } of heard) if (device.source !== undefined) sources.set(device.id, device.source)
    const walkTo = candidate.walkTo ?? device.id
    const isAlone = devices.length === 1 && devices[0] === walkTo
    const isItself = isAlone && walkTo === subject
    bound.add(subject, settled, isItself ? undefined : { device: walkTo, ...(!isAlone && { devices }) })
    severities.learn(candidate)
    if (!subjects) return // it stands for itself, and is found without an entry
    for (const id of devices) {
      const before = subjectsOf.get(id)
      if (before) before.push(subject)
      else subjectsOf.set(id, [subject])
    }
  }
  const under = subjects
    ? joined(candidates, subjects, config.scope, isInScope)
    : alone(candidates, isInScope)
  let speaking: readonly Device[] = []
  for (const candidate of under) {
    judge(candidate)
    speaking = candidate.site.devices
  }
  const overheardBy = overhears && overhear(overhears, speaking, bound)
  const concerned = (reading: Reading) => {
    const { device } = reading
    return overheardBy?.(reading) ?? subjectsOf.get(device) ?? (bound.has(device) ? [device] : NOBODY)
  }
  /** A controller that the site no longer has, or has elsewhere, cannot say any more that its fire release is over. */
  const takenBack = (subject: SubjectId, state: State, at: Instant): readonly Reading[] => {
    const speakers = overhears ? (rule.goesBy?.(state) ?? []) : []
    const { device: own, devices = [own] } = bound.get(subject) ?? { device: subject }
    return speakers
      .filter((device) => !devices.includes(device))
      .map((device) => ({ device, at, receivedAt: at, values: { [overhears?.point ?? '']: false } }))
  }
  const version = ruleVersion(binding.meant, cameTo)
  return {
    config,
    version,
    subjects: bound,
    passedOver: { subjects: passedOver, points: [...wanted] },
    sources,
    subjectsOf: concerned,
    isAskedByReading: overhears !== undefined,
    hearsSetBack: rule.hearsSetBack === true,
    deviceOf: (subject) => bound.get(subject)?.device,
    severityAt: severities.severityAt,
    judgesAt(subject, at) {
      const known = bound.get(subject)
      return known !== undefined && (binding.isActiveAt?.(known.options as Options, at) ?? true)
    },
    resume(stored, now, park) {
      const kept = new Map<SubjectId, Kept<State>>()
      const gone: SubjectId[] = []
      const lost = new Map<SubjectId, Instant>()
      const news: { subject: SubjectId; reading: Reading }[] = []
      for (const [subject, row] of stored) {
        const known = bound.has(subject) ? read(row) : undefined
        if (known) {
          const { version: before, wakeAt, ...rest } = known
          // Its options may have changed: let it look at its state by the new ones.
          const soon = before === version ? wakeAt : Math.min(wakeAt ?? now, now)
          kept.set(subject, { ...rest, wakeAt: rest.parked ? undefined : soon })
          for (const reading of takenBack(subject, rest.state, now)) news.push({ subject, reading })
        } else {
          if (!bound.has(subject)) gone.push(subject)
          const breachedAt = breachedAtOf(row)
          if (breachedAt !== undefined) lost.set(subject, breachedAt)
        }
      }
      return { run: runRule(rule, { optionsOf: bound.optionsOf(), park, stored: kept, news }), lost, gone }
    },
  }
}

function* alone(candidates: Iterable<Candidate>, isInScope: (device: Device) => boolean) {
  for (const candidate of candidates) if (isInScope(candidate.device)) yield candidate
}

/** Each subject once, whole, where one of the devices that stand for it is in scope. */
function* joined(
  candidates: Iterable<Candidate>,
  subjects: (candidate: Candidate, scope: Scope) => readonly Candidate[],
  scope: Scope,
  isInScope: (device: Device) => boolean,
): Generator<Candidate> {
  const wholes = new Map<SubjectId, { first: Candidate; members: Member[]; inScope: boolean }>()
  for (const found of candidates) {
    const isWanted = isInScope(found.device)
    for (const stoodFor of subjects(found, scope)) {
      const inScope = isWanted && !stoodFor.isReference
      const { subject, route, balance, members } = stoodFor
      if (route && !meets(scope.routes, route.id)) continue
      if (balance && !meets(scope.balances, balance.id)) continue
      const whole = wholes.get(subject)
      if (whole) {
        whole.members.push(...members)
        whole.inScope ||= inScope
      } else wholes.set(subject, { first: stoodFor, members: [...members], inScope })
    }
  }
  for (const { first, members, inScope } of wholes.values()) if (inScope) yield { ...first, members }
}

function isWithout(
  { points: there }: ProfileFacts,
  points: readonly string[],
  needsEvery?: boolean,
): boolean {
  if (there === undefined || points.length === 0) return false
  const has = (point: string) => Object.hasOwn(there, point)
  return !(needsEvery ? points.every(has) : points.some(has))
}

const NOBODY: readonly SubjectId[] = []
