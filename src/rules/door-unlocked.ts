/**
 * door-unlocked: a door's lock is released for longer than one passage. With `when: outside-working-hours` on
 * the rule it is the door that was forgotten in the evening.
 *
 * It knows no hours of its own: a rule's schedule lets the breach through when the hours end, and ends it
 * when they begin, whatever was said of the lock in between. A fire release releases the lock too, and is no
 * breach. A lock that was released for one passage must hold again after `passageMs`; after an absence of the
 * gateway it has that long once more.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { Door, FIRE_RELEASE, goesByFire, heard, isReleased, RELEASE_TIME, UNKNOWN_DOOR } from './door.ts'
import { defineRule, type Step } from './rule.ts'

const Times = z.strictObject({
  ...RELEASE_TIME,
  passageMs: z.int().positive().default(60_000).meta({
    description:
      'After the last grant the lock must hold again within this time. Default: twice the longest extended release that makers set (30 s).',
  }),
})
const Options = Times.extend({ device: z.string() })
type Options = z.output<typeof Options>

const State = z.strictObject({
  door: Door,
  /** The last that was said of the passage for which it is unlocked now. */
  passageAt: z.int().nullable().default(null),
  breached: z.boolean(),
})
type State = z.output<typeof State>

const settled = (state: State, { passageMs }: Options): Pick<Step<State>, 'state' | 'wakeAt'> =>
  state.passageAt === null ? { state } : { state, wakeAt: state.passageAt + passageMs }

/** What the door comes to, as it is known now. */
function judged(before: State, door: Door, passageAt: number | null, options: Options): Step<State> {
  const isFire = door.fire.length > 0
  const breached = isReleased(door) && !isFire
  const next = settled({ door, passageAt, breached }, options)
  if (breached === before.breached) return next
  const code = breached ? 'lock-left-open' : isFire ? 'fire-released' : 'door-locked'
  return { ...next, verdict: { breached, because: { code, figures: {} } } }
}

export const doorUnlocked = defineRule<Options, State>({
  kind: 'door-unlocked',
  summary: 'A door is left unlocked.',
  options: Options,
  state: State,
  codes: ['lock-left-open', 'door-locked', 'fire-released'],
  points: () => ['lock'],
  goesBy: goesByFire,
  start: () => ({ state: { door: UNKNOWN_DOOR, passageAt: null, breached: false } }),
  step(state, moment, options) {
    const { passageAt } = state
    if ('wokenAt' in moment) {
      if (passageAt === null || moment.wokenAt < passageAt + options.passageMs) return settled(state, options)
      return judged(state, { ...state.door, forPassage: false }, null, options)
    }
    const { reading } = moment
    const door = heard(state.door, reading, options)
    const isOfPassage =
      reading.device === options.device &&
      (stated(reading, 'lock') === 'unlocked' || stated(reading, 'access') === 'granted')
    const saidAt = door.forPassage ? (isOfPassage ? reading.at : passageAt) : null
    if (door === state.door && saidAt === passageAt) return settled(state, options)
    return judged(state, door, saidAt, options)
  },
  afterGap: (state, { to }, options) =>
    settled(
      state.passageAt === null ? state : { ...state, passageAt: Math.max(state.passageAt, to) },
      options,
    ),
})

export const doorUnlockedKind = declareKind(doorUnlocked, {
  families: ['access-control-gate'],
  overhears: FIRE_RELEASE,
  declared: Times,
  options: (declared, { device }) => ({ ...declared, device: device.id }),
})
