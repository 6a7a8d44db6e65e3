/**
 * door-open-warning: a door is about to stand open for too long (ONVIF: PreAlarmTime before the end of
 * OpenTime).
 *
 * A kind of its own and not a second severity of door-held-open, so that a warning has its own severity, its
 * own people and no work order. It ends when the door closes, or when the alarm itself takes over: a door
 * shows one of the two.
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import { FIRE_RELEASE, goesByFire, RELEASE_TIME } from './door.ts'
import { defineRule } from './rule.ts'
import { countedAnew, NOT_OPEN, noLongerOpen, StandingOpen, stoodOpen } from './standing-open.ts'

const Times = z.strictObject({
  openTimeMs: z
    .int()
    .positive()
    .default(30_000)
    .meta({ description: 'How long the door may stand open; the same as that of the alarm.' }),
  preAlarmMs: z
    .int()
    .positive()
    .default(10_000)
    .meta({ description: 'So long before that time is up the warning comes (ONVIF: PreAlarmTime).' }),
  ...RELEASE_TIME,
})

const Options = Times.extend({ device: z.string() })
type Options = z.output<typeof Options>

const State = StandingOpen.extend({
  /** Warned of; the alarm has taken over. */
  over: z.boolean(),
})
type State = z.output<typeof State>

function settled(state: State, { openTimeMs, preAlarmMs }: Options) {
  if (state.countsFrom === null || state.over) return { state }
  return { state, wakeAt: state.countsFrom + (state.breached ? openTimeMs : openTimeMs - preAlarmMs) }
}

export const doorOpenWarning = defineRule<Options, State>({
  kind: 'door-open-warning',
  summary: 'A door will have stood open for too long in a moment.',
  options: Options,
  state: State,
  codes: ['door-open-soon', 'door-open-too-long', 'door-closed', 'door-unlocked', 'fire-released'],
  points: () => ['door'],
  goesBy: goesByFire,
  start: () => ({ state: { ...NOT_OPEN, over: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      const due = settled(state, options)
      if (due.wakeAt === undefined || moment.wokenAt < due.wakeAt) return due
      const { countsFrom, openSince, breached } = state
      const forMs = moment.wokenAt - (openSince ?? countsFrom ?? moment.wokenAt)
      if (breached) {
        const because = { code: 'door-open-too-long', figures: { forMs } }
        return { state: { ...state, breached: false, over: true }, verdict: { breached: false, because } }
      }
      const because = { code: 'door-open-soon', figures: { forMs, preAlarmMs: options.preAlarmMs } }
      const warned = settled({ ...state, breached: true }, options)
      return { ...warned, verdict: { breached: true, because } }
    }
    const next = stoodOpen(state, moment.reading, options)
    if (next.openSince !== null || !(next.breached || next.over)) return settled(next, options)
    const ended = { state: { ...next, breached: false, over: false } }
    if (!next.breached) return ended
    return { ...ended, verdict: { breached: false, because: { code: noLongerOpen(next), figures: {} } } }
  },
  afterGap: (state, { to }, options) => settled(countedAnew(state, to), options),
})

export const doorOpenWarningKind = declareKind(doorOpenWarning, {
  families: ['access-control-gate'],
  overhears: FIRE_RELEASE,
  declared: Times.refine(({ openTimeMs, preAlarmMs }) => preAlarmMs < openTimeMs, {
    error: 'shorter than openTimeMs',
    path: ['preAlarmMs'],
  }),
  options: (declared, { device }) => ({ ...declared, device: device.id }),
})
