import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { type Heap, tidyAtRest } from './memory-at-rest.ts'

const MB = 2 ** 20

function heapOf(usedMb: number, busy: number) {
  const heap = { usedMb, busyShare: busy, collected: 0 }
  const seen: Heap = {
    get usedBytes() {
      return heap.usedMb * MB
    },
    busy: () => heap.busyShare,
    collect() {
      heap.collected++
      heap.usedMb = 100
    },
  }
  return { heap, seen }
}

it('what a burst left is collected once it is over, and once only until there is more', () => {
  const clock = handClock(0)
  const { heap, seen } = heapOf(400, 0.8)
  using _ = tidyAtRest(clock, seen)
  clock.pass(60_000)
  expect(heap.collected, 'not while it is busy').toBe(0)
  heap.busyShare = 0.02
  clock.pass(10_000)
  expect(heap.collected).toBe(1)
  heap.usedMb = 120
  clock.pass(3_600_000)
  expect(heap.collected, 'not for the little that a quiet hour brings').toBe(1)
  heap.usedMb = 300
  clock.pass(10_000)
  expect(heap.collected).toBe(2)
})

it('a gateway that ends looks no more', () => {
  const clock = handClock(0)
  const { heap, seen } = heapOf(400, 0)
  tidyAtRest(clock, seen)[Symbol.dispose]()
  clock.pass(60_000)
  expect(heap.collected).toBe(0)
})
