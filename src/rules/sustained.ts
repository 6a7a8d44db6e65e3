/**
 * sustained: breached once a value has stayed above `above` for the whole of `forMs`.
 *
 * Before the breach, any reading that is not above the limit, or not to be believed,
 * starts the delay anew; after it, only a reading below `clearBelow` clears it. A
 * value is believed for `heldMs` after it was measured, so one high sample followed
 * by silence is not a breach. (OnDelay and deadband as in OPC UA Part 9.)
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import { believed } from '../model/reading.ts'
import { declareKind, heldMsOf } from './bound-rule.ts'
import { backFrom } from './conditions.ts'
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

const Rising = z.strictObject({ is: z.literal('rising'), since: z.int(), lastAt: z.int(), value: z.number() })
const State = z.union([z.strictObject({ is: z.literal(['fine', 'breached']) }), Rising])
type State = z.output<typeof State>

const FINE: State = { is: 'fine' }
const BREACHED: State = { is: 'breached' }

export const sustained = defineRule<z.output<typeof Options>, State>({
  kind: 'sustained',
  summary: 'A value stays above a limit for a time.',
  options: Options,
  state: State,
  packing: {
    width: 3,
    pack(state, row, at) {
      if (state.is === 'rising') {
        row[at] = state.since
        row[at + 1] = state.lastAt
        row[at + 2] = state.value
      } else row[at] = state.is === 'fine' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
      return true
    },
    unpack(row, at) {
      const since = row[at] as number
      if (since === Number.NEGATIVE_INFINITY) return FINE
      if (since === Number.POSITIVE_INFINITY) return BREACHED
      return { is: 'rising', since, lastAt: row[at + 1] as number, value: row[at + 2] as number }
    },
  },
  codes: ['above-for', 'below'],
  points: ({ point }) => [point],
  start: () => ({ state: FINE }),
  step(state, moment, { point, above, clearBelow, forMs, heldMs }) {
    if ('wokenAt' in moment) {
      if (state.is !== 'rising') return { state }
      if (moment.wokenAt < state.since + forMs) return { state, wakeAt: state.since + forMs }
      if (moment.wokenAt - state.lastAt > heldMs) return { state: FINE }
      const figures = { point, value: state.value, above, forMs }
      return { state: BREACHED, verdict: { breached: true, because: { code: 'above-for', figures } } }
    }
    const value = believed(moment.reading, point)
    const { at } = moment.reading
    if (value === 'absent') return state.is === 'rising' ? { state, wakeAt: state.since + forMs } : { state }
    if (state.is === 'breached') {
      if (value === 'bad' || value >= clearBelow) return { state }
      const because = {
        code: 'below',
        figures: { point, value, clearBelow, ...backFrom(above, above - value) },
      }
      return { state: FINE, verdict: { breached: false, because } }
    }
    if (value === 'bad' || value <= above) return { state: FINE }
    const since: Instant = state.is === 'rising' && at - state.lastAt <= heldMs ? state.since : at
    return { state: { is: 'rising', since, lastAt: at, value }, wakeAt: since + forMs }
  },
})

export const sustainedKind = declareKind(sustained, {
  families: FAMILIES,
  declared: z.strictObject({
    point: z.string().meta({ description: 'The point that is watched.' }),
    above: z.number().meta({ description: 'Limit in the unit of the point; exactly at the limit is fine.' }),
    clearBelow: z.number().optional().meta({ description: 'It clears below this. Default: `above`.' }),
    forMs: z.int().nonnegative().meta({ description: 'How long it must stay above.' }),
    heldMs: z.int().positive().optional().meta({
      description: 'How long a value is believed after it was measured. Default: three measuring intervals.',
    }),
  }),
  options: (declared, { profile }) => ({
    ...declared,
    clearBelow: declared.clearBelow ?? declared.above,
    heldMs: declared.heldMs ?? heldMsOf(profile),
  }),
  deadband: (options, widthAt) => ({ ...options, clearBelow: options.above - widthAt(options.above) }),
})
