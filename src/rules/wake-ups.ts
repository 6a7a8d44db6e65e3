/**
 * When each seat wants to be woken: a binary heap with one entry a seat, in columns, so that a million of them are
 * four arrays without an object. Most wake-ups are postponed again and again before they come due (every reading puts
 * off a silence), so a later instant is only noted and settled when the entry reaches the top; an idle commit looks at the top alone.
 */
import type { Instant } from '../model/instant.ts'

/** Later than any instant. */
export const NEVER = Number.POSITIVE_INFINITY

export type WakeUps = {
  /** `NEVER` calls it off. */
  set(seat: number, at: Instant): void
  /** What was set last; it stays when the seat is taken out. */
  wantedBy(seat: number): Instant
  /** Takes out the seat that is due first, at or before `now`; -1 where none is. Ties go by number, so that they wake alike after a restart. */
  takeDue(now: Instant): number
  readonly size: number
}

const OUTSIDE = -1

/** Seats are numbered from 0 to below `seats`. */
export function createWakeUps(seats: number): WakeUps {
  const wanted = new Float64Array(seats).fill(NEVER)
  /** What a seat stands in the heap by; never later than `wanted`. */
  const key = new Float64Array(seats)
  const heap = new Int32Array(seats)
  const place = new Int32Array(seats).fill(OUTSIDE)
  let size = 0

  // Every index below is within its column: seats and places are made here.
  const keyOf = (seat: number) => key[seat] as number
  const seatAt = (index: number) => heap[index] as number
  const isBefore = (one: number, other: number) =>
    keyOf(one) < keyOf(other) || (keyOf(one) === keyOf(other) && one < other)
  const put = (seat: number, index: number) => {
    heap[index] = seat
    place[seat] = index
  }
  const rise = (seat: number, from: number) => {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = seatAt(above)
      if (!isBefore(seat, parent)) break
      put(parent, index)
      index = above
    }
    put(seat, index)
  }
  const sink = (seat: number) => {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      if (left >= size) break
      const right = left + 1
      const below = right < size && isBefore(seatAt(right), seatAt(left)) ? right : left
      const child = seatAt(below)
      if (!isBefore(child, seat)) break
      put(child, index)
      index = below
    }
    put(seat, index)
  }
  const takeTop = (top: number) => {
    size--
    place[top] = OUTSIDE
    if (size > 0) sink(seatAt(size))
  }
  return {
    set(seat, at) {
      wanted[seat] = at
      const index = place[seat] as number
      if (at === NEVER || (index !== OUTSIDE && at >= keyOf(seat))) return
      key[seat] = at
      rise(seat, index === OUTSIDE ? size++ : index)
    },
    wantedBy: (seat) => wanted[seat] as Instant,
    takeDue(now) {
      while (size > 0) {
        const top = seatAt(0)
        if (keyOf(top) > now) return -1
        const at = wanted[top] as Instant
        if (at > keyOf(top) && at !== NEVER) {
          key[top] = at
          sink(top)
          continue
        }
        takeTop(top)
        if (at !== NEVER) return top
      }
      return -1
    },
    get size() {
      return size
    },
  }
}
