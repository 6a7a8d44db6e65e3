/**
 * door-held-open: a door stands open longer than `openTimeMs` (ONVIF: OpenTime, 30 s by default).
 *
 * Masked while its lock says `unlocked` and no grant explains that, and while a fire release is on: then it is meant to
 * stand open, and the time counts from when it is locked again. A lock released for one passage masks nothing.
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import { FIRE_RELEASE, goesByFire, RELEASE_TIME } from './door.ts'
import { defineRule } from './rule.ts'
import { countedAnew, NOT_OPEN, noLongerOpen, StandingOpen, stoodOpen } from './standing-open.ts'

const Times = z.strictObject({
  openTimeMs: z.int().positive().default(30_000).meta({ description: 'How long the door may stand open.' }),
  ...RELEASE_TIME,
})

const Options = Times.extend({ device: z.string() })

const settled = (state: StandingOpen, openTimeMs: number) =>
  state.countsFrom === null || state.breached ? { state } : { state, wakeAt: state.countsFrom + openTimeMs }

export const doorHeldOpen = defineRule<z.output<typeof Options>, StandingOpen>({
  kind: 'door-held-open',
  summary: 'A door stands open for too long.',
  options: Options,
  state: StandingOpen,
  codes: ['door-open-for', 'door-closed', 'door-unlocked', 'fire-released'],
  points: () => ['door'],
  goesBy: goesByFire,
  start: () => ({ state: NOT_OPEN }),
  step(state, moment, options) {
    const { openTimeMs } = options
    if ('wokenAt' in moment) {
      const { countsFrom, openSince, breached } = state
      if (countsFrom === null || breached || moment.wokenAt < countsFrom + openTimeMs)
        return settled(state, openTimeMs)
      const figures = { forMs: moment.wokenAt - (openSince ?? countsFrom) }
      const because = { code: 'door-open-for', figures }
      return { state: { ...state, breached: true }, verdict: { breached: true, because } }
    }
    const next = stoodOpen(state, moment.reading, options)
    if (!next.breached || next.openSince !== null) return settled(next, openTimeMs)
    const because = { code: noLongerOpen(next), figures: {} }
    return { state: { ...next, breached: false }, verdict: { breached: false, because } }
  },
  afterGap: (state, { to }, { openTimeMs }) => settled(countedAnew(state, to), openTimeMs),
})

export const doorHeldOpenKind = declareKind(doorHeldOpen, {
  families: ['access-control-gate'],
  overhears: FIRE_RELEASE,
  declared: Times,
  options: (declared, { device }) => ({ ...declared, device: device.id }),
})
