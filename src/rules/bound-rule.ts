/**
 * From a declared rule to a rule bound to its site: who is judged, with which options, and which
 * reading concerns whom. All that a kind must know of the site is settled here, once, so its steps stay small.
 */
import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import type { SubjectId } from '../model/alarm.ts'
import type { Device, Family, Register } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { Balance, PatrolRoute, Site } from '../model/site.ts'
import { evaluate, type LiveCommit } from './evaluate.ts'
import { type Overhears, overhear } from './overheard.ts'
import type { Grounds, RuleKind, Step, Verdict } from './rule.ts'
import { meets, type RuleConfig, type Scope } from './rule-config.ts'
import { type Kept, type RuleRun, runRule } from './rule-run.ts'

/** What rules need of a device profile, by its own names; `null` where a device only speaks when something happens. */
export type ProfileFacts = {
  readonly measuresEveryMs?: number | null
  readonly reportsEveryMs?: number | null
  /** By name. A device without any of the points that a rule judges by is not its subject. */
  readonly points?: Readonly<Record<string, unknown>>
  /** Of a water meter; what the site says of the device itself goes before. */
  readonly register?: Register | undefined
}

export type Member = { readonly device: Device; readonly profile: ProfileFacts }

/** One subject to be judged, before it has its options. */
export type Candidate = {
  readonly subject: SubjectId
  /** The device that stands for it; of several that stand for one subject, the first in the site's order. */
  readonly device: Device
  readonly profile: ProfileFacts
  readonly site: Site
  readonly route?: PatrolRoute
  readonly balance?: Balance
  /** The device a person would walk to, where that is not `device`. */
  readonly walkTo?: DeviceId
  /** All the devices that stand for the subject, in the site's order; whoever gives `options` sees them whole. */
  readonly members: readonly Member[]
}

export type BoundSubject = {
  /** The device a person would walk to. */
  readonly device: DeviceId
  /** Those whose readings it is judged by, where that is not `device` alone. */
  readonly devices?: readonly DeviceId[]
  readonly options: unknown
  /** A good value of one of them verifies a repair. Empty: of any point. */
  readonly points: readonly string[]
}

export type BoundRule = {
  readonly config: RuleConfig
  /** Changes with the declaration: 16 hexadecimal digits. */
  readonly version: string
  readonly subjects: ReadonlyMap<SubjectId, BoundSubject>
  /** In constant time, however large the site. */
  subjectsOf(reading: Reading): readonly SubjectId[]
  /** Whom a reading concerns depends on what it says; otherwise on its device alone, and is settled once. */
  readonly isAskedByReading: boolean
  deviceOf(subject: SubjectId): DeviceId | undefined
  /** Goes on from stored states; `now` is the first commit's instant. */
  resume(stored: ReadonlyMap<SubjectId, unknown>, now: Instant, park: Park): Resumed
  /** Devices that a source other than the embedded broker brings: what it does not hear, they do not say. */
  readonly sources: ReadonlyMap<DeviceId, string>
}

export type Park = (subject: SubjectId, cause: unknown, at: Instant) => void

/** A rule at work again. */
export type Resumed = {
  readonly run: RuleRun
  /** Breached when stored, but nobody goes on from there: each with the instant of its breach. */
  readonly lost: ReadonlyMap<SubjectId, Instant>
  /** Stored, but no longer under the rule. */
  readonly gone: readonly SubjectId[]
}

/** A rule kind as rules.yaml knows it. */
export type DeclaredKind = {
  readonly kind: string
  readonly summary: string
  readonly codes: readonly string[]
  /** Schema of `options` in rules.yaml. */
  readonly declared: z.ZodType<unknown>
  /** Families that it can judge. */
  readonly families: readonly Family[]
  bind(
    config: RuleConfig,
    version: string,
    candidates: (families: readonly Family[]) => Iterable<Candidate>,
    isInScope: (device: Device) => boolean,
  ): BoundRule
  /** It waits to hear: history is run through it in the order in which it was received, not measured. */
  readonly countsHearing: boolean
  /** Outside of any site, for one subject with options as they were bound. Throws where they do not parse. */
  lone(options: unknown): LoneRule
}

/** A rule over one subject, for whoever repeats a decision from its evidence. */
export type LoneRule = {
  /** What the step says of these grounds; undefined where it says nothing. Throws where the state does not parse. */
  decide(grounds: Grounds): Step<unknown>['verdict']
  /** From its start on; every reading is the subject's. */
  run(subject: SubjectId): OperatorFunction<LiveCommit, Verdict>
}

type Declaration<Declared, Options> = {
  readonly declared: z.ZodType<Declared>
  readonly families: readonly Family[]
  /**
   * The subjects that a device stands for; itself by default. Several devices may stand for one subject (`subjects.ts`
   * has ready hooks): readings of each go to it, and it is under the rule once one of them is in scope.
   */
  subjects?(candidate: Candidate, scope: Scope): readonly Candidate[]
  /** A point that a device says for all of its group; not beside `subjects`. The step tells by `reading.device` who said it. */
  readonly overhears?: Overhears
  /** From what was declared to what the rule's steps need to know of this subject. */
  options(declared: Declared, candidate: Candidate): Options
}

export function declareKind<Declared, Options, State>(
  rule: RuleKind<Options, State>,
  { declared, families, subjects, overhears, options }: Declaration<Declared, Options>,
): DeclaredKind {
  const { kind, summary, codes } = rule
  const Stored = z.object({
    version: z.string(),
    state: rule.state,
    wakeAt: z.number().optional(),
    lagMs: z.number().optional(),
    breachedAt: z.number().optional(),
    parked: z.object({ at: z.number(), cause: z.string() }).optional(),
  })
  return {
    kind,
    summary,
    codes,
    declared,
    families,
    countsHearing: rule.countsHearing === true,
    lone(given) {
      const settled = rule.options.parse(given)
      return {
        decide: ({ before, moment }) => rule.step(rule.state.parse(before), moment, settled).verdict,
        run: (subject) =>
          evaluate(rule, {
            optionsOf: new Map([[subject, settled]]),
            subjectsOf: () => [subject],
            park(_subject, cause) {
              throw cause
            },
          }),
      }
    },
    bind(config, version, candidates, isInScope) {
      const shared = declared.parse(config.options)
      const optionsOf = new Map<SubjectId, Options>()
      const bound = new Map<SubjectId, BoundSubject>()
      const sources = new Map<DeviceId, string>()
      /** Of devices that stand for more or others than themselves. */
      const subjectsOf = new Map<DeviceId, SubjectId[]>()
      /** Most subjects have the same options; a hundred thousand of them share one object. */
      const known = new Map<string, { readonly options: Options; readonly points: readonly string[] }>()
      const settle = (wanted: Options) => {
        const key = JSON.stringify(wanted)
        const before = known.get(key)
        if (before) return before
        const settled = rule.options.parse(wanted)
        const made = { options: settled, points: rule.points(settled) }
        known.set(key, made)
        return made
      }
      const judge = (candidate: Candidate) => {
        const { subject, device, members } = candidate
        const own = config.optionsFor[subject]
        const wished = own ? declared.parse({ ...(config.options as object), ...own }) : shared
        const { options: settled, points } = settle(options(wished, candidate))
        const heard = members.filter(({ profile }) => !isWithout(profile, points))
        if (heard.length === 0) return
        const devices = heard.map((member) => member.device.id)
        for (const { device } of heard) if (device.source !== undefined) sources.set(device.id, device.source)
        const walkTo = candidate.walkTo ?? device.id
        const isAlone = devices.length === 1 && devices[0] === walkTo
        optionsOf.set(subject, settled)
        bound.set(subject, { device: walkTo, ...(!isAlone && { devices }), options: settled, points })
        if (!subjects) return // it stands for itself, and is found without an entry
        for (const id of devices) {
          const before = subjectsOf.get(id)
          if (before) before.push(subject)
          else subjectsOf.set(id, [subject])
        }
      }
      const found = candidates(families)
      const under = subjects ? joined(found, subjects, config.scope, isInScope) : alone(found, isInScope)
      let speaking: readonly Device[] = []
      for (const candidate of under) {
        judge(candidate)
        speaking = candidate.site.devices
      }
      const overheardBy = overhears && overhear(overhears, speaking, bound)
      const concerned = (reading: Reading) => {
        const { device } = reading
        return overheardBy?.(reading) ?? subjectsOf.get(device) ?? (optionsOf.has(device) ? [device] : NOBODY)
      }
      return {
        config,
        version,
        subjects: bound,
        sources,
        subjectsOf: concerned,
        isAskedByReading: overhears !== undefined,
        deviceOf: (subject) => bound.get(subject)?.device,
        resume(stored, now, park) {
          const kept = new Map<SubjectId, Kept<State>>()
          const gone: SubjectId[] = []
          const lost = new Map<SubjectId, Instant>()
          for (const [subject, row] of stored) {
            const read = Stored.safeParse(row)
            if (read.success && optionsOf.has(subject)) {
              const { version: before, wakeAt, ...rest } = read.data
              // Its options may have changed: let it look at its state by the new ones.
              const soon = before === version ? wakeAt : Math.min(wakeAt ?? now, now)
              kept.set(subject, {
                ...rest,
                state: rest.state as State,
                wakeAt: rest.parked ? undefined : soon,
              } as Kept<State>)
            } else {
              if (!optionsOf.has(subject)) gone.push(subject)
              const { breachedAt } = z.object({ breachedAt: z.number() }).safeParse(row).data ?? {}
              if (breachedAt !== undefined) lost.set(subject, breachedAt)
            }
          }
          return { run: runRule(rule, { optionsOf, park, stored: kept }), lost, gone }
        },
      }
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
    const inScope = isInScope(found.device)
    for (const stoodFor of subjects(found, scope)) {
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

/** Every device whose readings any of the subjects is judged by; some more than once. */
export function* concernedDevices(subjects: ReadonlyMap<SubjectId, BoundSubject>): Generator<DeviceId> {
  let before: readonly DeviceId[] | undefined
  for (const { device, devices } of subjects.values()) {
    if (!devices) yield device
    else if (devices !== before) yield* devices // doors of one building share a list
    before = devices
  }
}

const isWithout = (profile: ProfileFacts, points: readonly string[]) =>
  profile.points !== undefined &&
  points.length > 0 &&
  !points.some((point) => point in (profile.points ?? {}))

const NOBODY: readonly SubjectId[] = []

/** How long a value is believed where a rule does not say: three times the measuring interval, 15 min where that is unknown. */
export const heldMsOf = ({ measuresEveryMs }: ProfileFacts) => 3 * (measuresEveryMs ?? 300_000)
