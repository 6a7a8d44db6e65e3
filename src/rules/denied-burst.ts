/**
 * denied-burst: a door refuses again and again: cards or codes are being tried. GB 50396 wants an alarm after at most
 * five wrong operations in a row.
 *
 * Counted are the refusals of one door within `withinMs`, all of them (`perDoor`) and those of one credential
 * (`perCredential`). A grant in between clears nothing: who has guessed right is inside. It clears when the door
 * has refused nobody for `quietMs`. While it is breached refusals are no longer counted, only waited for.
 */
import * as z from 'zod'
import { type Reading, stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

/** Refusals remembered of a door; a limit cannot be higher. */
const MOST = 100

const limit = z.int().min(2).max(MOST).nullable()

const Options = z.strictObject({
  perDoor: limit.default(5).meta({ description: 'So many refusals, whoever they are; null: not counted.' }),
  perCredential: limit
    .default(null)
    .meta({ description: 'So many refusals of one credential; null: not counted.' }),
  withinMs: z.int().positive().default(60_000).meta({ description: 'Within this time.' }),
  reasons: z.array(z.string()).min(1).nullable().default(null).meta({
    description: 'Only refusals for one of these reasons, in ONVIF’s words such as InvalidPIN; null: any.',
  }),
  quietMs: z
    .int()
    .positive()
    .default(120_000)
    .meta({ description: 'It clears when the door has refused nobody for this long.' }),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** Refusals of the last `withinMs`, oldest first; none while breached. */
  refused: z.array(z.strictObject({ at: z.int(), credential: z.string().nullable() })).max(MOST),
  /** The last refusal, while the breach holds. */
  breachedBy: z.int().nullable(),
})
type State = z.output<typeof State>

/** ONVIF, Access Control Service: a client takes whatever else a device says for `Other`. */
const KNOWN_REASONS = [
  'CredentialNotEnabled',
  'CredentialNotActive',
  'CredentialExpired',
  'InvalidPIN',
  'NotPermittedAtThisTime',
  'Unauthorized',
  'pt:InvalidIdentifierValue',
]

const isRefusal = (reading: Reading, { reasons }: Options) => {
  if (stated(reading, 'access') !== 'denied') return false
  if (reasons === null) return true
  const reason = String(stated(reading, 'reason') ?? '')
  if (reason === '' || reasons.includes(reason)) return reason !== ''
  return reasons.includes('Other') && !KNOWN_REASONS.includes(reason)
}

const settled = (state: State, { quietMs }: Options) =>
  state.breachedBy === null ? { state } : { state, wakeAt: state.breachedBy + quietMs }

function tooMany({ refused }: State, { perDoor, perCredential, withinMs }: Options) {
  const last = refused.at(-1)?.credential ?? null
  const ofLast = refused.filter(({ credential }) => credential === last).length
  if (perCredential !== null && last !== null && ofLast >= perCredential) {
    return { code: 'denied-credential', figures: { credential: last, times: ofLast, withinMs } }
  }
  if (perDoor === null || refused.length < perDoor) return undefined
  return { code: 'denied-times', figures: { times: refused.length, withinMs } }
}

export const deniedBurst = defineRule<Options, State>({
  kind: 'denied-burst',
  summary: 'A door refuses again and again within a short time.',
  options: Options,
  state: State,
  codes: ['denied-times', 'denied-credential', 'denied-no-more'],
  points: () => ['access'],
  start: () => ({ state: { refused: [], breachedBy: null } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      if (state.breachedBy === null || moment.wokenAt < state.breachedBy + options.quietMs)
        return settled(state, options)
      const because = { code: 'denied-no-more', figures: { quietMs: options.quietMs } }
      return { state: { refused: [], breachedBy: null }, verdict: { breached: false, because } }
    }
    const { reading } = moment
    if (!isRefusal(reading, options)) return settled(state, options)
    const { at } = reading
    if (state.breachedBy !== null) return settled({ ...state, breachedBy: at }, options)
    const credential = stated(reading, 'credential')
    const refused = [
      ...state.refused.filter((before) => at - before.at < options.withinMs).slice(1 - MOST),
      { at, credential: credential === undefined ? null : String(credential) },
    ]
    const next = { refused, breachedBy: null }
    const because = tooMany(next, options)
    if (!because) return { state: next }
    return { ...settled({ refused: [], breachedBy: at }, options), verdict: { breached: true, because } }
  },
})

export const deniedBurstKind = declareKind(deniedBurst, {
  families: ['access-control-gate'],
  declared: Options.refine(({ perDoor, perCredential }) => perDoor !== null || perCredential !== null, {
    error: 'perDoor or perCredential must be a number',
  }),
  options: (declared) => declared,
})
