/**
 * anti-passback: a credential enters an area that it has not left: it was passed back over the fence, or
 * copied. Soft: the gateway tells and never locks; refusing is the controller's. Its subject is the area that
 * gates guard, `area:<building or zone>`.
 *
 * Who is let in has not passed yet (ONVIF: AccessGranted, AccessTaken). Of a gate that says how its door
 * stands, an entry counts once the door opens, or where it stood open already; of any other the grant counts.
 * A way out counts at once: whoever may be outside is outside.
 *
 * The subject is the area and not the holder, so that what is remembered stays bounded: those inside, by
 * credential, the ones who entered longest ago forgotten first and counted. Everybody is forgotten at the
 * nightly `resetAt`, by a fire release (who flees does not show a card), and after an absence in which people
 * may have left unheard: none of it is a breach.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { localMinute, nextStart } from '../model/patrol-plan.ts'
import { type DeviceId, type Reading, stated } from '../model/reading.ts'
import { type Candidate, declareKind } from './bound-rule.ts'
import { defineRule, type Step } from './rule.ts'
import { TimeOfDay } from './schedule.ts'

const MINUTE_MS = 60_000

const LIMITS = {
  resetAt: TimeOfDay.default('04:00').meta({
    description: "Everybody counts as outside again at this time, in the site's time zone.",
  }),
  withinMs: z.int().positive().nullable().default(null).meta({
    description: 'Timed: only a second entry this soon after the first counts; null: any until the reset.',
  }),
  takenWithinMs: z.int().positive().nullable().default(6_000).meta({
    description:
      'Of a gate that says how its door stands, an entry counts once the door opens this soon after the grant (ONVIF: ReleaseTime, and a second); null: the grant counts.',
  }),
  repeatMs: z
    .int()
    .nonnegative()
    .default(10_000)
    .meta({ description: 'Shown again this soon it is the same entry: the door had locked again.' }),
  quietMs: z
    .int()
    .positive()
    .default(15 * MINUTE_MS)
    .meta({ description: 'It clears when nobody entered twice for this long.' }),
  remembers: z
    .int()
    .positive()
    .max(20_000)
    .default(1_000)
    .meta({ description: 'Credentials remembered as inside; beyond, who entered first is forgotten.' }),
}

const Options = z.strictObject({ ...LIMITS, timeZone: z.string() })
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** Credential and instant of entry, the latest last. */
  inside: z.array(z.tuple([z.string(), z.int()])),
  /** Of each gate that has said so, how its door stands. */
  doors: z.array(z.tuple([z.string(), z.enum(['open', 'closed'])])).default([]),
  /** Let in by a closed door that has not opened since: gate, credential and instant. */
  waiting: z.array(z.tuple([z.string(), z.string(), z.int()])).default([]),
  resetsAt: z.int(),
  /** Credentials forgotten because there were more than are remembered. */
  forgotten: z.int().nonnegative(),
  /** The last second entry, while the breach holds, and how many there were. */
  breachedBy: z.int().nullable(),
  violations: z.int().nonnegative(),
})
type State = z.output<typeof State>

const settled = (state: State, { quietMs }: Options) => {
  const { resetsAt, breachedBy } = state
  return { state, wakeAt: breachedBy === null ? resetsAt : Math.min(resetsAt, breachedBy + quietMs) }
}

const resetAfter = ({ resetAt, timeZone }: Options, at: number) => nextStart(timeZone, { at: [resetAt] }, at)

const emptied = (state: State): State =>
  state.inside.length + state.waiting.length === 0 ? state : { ...state, inside: [], waiting: [] }

/** After an absence: a door that opened unheard proves no passage, and one that closed unheard is waited for. */
const unheard = (state: State): State => ({
  ...emptied(state),
  doors: state.doors.map(([gate]) => [gate, 'closed']),
})

/** The state with that credential inside since then. */
function entered(state: State, credential: string, at: number, { remembers }: Options): State {
  const inside = [...state.inside.filter(([one]) => one !== credential), [credential, at] as [string, number]]
  const forgotten = state.forgotten + Math.max(0, inside.length - remembers)
  return { ...state, inside: inside.slice(-remembers), forgotten }
}

type Waiting = State['waiting'][number]

/**
 * How its gate's door stands after the reading; at a closed one a grant is waited for as long as it lets a
 * person through.
 */
function doorHeard(state: State, reading: Reading, takenWithinMs: Options['takenWithinMs']): State {
  if (takenWithinMs === null) return state.doors.length === 0 ? state : { ...state, doors: [], waiting: [] }
  const { device, at } = reading
  const said = stated(reading, 'door')
  const isNews = (said === 'open' || said === 'closed') && said !== doorOf(state, device)
  const doors = isNews
    ? [...state.doors.filter(([gate]) => gate !== device), [device, said] as State['doors'][number]]
    : state.doors
  const waiting = state.waiting.filter(([gate, , since]) => gate !== device || at - since <= takenWithinMs)
  return isNews || waiting.length < state.waiting.length ? { ...state, doors, waiting } : state
}

/** Undefined of a gate that does not say how its door stands. */
const doorOf = ({ doors }: State, gate: DeviceId) => doors.find(([one]) => one === gate)?.[1]

function waitedFor(state: State, asking: Waiting, { remembers }: Options): State {
  const others = state.waiting.filter(([gate, who]) => gate !== asking[0] || who !== asking[1])
  return { ...state, waiting: [...others, asking].slice(-remembers) }
}

const sinceOf = ({ inside }: State, who: string) => inside.find(([one]) => one === who)?.[1]

function left(state: State, who: string, at: Instant): State {
  const since = sinceOf(state, who)
  // Told late by another gate: what is known since then is newer.
  if (since !== undefined && at < since) return state
  const waiting = state.waiting.filter(([, one]) => one !== who)
  if (since === undefined && waiting.length === state.waiting.length) return state
  return { ...state, waiting, inside: state.inside.filter(([one]) => one !== who) }
}

/** Dated by the grant, whenever the door opened. */
function passed(
  state: State,
  [gate, who, at]: Waiting,
  options: Options,
): Pick<Step<State>, 'state' | 'verdict'> {
  const { repeatMs, withinMs, timeZone } = options
  const since = sinceOf(state, who)
  // Shown again at once; or told late by another gate, and what is known since then is newer.
  if (since !== undefined && at - since < repeatMs) return { state }
  const next = entered(state, who, at, options)
  if (since === undefined || (withinMs !== null && at - since > withinMs)) return { state: next }
  const judged = { ...next, breachedBy: at, violations: state.violations + 1 }
  if (state.breachedBy !== null) return { state: judged }
  const figures = { credential: who, since: localMinute(timeZone, since), gate }
  return { state: judged, verdict: { breached: true, at, because: { code: 'entered-twice', figures } } }
}

export const antiPassback = defineRule<Options, State>({
  kind: 'anti-passback',
  summary: 'A credential enters an area that it has not left.',
  options: Options,
  state: State,
  codes: ['entered-twice', 'passback-over'],
  // A controller that only tells of the fire release belongs to the area as well: who has fled is not inside.
  points: () => ['direction', 'fire'],
  start(options, now) {
    const resetsAt = resetAfter(options, now)
    const nobody = { inside: [], doors: [], waiting: [], forgotten: 0 }
    return settled({ ...nobody, resetsAt, breachedBy: null, violations: 0 }, options)
  },
  step(state, moment, options) {
    const { quietMs } = options
    if ('wokenAt' in moment) {
      const at = moment.wokenAt
      const next = at < state.resetsAt ? state : { ...emptied(state), resetsAt: resetAfter(options, at) }
      if (state.breachedBy === null || at < state.breachedBy + quietMs) return settled(next, options)
      const { violations, forgotten } = state
      const because = { code: 'passback-over', figures: { quietMs, violations, forgotten } }
      const over = settled({ ...next, breachedBy: null, violations: 0 }, options)
      return { ...over, verdict: { breached: false, because } }
    }
    const { reading } = moment
    if (stated(reading, 'fire') === true) return settled(emptied(state), options)
    const { device, at } = reading
    const heard = doorHeard(state, reading, options.takenWithinMs)
    const [credential, direction] = [stated(reading, 'credential'), stated(reading, 'direction')]
    const isGranted =
      credential !== undefined && direction !== undefined && stated(reading, 'access') === 'granted'
    const asking: Waiting | undefined = isGranted ? [device, String(credential), at] : undefined
    if (asking && direction === 'out') return settled(left(heard, asking[1], at), options)
    if (doorOf(heard, device) === 'closed') {
      return settled(asking ? waitedFor(heard, asking, options) : heard, options)
    }
    const passing = [...heard.waiting.filter(([gate]) => gate === device), ...(asking ? [asking] : [])]
    if (passing.length === 0) return settled(heard, options)
    let next: State = { ...heard, waiting: heard.waiting.filter(([gate]) => gate !== device) }
    let verdict: Step<State>['verdict']
    for (const one of passing) {
      const took = passed(next, one, options)
      next = took.state
      verdict ??= took.verdict
    }
    return { ...settled(next, options), ...(verdict && { verdict }) }
  },
  afterGap: (state, _gap, options) => settled(unheard(state), options),
})

/** The area that a gate guards: its building, else its zone, else the whole institution. */
const areaOf = (candidate: Candidate): Candidate[] => {
  const { institution, building, zone } = candidate.device.place
  return [{ ...candidate, subject: `area:${building ?? zone ?? institution}` }]
}

export const antiPassbackKind = declareKind(antiPassback, {
  families: ['access-control-gate'],
  declared: z.strictObject(LIMITS),
  subjects: areaOf,
  options: (declared, { site }) => ({ ...declared, timeZone: site.timeZone }),
})
