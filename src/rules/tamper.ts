/**
 * tamper: somebody is at the meter itself: its cover is open, a magnet stands against it, its radio module is off.
 *
 * The flags come from the meter. Breached while any of them stands, cleared once each that stood is taken back; a rule
 * that must be seen whatever happened since is latched by its declaration, not here.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const FLAGS = {
  points: z
    .array(z.string())
    .min(1)
    .default(['tamper', 'cover-open', 'magnetic-field', 'module-removed'])
    .meta({ description: 'Flags of the meter, each `true` while somebody is at it.' }),
}

const Options = z.strictObject(FLAGS)

const State = z.strictObject({
  /** The flags that stand, sorted. */
  standing: z.array(z.string()),
})
type State = z.output<typeof State>

const FINE: State = { standing: [] }

export const tamper = defineRule<z.output<typeof Options>, State>({
  kind: 'tamper',
  summary: 'Somebody is at the meter itself.',
  options: Options,
  state: State,
  codes: ['tampered', 'tamper-over'],
  points: ({ points }) => points,
  start: () => ({ state: FINE }),
  step(state, moment, { points }) {
    if ('wokenAt' in moment) return { state }
    let { standing } = state
    for (const point of points) {
      const flag = stated(moment.reading, point)
      if (typeof flag !== 'boolean' || flag === standing.includes(point)) continue
      standing = flag ? [...standing, point].sort() : standing.filter((other) => other !== point)
    }
    if (standing === state.standing) return { state }
    const next = standing.length === 0 ? FINE : { standing }
    const [was, is] = [state.standing.length > 0, standing.length > 0]
    if (was === is) return { state: next }
    const because = is
      ? { code: 'tampered', figures: { points: standing.join(', ') } }
      : { code: 'tamper-over', figures: {} }
    return { state: next, verdict: { breached: is, because } }
  },
})

export const tamperKind = declareKind(tamper, {
  families: ['water-meter'],
  declared: z.strictObject(FLAGS),
  options: (declared) => declared,
})
