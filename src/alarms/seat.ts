/**
 * A seat: one operator position (ISA-18.2 counts the load of an alarm system by operator, not by site), with
 * the part of the site that it answers for. One alarm may be on several seats; without any declared, one seat
 * has all.
 */
import * as z from 'zod'
import type { Alarm } from '../model/alarm.ts'
import { type FactsOf, inPlace, PLACE_KEYS } from './scope.ts'

export const SeatOptions = z.strictObject({
  name: z.string().min(1).max(63),
  scope: z.strictObject(PLACE_KEYS).default({}).meta({
    description: 'What it answers for: an alarm must fit every key that is given. Empty: everything.',
  }),
})

export type Seat = z.output<typeof SeatOptions>

export const WHOLE_SITE: readonly Seat[] = [{ name: 'control-room', scope: {} }]

export const seatsOf = (
  seats: readonly Seat[],
  { device, place }: Pick<Alarm, 'device' | 'place'>,
  factsOf: FactsOf,
): readonly Seat[] =>
  seats.filter(({ scope }) => inPlace(scope, place, scope.families && factsOf(device)?.family))
