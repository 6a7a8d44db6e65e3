/**
 * When each seat wants to be woken: a binary heap with one entry a seat. What is known of a seat stands in
 * one row of a long column of numbers: a million of them are no objects, and whoever steps a seat touches one
 * line of memory. Most wake-ups are postponed again and again before they come due (every reading puts off a
 * silence), so a later instant is only noted and settled when the entry reaches the top; an idle commit looks
 * at the top alone. Behind its wake-up a row has room for the seat's state (`states.ts`).
 */
import type { Instant } from '../model/instant.ts'

/** Later than any instant. */
export const NEVER = Number.POSITIVE_INFINITY

/** Numbers that a row needs for the wake-up, at its beginning. */
export const WAKE_UP = 4
/** As it was asked for; `NEVER` where it was not. */
export const WAKE_AT = 0
/** And the lag on top: when it is to happen. */
export const DUE = 1
/** What a seat stands in the heap by; never later than `DUE`. */
const KEY = 2
const PLACE = 3
const OUTSIDE = -1

export type WakeUps = {
  /** The wake-up's own numbers are for reading; they are changed by `set`. */
  readonly rows: Float64Array
  /** Numbers a row; that of a seat begins at `stride * seat`. */
  readonly stride: number
  /** `NEVER` calls it off. */
  set(seat: number, wakeAt: Instant, due: Instant): void
  /**
   * Takes out the seat that is due first, at or before `now`; -1 where none is. Its row stays. Ties go by
   * number, so that they wake alike after a restart.
   */
  takeDue(now: Instant): number
  readonly size: number
}

/** Seats are numbered from 0 to below `seats`; each row ends with `room` more numbers. */
export function createWakeUps(seats: number, room = 0): WakeUps {
  const stride = WAKE_UP + room
  const rows = new Float64Array(stride * seats)
  for (let row = 0; row < rows.length; row += stride) {
    rows[row + WAKE_AT] = NEVER
    rows[row + DUE] = NEVER
    rows[row + PLACE] = OUTSIDE
  }
  const heap = new Int32Array(seats)
  let size = 0

  // Every index below is within its column: seats and places are made here.
  const keyOf = (seat: number) => rows[stride * seat + KEY] as number
  const seatAt = (index: number) => heap[index] as number
  const isBefore = (one: number, other: number) =>
    keyOf(one) < keyOf(other) || (keyOf(one) === keyOf(other) && one < other)
  const put = (seat: number, index: number) => {
    heap[index] = seat
    rows[stride * seat + PLACE] = index
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
    rows[stride * top + PLACE] = OUTSIDE
    if (size > 0) sink(seatAt(size))
  }
  return {
    rows,
    stride,
    set(seat, wakeAt, due) {
      const row = stride * seat
      rows[row + WAKE_AT] = wakeAt
      rows[row + DUE] = due
      const index = rows[row + PLACE] as number
      if (due === NEVER || (index !== OUTSIDE && due >= (rows[row + KEY] as number))) return
      rows[row + KEY] = due
      rise(seat, index === OUTSIDE ? size++ : index)
    },
    takeDue(now) {
      while (size > 0) {
        const top = seatAt(0)
        const key = keyOf(top)
        if (key > now) return -1
        const due = rows[stride * top + DUE] as number
        if (due > key && due !== NEVER) {
          rows[stride * top + KEY] = due
          sink(top)
          continue
        }
        takeTop(top)
        if (due !== NEVER) return top
      }
      return -1
    },
    get size() {
      return size
    },
  }
}
