/**
 * door-tamper: somebody is at the reader or the controller itself (ONVIF: DoorTamper; OSDP: the tamper bit of the local
 * status). It holds as long as the contact says so. A contact that flutters is for the rule's `offDelayMs`.
 *
 * Not masked by a fire release: nobody opens a housing to flee.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const Options = z.strictObject({})
const State = z.strictObject({ breached: z.boolean() })

export const doorTamper = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'door-tamper',
  summary: 'Somebody tampers with a reader or a door controller.',
  options: Options,
  state: State,
  codes: ['tamper-detected', 'tamper-over'],
  points: () => ['tamper'],
  start: () => ({ state: { breached: false } }),
  step(state, moment) {
    if ('wokenAt' in moment) return { state }
    const said = stated(moment.reading, 'tamper')
    if (typeof said !== 'boolean' || said === state.breached) return { state }
    const because = { code: said ? 'tamper-detected' : 'tamper-over', figures: {} }
    return { state: { breached: said }, verdict: { breached: said, because } }
  },
})

export const doorTamperKind = declareKind(doorTamper, {
  families: ['access-control-gate', 'patrol-checkpoint'],
  declared: Options,
  options: (declared) => declared,
})
