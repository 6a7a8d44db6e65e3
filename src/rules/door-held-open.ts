/**
 * door-held-open: a door stands open longer than `openTimeMs` (ONVIF: OpenTime, 30 s by default).
 *
 * Masked while its lock says `unlocked` and no grant explains that: then it is meant to stand open, and the time
 * counts from when it is locked again. A lock released for one passage masks nothing. A door that never says how its lock stands counts as locked. After an absence of the
 * gateway a door gets the whole time once more, because its closing may still be on its way.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject({
  openTimeMs: z.int().positive().default(30_000).meta({ description: 'How long the door may stand open.' }),
  releaseTimeMs: z
    .int()
    .nonnegative()
    .default(5_000)
    .meta({ description: 'An unlocking this soon after a grant is for one passage (ONVIF: ReleaseTime).' }),
})

const State = z.strictObject({
  /** Open and locked since then. */
  openSince: z.int().nullable(),
  /** Not judged before; moved by the gateway's absences. */
  countsFrom: z.int().nullable(),
  /** Meant to stand open. */
  unlocked: z.boolean(),
  grantedAt: z.int().nullable(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

const due = ({ countsFrom, unlocked, breached }: State, openTimeMs: number): Instant | undefined =>
  countsFrom === null || unlocked || breached ? undefined : countsFrom + openTimeMs

const settled = (state: State, openTimeMs: number) => {
  const wakeAt = due(state, openTimeMs)
  return wakeAt === undefined ? { state } : { state, wakeAt }
}

export const doorHeldOpen = defineRule<z.output<typeof Options>, State>({
  kind: 'door-held-open',
  summary: 'A door stands open for too long.',
  options: Options,
  state: State,
  codes: ['door-open-for', 'door-closed', 'door-unlocked'],
  points: () => ['door'],
  start: () => ({
    state: { openSince: null, countsFrom: null, unlocked: false, grantedAt: null, breached: false },
  }),
  step(state, moment, { openTimeMs, releaseTimeMs }) {
    if ('wokenAt' in moment) {
      const wakeAt = due(state, openTimeMs)
      if (wakeAt === undefined || moment.wokenAt < wakeAt) return settled(state, openTimeMs)
      const figures = { forMs: moment.wokenAt - (state.openSince ?? moment.wokenAt) }
      const because = { code: 'door-open-for', figures }
      return { state: { ...state, breached: true }, verdict: { breached: true, because } }
    }
    const { at } = moment.reading
    const [door, lock] = [stated(moment.reading, 'door'), stated(moment.reading, 'lock')]
    const grantedAt = stated(moment.reading, 'access') === 'granted' ? at : state.grantedAt
    const released = !state.unlocked && grantedAt !== null && at - grantedAt <= releaseTimeMs
    const unlocked = lock === undefined ? state.unlocked : lock === 'unlocked' && !released
    const isOpen = door === undefined ? state.openSince !== null : door === 'open'
    const goesOn = isOpen && state.openSince !== null && !(state.unlocked && !unlocked)
    const openSince = goesOn ? state.openSince : isOpen ? at : null
    const countsFrom = goesOn ? state.countsFrom : openSince
    const ends = state.breached && (!isOpen || unlocked)
    const next = { openSince, countsFrom, unlocked, grantedAt, breached: state.breached && !ends }
    if (!ends) return settled(next, openTimeMs)
    const because = { code: isOpen ? 'door-unlocked' : 'door-closed', figures: {} }
    return { ...settled(next, openTimeMs), verdict: { breached: false, because } }
  },
  afterGap(state, { to }, { openTimeMs }) {
    if (state.countsFrom === null) return { state }
    return settled({ ...state, countsFrom: Math.max(state.countsFrom, to) }, openTimeMs)
  },
})

export const doorHeldOpenKind = declareKind(doorHeldOpen, {
  families: ['access-control-gate'],
  declared: Options,
  options: (declared) => declared,
})
