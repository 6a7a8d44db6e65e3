/**
 * implausible-jump: a register shows what it cannot: more than can run through the meter, or less than before.
 *
 * A wrong unit (litres for cubic metres), a bit error, another meter's readings under this one's name, an exchange or a
 * reset that nobody declared. Steps back of a display unit (10 L) and a declared rollover are none. It clears once the
 * register goes on for three readings, from where it was or from where it is now.
 */
import * as z from 'zod'
import { CONFIRMATIONS } from '../metering/meter.ts'
import { declareKind } from './bound-rule.ts'
import { METER, meterOf, STAND, Stand, standAfter } from './register.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject(METER)
type Options = z.output<typeof Options>

const State = z.strictObject({
  stand: Stand.nullable(),
  /** Readings in agreement since the breach. */
  agreed: z.int().nonnegative(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

export const implausibleJump = defineRule<Options, State>({
  kind: 'implausible-jump',
  summary: 'A register shows what cannot have run through the meter.',
  options: Options,
  state: State,
  packing: {
    width: STAND.width + 2,
    pack({ stand, agreed, breached }, row, at) {
      row[at] = agreed
      row[at + 1] = breached ? 1 : 0
      return STAND.pack(stand, row, at + 2)
    },
    unpack: (row, at) => ({
      stand: STAND.unpack(row, at + 2),
      agreed: row[at] as number,
      breached: row[at + 1] === 1,
    }),
  },
  codes: ['register-jumped', 'register-fell', 'register-goes-on'],
  points: () => ['volume'],
  start: () => ({ state: { stand: null, agreed: 0, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { stand: before, breached } = state
    const stand = standAfter(before, moment.reading, options)
    if (!stand || stand === before) return { state }
    if (before && stand.at === before.at && stand.odd) {
      const odd = { stand, agreed: 0, breached: true }
      if (breached) return { state: odd }
      const figures = {
        fromM3: before.value,
        toM3: stand.odd.value,
        forMs: stand.odd.at - before.at,
        maxRateM3h: options.maxRateM3h,
      }
      const code = stand.odd.value > before.value ? 'register-jumped' : 'register-fell'
      return { state: odd, verdict: { breached: true, because: { code, figures } } }
    }
    if (!breached) return { state: { stand, agreed: state.agreed, breached } }
    const agreed = state.agreed + 1
    if (agreed < CONFIRMATIONS) return { state: { stand, agreed, breached } }
    const because = { code: 'register-goes-on', figures: { volumeM3: stand.value } }
    return { state: { stand, agreed: 0, breached: false }, verdict: { breached: false, because } }
  },
})

export const implausibleJumpKind = declareKind(implausibleJump, {
  families: ['water-meter'],
  declared: z.strictObject({
    maxRateM3h: z.number().positive().optional().meta({
      description:
        'More than this cannot run through the meter, m³/h. Default: the register’s of the device or its profile (Q4 on the plate), else 1,000.',
    }),
  }),
  options({ maxRateM3h }, candidate) {
    const meter = meterOf({ point: 'volume' }, candidate)
    return { ...meter, maxRateM3h: maxRateM3h ?? meter.maxRateM3h }
  },
})
