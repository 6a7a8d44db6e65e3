/**
 * sustained: breached once a value has stayed above `above` for the whole of `forMs`.
 *
 * Before the breach, any reading that is not above the limit, or not to be believed,
 * starts the delay anew; after it, only a reading below `clearBelow` clears it. A
 * value is believed for `heldMs` after it was measured, so one high sample followed
 * by silence is not a breach. (OnDelay and deadband as in OPC UA Part 9.)
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { believed } from '../model/reading.ts'
import { defineRule } from './rule.ts'

const Options = z
  .strictObject({
    point: z.string(),
    above: z.number(),
    clearBelow: z.number(),
    forMs: z.int().nonnegative(),
    heldMs: z.int().positive(),
  })
  .refine((o) => o.clearBelow <= o.above, { error: 'clearBelow must not exceed above' })

const Since = z.strictObject({ is: z.literal('rising'), since: z.int(), lastAt: z.int() })
const State = z.union([z.strictObject({ is: z.literal(['fine', 'breached']) }), Since])
type State = z.output<typeof State>

const FINE: State = { is: 'fine' }

export const sustained = defineRule<z.output<typeof Options>, State>({
  kind: 'sustained',
  summary: 'A value stays above a limit for a time.',
  options: Options,
  state: State,
  start: () => ({ state: FINE }),
  step(state, moment, { point, above, clearBelow, forMs, heldMs }) {
    if ('wokenAt' in moment) {
      if (state.is !== 'rising') return { state }
      if (moment.wokenAt - state.lastAt > heldMs) return { state: FINE }
      const figures = { point, above, forMs }
      return {
        state: { is: 'breached' },
        verdict: { breached: true, because: { code: 'above-for', figures } },
      }
    }
    const value = believed(moment.reading, point)
    const { at } = moment.reading
    if (value === 'absent') return state.is === 'rising' ? { state, wakeAt: state.since + forMs } : { state }
    if (state.is === 'breached') {
      if (value === 'bad' || value >= clearBelow) return { state }
      const because = { code: 'below', figures: { point, value, clearBelow } }
      return { state: FINE, verdict: { breached: false, because } }
    }
    if (value === 'bad' || value <= above) return { state: FINE }
    const since: Instant = state.is === 'rising' && at - state.lastAt <= heldMs ? state.since : at
    return { state: { is: 'rising', since, lastAt: at }, wakeAt: since + forMs }
  },
})
