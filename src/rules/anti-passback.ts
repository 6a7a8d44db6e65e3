/**
 * anti-passback: a credential enters an area that it has not left: it was passed back over the fence, or copied. Soft:
 * the gateway tells and never locks; refusing is the controller's. Its subject is the area that gates guard, `area:<building or zone>`.
 *
 * The subject is the area and not the holder, so that what is remembered stays bounded: those inside, by credential, the ones who
 * entered longest ago forgotten first and counted. Everybody is forgotten at the nightly `resetAt`, by a fire release
 * (who flees does not show a card), and after an absence in which people may have left unheard: none of it is a breach.
 */
import * as z from 'zod'
import { localMinute, nextStart } from '../model/patrol-plan.ts'
import { stated } from '../model/reading.ts'
import { type Candidate, declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'
import { TimeOfDay } from './schedule.ts'

const MINUTE_MS = 60_000

const LIMITS = {
  resetAt: TimeOfDay.default('04:00').meta({
    description: "Everybody counts as outside again at this time, in the site's time zone.",
  }),
  withinMs: z.int().positive().nullable().default(null).meta({
    description: 'Timed: only a second entry this soon after the first counts; null: any until the reset.',
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

const emptied = (state: State): State => (state.inside.length === 0 ? state : { ...state, inside: [] })

/** The state with that credential inside since then. */
function entered(state: State, credential: string, at: number, { remembers }: Options): State {
  const inside = [...state.inside.filter(([one]) => one !== credential), [credential, at] as [string, number]]
  const forgotten = state.forgotten + Math.max(0, inside.length - remembers)
  return { ...state, inside: inside.slice(-remembers), forgotten }
}

export const antiPassback = defineRule<Options, State>({
  kind: 'anti-passback',
  summary: 'A credential enters an area that it has not left.',
  options: Options,
  state: State,
  codes: ['entered-twice', 'passback-over'],
  points: () => ['direction'],
  start(options, now) {
    const resetsAt = resetAfter(options, now)
    return settled({ inside: [], resetsAt, forgotten: 0, breachedBy: null, violations: 0 }, options)
  },
  step(state, moment, options) {
    const { quietMs, repeatMs, withinMs } = options
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
    const [credential, direction] = [stated(reading, 'credential'), stated(reading, 'direction')]
    if (credential === undefined || direction === undefined || stated(reading, 'access') !== 'granted') {
      return settled(state, options)
    }
    const { at } = reading
    const who = String(credential)
    const since = state.inside.find(([one]) => one === who)?.[1]
    // Told late by another gate: what is known since then is newer.
    if (since !== undefined && at < since) return settled(state, options)
    if (direction === 'out') {
      if (since === undefined) return settled(state, options)
      return settled({ ...state, inside: state.inside.filter(([one]) => one !== who) }, options)
    }
    if (since !== undefined && at - since < repeatMs) return settled(state, options)
    const next = entered(state, who, at, options)
    if (since === undefined || (withinMs !== null && at - since > withinMs)) return settled(next, options)
    const judged = settled({ ...next, breachedBy: at, violations: state.violations + 1 }, options)
    if (state.breachedBy !== null) return judged
    const figures = { credential: who, since: localMinute(options.timeZone, since), gate: reading.device }
    return { ...judged, verdict: { breached: true, because: { code: 'entered-twice', figures } } }
  },
  afterGap: (state, _gap, options) => settled(emptied(state), options),
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
