/**
 * When each subject wants to be woken: a binary heap with one entry a subject. Most wake-ups are
 * postponed again and again before they come due (every reading puts off a silence), so a later
 * instant is only noted and settled when the entry reaches the top; an idle commit looks at the top alone.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'

type Entry = {
  readonly subject: SubjectId
  /** Breaks ties, so that the same subjects wake in the same order after a restart. */
  readonly rank: number
  /** Where it stands in the heap by; never later than `wanted`. */
  at: Instant
  wanted: Instant | undefined
  /** Position in the heap, -1 outside. */
  index: number
}

export type WakeUps = {
  /** `undefined` calls it off. */
  set(subject: SubjectId, at: Instant | undefined): void
  /** Takes out the subject that is due first, at or before `now`. */
  takeDue(now: Instant): SubjectId | undefined
  readonly size: number
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.rank < b.rank)

export function createWakeUps(subjects: Iterable<SubjectId>): WakeUps {
  const entries = new Map<SubjectId, Entry>()
  for (const subject of subjects) {
    entries.set(subject, { subject, rank: entries.size, at: 0, wanted: undefined, index: -1 })
  }
  const heap: Entry[] = []
  const put = (entry: Entry, index: number) => {
    heap[index] = entry
    entry.index = index
  }
  const rise = (entry: Entry) => {
    let index = entry.index
    while (index > 0) {
      const parent = heap[(index - 1) >> 1] as Entry
      if (!isBefore(entry, parent)) break
      put(parent, index)
      index = (index - 1) >> 1
    }
    put(entry, index)
  }
  const sink = (entry: Entry) => {
    let index = entry.index
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]]
      const child = left && right && isBefore(right, left) ? right : left
      if (!child || !isBefore(child, entry)) break
      const below = child.index
      put(child, index)
      index = below
    }
    put(entry, index)
  }
  const takeTop = (top: Entry) => {
    const last = heap.pop() as Entry
    top.index = -1
    if (last === top) return
    put(last, 0)
    sink(last)
  }
  return {
    set(subject, at) {
      const entry = entries.get(subject)
      if (!entry) return
      entry.wanted = at
      if (at === undefined || (entry.index >= 0 && at >= entry.at)) return
      entry.at = at
      if (entry.index < 0) put(entry, heap.length)
      rise(entry)
    },
    takeDue(now) {
      for (let top = heap[0]; top && top.at <= now; top = heap[0]) {
        if (top.wanted === undefined) {
          takeTop(top)
        } else if (top.wanted > top.at) {
          top.at = top.wanted
          sink(top)
        } else {
          takeTop(top)
          return top.subject
        }
      }
      return undefined
    },
    get size() {
      return heap.length
    },
  }
}
