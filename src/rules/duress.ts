/**
 * duress: somebody acts under threat and says so without showing it: a duress code at a gate (ONVIF:
 * AccessControl/Duress), the help button or the tag of a guard.
 *
 * `duress: false` ends nothing: it says that the button is not pressed any more, not that the person is safe.
 * The breach holds until nobody has signalled for `holdMs`; what a person has not acknowledged stays on the
 * wall after that.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject({
  holdMs: z
    .int()
    .positive()
    .default(1_800_000)
    .meta({ description: 'How long after the last signal the breach holds.' }),
})

const State = z.strictObject({
  /** The last signal, while the breach holds. */
  signalledAt: z.int().nullable(),
})

export const duress = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'duress',
  summary: 'Somebody signals that they are under threat.',
  options: Options,
  state: State,
  codes: ['duress-signalled', 'duress-signalled-by', 'duress-quiet'],
  points: () => ['duress'],
  start: () => ({ state: { signalledAt: null } }),
  step(state, moment, { holdMs }) {
    const { signalledAt } = state
    if ('wokenAt' in moment) {
      if (signalledAt === null) return { state }
      if (moment.wokenAt < signalledAt + holdMs) return { state, wakeAt: signalledAt + holdMs }
      const because = { code: 'duress-quiet', figures: { holdMs } }
      return { state: { signalledAt: null }, verdict: { breached: false, because } }
    }
    const { reading } = moment
    if (stated(reading, 'duress') !== true) {
      return signalledAt === null ? { state } : { state, wakeAt: signalledAt + holdMs }
    }
    const told = { state: { signalledAt: reading.at }, wakeAt: reading.at + holdMs }
    if (signalledAt !== null) return told
    const who = stated(reading, 'guard') ?? stated(reading, 'credential')
    const because =
      who === undefined
        ? { code: 'duress-signalled', figures: {} }
        : { code: 'duress-signalled-by', figures: { who } }
    return { ...told, verdict: { breached: true, because } }
  },
})

export const duressKind = declareKind(duress, {
  families: ['access-control-gate', 'patrol-checkpoint'],
  declared: Options,
  options: (declared) => declared,
})
