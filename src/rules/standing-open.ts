/**
 * How long a door has been standing open although it should not: what the alarm and the warning before it share.
 * After an absence of the gateway a door gets the whole time once more, because its closing may still be on its way.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import type { Reading } from '../model/reading.ts'
import { Door, type DoorOptions, heard, isReleased, UNKNOWN_DOOR } from './door.ts'

export const StandingOpen = z.strictObject({
  door: Door,
  /** Open and not released since then. */
  openSince: z.int().nullable(),
  /** Not judged before; moved by the gateway's absences. */
  countsFrom: z.int().nullable(),
  breached: z.boolean(),
})
export type StandingOpen = z.output<typeof StandingOpen>

export const NOT_OPEN: StandingOpen = {
  door: UNKNOWN_DOOR,
  openSince: null,
  countsFrom: null,
  breached: false,
}

/** The state after a reading, `breached` as it was; the very same where nothing has changed. */
export function stoodOpen<S extends StandingOpen>(state: S, reading: Reading, options: DoorOptions): S {
  const door = heard(state.door, reading, options)
  if (door === state.door) return state
  const stands = door.door === 'open' && !isReleased(door)
  if (!stands) return { ...state, door, openSince: null, countsFrom: null }
  return state.openSince === null
    ? { ...state, door, openSince: reading.at, countsFrom: reading.at }
    : { ...state, door }
}

/** Why it does not stand open any more. */
export const noLongerOpen = ({ door }: StandingOpen): string =>
  door.fire.length > 0 ? 'fire-released' : door.door === 'open' ? 'door-unlocked' : 'door-closed'

export const countedAnew = <S extends StandingOpen>(state: S, from: Instant): S =>
  state.countsFrom === null || state.countsFrom >= from ? state : { ...state, countsFrom: from }
