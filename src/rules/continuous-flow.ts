/**
 * continuous-flow: water ran during every interval for `forMs`; nobody's use does that, a leak does.
 *
 * An interval is the stretch between two readings that are at least `intervalMs` apart. A gap in the
 * data longer than `heldMs` starts the count anew, because missing is not flow, and so does a register that
 * runs backwards. Neither clears a breach: only an interval without flow does. What is not to be
 * believed counts as not said. (24 h is the usual time: sources in docs/adding-a-rule.md.)
 */
import * as z from 'zod'
import { believed } from '../model/reading.ts'
import { declareKind, heldMsOf } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const HOUR_MS = 3_600_000

const Options = z.strictObject({
  point: z.enum(['volume', 'flow']),
  floorM3h: z.number().nonnegative(),
  forMs: z.int().positive(),
  intervalMs: z.int().positive(),
  heldMs: z.int().positive(),
})

const State = z.strictObject({
  /** Where the interval under way began; none before the first reading. */
  mark: z.strictObject({ at: z.int(), value: z.number(), lastAt: z.int() }).nullable(),
  /** Flow without a pause since then. */
  since: z.int().nullable(),
  breached: z.boolean(),
})

export const continuousFlow = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'continuous-flow',
  summary: 'Water never stops running.',
  options: Options,
  state: State,
  codes: ['flow-without-pause', 'flow-paused'],
  points: ({ point }) => [point],
  start: () => ({ state: { mark: null, since: null, breached: false } }),
  step(state, moment, { point, floorM3h, forMs, intervalMs, heldMs }) {
    if ('wokenAt' in moment) return { state }
    const value = believed(moment.reading, point)
    if (typeof value === 'string') return { state }
    const { at } = moment.reading
    const { mark, breached } = state
    const anew = { state: { mark: { at, value, lastAt: at }, since: null, breached } }
    if (!mark || at - mark.lastAt > heldMs) return anew
    if (at - mark.at < intervalMs) return { state: { ...state, mark: { ...mark, lastAt: at } } }
    if (point === 'volume' && value < mark.value) return anew
    const flowM3h = point === 'flow' ? value : (value - mark.value) / ((at - mark.at) / HOUR_MS)
    if (flowM3h <= floorM3h) {
      const because = { code: 'flow-paused', figures: { flowM3h, floorM3h } }
      const paused = { state: { ...anew.state, breached: false } }
      return breached ? { ...paused, verdict: { breached: false, because } } : paused
    }
    const since = state.since ?? mark.at
    const flows = { ...anew.state, since }
    if (breached || at - since < forMs) return { state: flows }
    const because = { code: 'flow-without-pause', figures: { forMs: at - since, flowM3h, floorM3h } }
    return { state: { ...flows, breached: true }, verdict: { breached: true, because } }
  },
})

export const continuousFlowKind = declareKind(continuousFlow, {
  families: ['water-meter'],
  declared: z.strictObject({
    point: z.enum(['volume', 'flow']).default('volume').meta({
      description: 'The cumulative register sees every litre; a flow sample sees only its own instant.',
    }),
    floorM3h: z.number().nonnegative().default(0).meta({
      description: 'm³/h; an interval counts as flow above it.',
    }),
    forMs: z
      .int()
      .positive()
      .default(24 * HOUR_MS),
    intervalMs: z.int().positive().default(HOUR_MS).meta({
      description:
        'Shortest stretch that is judged; longer than a small leak needs for one step of the register.',
    }),
    heldMs: z.int().positive().optional().meta({
      description: 'A longer gap between readings starts the count anew. Default: three measuring intervals.',
    }),
  }),
  options: (declared, { profile }) => ({ ...declared, heldMs: declared.heldMs ?? heldMsOf(profile) }),
})
