/**
 * door-forced: a locked door opens without a grant in the last `releaseTimeMs` (ONVIF: ReleaseTime, 5 s)
 * and `toleranceMs`. It clears when the door closes.
 *
 * Only the edge from closed to open counts: of a door first heard of as open, or open after an absence of the
 * gateway, nobody knows how it was opened. A door that never says how its lock stands counts as locked.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject({
  releaseTimeMs: z
    .int()
    .positive()
    .default(5_000)
    .meta({ description: 'How long a grant lets a person open the door.' }),
  toleranceMs: z
    .int()
    .nonnegative()
    .default(1_000)
    .meta({ description: 'What the clocks of reader and door sensor may differ.' }),
})

const State = z.strictObject({
  door: z.enum(['open', 'closed', 'unknown']),
  unlocked: z.boolean(),
  grantedAt: z.int().nullable(),
  breached: z.boolean(),
})

export const doorForced = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'door-forced',
  summary: 'A locked door is opened without a grant.',
  options: Options,
  state: State,
  codes: ['opened-without-grant', 'door-closed'],
  points: () => ['door'],
  start: () => ({ state: { door: 'unknown', unlocked: false, grantedAt: null, breached: false } }),
  step(state, moment, { releaseTimeMs, toleranceMs }) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const { at } = reading
    const [said, lock] = [stated(reading, 'door'), stated(reading, 'lock')]
    const door = said === 'open' || said === 'closed' ? said : state.door
    const unlocked = lock === undefined ? state.unlocked : lock === 'unlocked'
    const grantedAt = stated(reading, 'access') === 'granted' ? at : state.grantedAt
    const next = { door, unlocked, grantedAt, breached: state.breached }
    if (door === state.door) return { state: next }
    if (door === 'closed' && state.breached) {
      const because = { code: 'door-closed', figures: {} }
      return { state: { ...next, breached: false }, verdict: { breached: false, because } }
    }
    const granted = grantedAt !== null && at - grantedAt <= releaseTimeMs + toleranceMs
    const forced = state.door === 'closed' && door === 'open' && !unlocked && !granted
    if (!forced || state.breached) return { state: next }
    const because = { code: 'opened-without-grant', figures: { releaseTimeMs } }
    return { state: { ...next, breached: true }, verdict: { breached: true, because } }
  },
  afterGap: (state) => ({ state: { ...state, door: 'unknown' } }),
})

export const doorForcedKind = declareKind(doorForced, {
  families: ['access-control-gate'],
  declared: Options,
  options: (declared) => declared,
})
