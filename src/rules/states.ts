/**
 * The state of each seat between two steps: the object that the rule gave, or, where its kind says how, a row
 * of numbers behind the seat's wake-up. A million states in rows are one allocation; as objects each new one
 * is copied by the collector until it is old.
 */
import type { Packing } from './rule.ts'
import { WAKE_UP, type WakeUps } from './wake-ups.ts'

export type States<State> = {
  /** Of a seat whose state was set. */
  of(seat: number): State
  set(seat: number, state: State): void
}

/** `wakeUps` has room for the packing's width in each of its rows. */
export function createStates<State>(
  seats: number,
  { rows, stride }: Pick<WakeUps, 'rows' | 'stride'>,
  packing: Packing<State> | undefined,
): States<State> {
  const whole = new Array<State | undefined>(packing ? 0 : seats).fill(undefined)
  /** What does not fit a row. */
  const odd = new Map<number, State>()
  return {
    of(seat) {
      if (!packing) return whole[seat] as State
      const kept = odd.size > 0 ? odd.get(seat) : undefined
      return kept ?? packing.unpack(rows, stride * seat + WAKE_UP)
    },
    set(seat, state) {
      if (!packing) whole[seat] = state
      else if (!packing.pack(state, rows, stride * seat + WAKE_UP)) odd.set(seat, state)
      else if (odd.size > 0) odd.delete(seat)
    },
  }
}
