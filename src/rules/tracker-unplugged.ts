/**
 * tracker-unplugged: a tracker has been without the vehicle's power for `forMs`.
 *
 * It goes on for a while on its own battery, or falls silent at once: the loss that it reported is waited
 * for, not another report. A starter draws the voltage down for some seconds, which is why it is not believed
 * at once.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject({
  forMs: z.int().nonnegative().default(30_000).meta({
    description: 'How long it must be without power; starting the engine takes it away for some seconds.',
  }),
})

const State = z.union([
  z.strictObject({ is: z.literal(['plugged', 'unplugged']) }),
  z.strictObject({ is: z.literal('lost'), since: z.int() }),
])

const PLUGGED = { is: 'plugged' } as const

export const trackerUnplugged = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'tracker-unplugged',
  summary: 'A tracker has lost the power of its vehicle.',
  options: Options,
  state: State,
  codes: ['power-lost-for', 'power-back'],
  points: () => ['external-power'],
  start: () => ({ state: PLUGGED }),
  step(state, moment, { forMs }) {
    const at = 'wokenAt' in moment ? moment.wokenAt : moment.reading.at
    const said = 'wokenAt' in moment ? undefined : stated(moment.reading, 'external-power')
    if (said === true) {
      if (state.is !== 'unplugged') return { state: PLUGGED }
      return { state: PLUGGED, verdict: { breached: false, because: { code: 'power-back', figures: {} } } }
    }
    const lost = said === false && state.is === 'plugged' ? { is: 'lost' as const, since: at } : state
    if (lost.is !== 'lost') return { state }
    if (at < lost.since + forMs) return { state: lost, wakeAt: lost.since + forMs }
    const because = { code: 'power-lost-for', figures: { forMs } }
    return { state: { is: 'unplugged' }, verdict: { breached: true, because } }
  },
})

export const trackerUnpluggedKind = declareKind(trackerUnplugged, {
  families: ['vehicle-tracker'],
  declared: Options,
  options: (declared) => declared,
})
