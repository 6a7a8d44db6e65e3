/**
 * door-forced: a locked door opens without a grant in the last `releaseTimeMs` (ONVIF: ReleaseTime, 5 s)
 * and `toleranceMs`. It clears when the door closes, or when a fire release lets everybody out.
 *
 * Only the edge from closed to open counts: of a door first heard of as open, or open after an absence of the
 * gateway, nobody knows how it was opened. An exit button is a grant without a credential, as ONVIF has it.
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import { Door, FIRE_RELEASE, goesByFire, grantedWithin, heard, UNKNOWN_DOOR } from './door.ts'
import { defineRule } from './rule.ts'

const Times = z.strictObject({
  releaseTimeMs: z
    .int()
    .positive()
    .default(5_000)
    .meta({ description: 'How long a grant lets a person open the door.' }),
  toleranceMs: z
    .int()
    .nonnegative()
    .default(1_000)
    .meta({ description: 'What the clocks of reader and door sensor may differ.' }),
})

const Options = Times.extend({ device: z.string() })

const State = z.strictObject({ door: Door, breached: z.boolean() })

export const doorForced = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'door-forced',
  summary: 'A locked door is opened without a grant.',
  options: Options,
  state: State,
  codes: ['opened-without-grant', 'door-closed', 'fire-released'],
  points: () => ['door'],
  goesBy: goesByFire,
  start: () => ({ state: { door: UNKNOWN_DOOR, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { releaseTimeMs, toleranceMs } = options
    const before = state.door
    const door = heard(before, moment.reading, options)
    if (door === before) return { state }
    const isFire = door.fire.length > 0
    if (state.breached) {
      if (!isFire && door.door !== 'closed') return { state: { ...state, door } }
      const because = { code: isFire ? 'fire-released' : 'door-closed', figures: {} }
      return { state: { door, breached: false }, verdict: { breached: false, because } }
    }
    const isEdge = before.door === 'closed' && door.door === 'open'
    const mayOpen =
      isFire ||
      door.lock === 'unlocked' ||
      grantedWithin(door, moment.reading.at, releaseTimeMs + toleranceMs)
    if (!isEdge || mayOpen) return { state: { door, breached: false } }
    const because = { code: 'opened-without-grant', figures: { releaseTimeMs } }
    return { state: { door, breached: true }, verdict: { breached: true, because } }
  },
  afterGap: (state) =>
    state.door.door === 'unknown'
      ? { state }
      : { state: { ...state, door: { ...state.door, door: 'unknown' } } },
})

export const doorForcedKind = declareKind(doorForced, {
  families: ['access-control-gate'],
  overhears: FIRE_RELEASE,
  declared: Times,
  options: (declared, { device }) => ({ ...declared, device: device.id }),
})
