/**
 * door-unlocked: a door's lock is released for longer than one passage. With `when: outside-working-hours` on the rule
 * it is the door that was forgotten in the evening.
 *
 * It knows no hours of its own: a rule's schedule lets the breach through when the hours end, and ends it when they
 * begin, whatever was said of the lock in between. A fire release releases the lock too, and is no breach.
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import { Door, FIRE_RELEASE, heard, isReleased, RELEASE_TIME, UNKNOWN_DOOR } from './door.ts'
import { defineRule } from './rule.ts'

const Times = z.strictObject(RELEASE_TIME)
const Options = Times.extend({ device: z.string() })
const State = z.strictObject({ door: Door, breached: z.boolean() })

export const doorUnlocked = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'door-unlocked',
  summary: 'A door is left unlocked.',
  options: Options,
  state: State,
  codes: ['lock-left-open', 'door-locked', 'fire-released'],
  points: () => ['lock'],
  start: () => ({ state: { door: UNKNOWN_DOOR, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const door = heard(state.door, moment.reading, options)
    if (door === state.door) return { state }
    const isFire = door.fire.length > 0
    const breached = isReleased(door) && !isFire
    const next = { door, breached }
    if (breached === state.breached) return { state: next }
    const code = breached ? 'lock-left-open' : isFire ? 'fire-released' : 'door-locked'
    return { state: next, verdict: { breached, because: { code, figures: {} } } }
  },
})

export const doorUnlockedKind = declareKind(doorUnlocked, {
  families: ['access-control-gate'],
  overhears: FIRE_RELEASE,
  declared: Times,
  options: (declared, { device }) => ({ ...declared, device: device.id }),
})
