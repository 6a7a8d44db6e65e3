/**
 * Gives back what a burst has left behind. V8 collects its old generation when it needs the room, which a
 * gateway that has gone quiet does not: half of what it holds then is garbage, for days. At rest a collection
 * keeps nobody waiting. It stands with the sources because the broker's thread needs it as well as the
 * process.
 */
import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from '../model/instant.ts'

const LOOK_EACH_MS = 10_000
/** Of a core. Above it somebody may be waiting for an answer. */
const MOST_BUSY = 0.1
/** Of the main thread: less than this is not worth a pause of some 100 ms. */
const WORTH_BYTES = 32 * 2 ** 20

export type Heap = {
  readonly usedBytes: number
  /** Since the last time it was asked for, 0 to 1. */
  busy(): number
  collect(): void
}

/** Looks each ten seconds; collects once after each growth of so many bytes, when the thread rests. */
export function tidyAtRest(
  clock: Clock,
  heap: Heap = ownHeap(),
  worthBytes: number = WORTH_BYTES,
): Disposable {
  let leftBytes = 0
  let callOff = () => {}
  const look = () => {
    callOff = clock.after(LOOK_EACH_MS, look)
    if (heap.busy() > MOST_BUSY || heap.usedBytes - leftBytes < worthBytes) return
    heap.collect()
    leftBytes = heap.usedBytes
  }
  callOff = clock.after(LOOK_EACH_MS, look)
  return { [Symbol.dispose]: () => callOff() }
}

/** Of this thread. */
export function ownHeap(): Heap {
  setFlagsFromString('--expose-gc') // in contexts that begin after it: nothing else of the process sees it
  const collect = runInNewContext('gc') as () => void
  let last = performance.eventLoopUtilization()
  return {
    get usedBytes() {
      return getHeapStatistics().used_heap_size
    },
    busy() {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, last)
      last = now
      return utilization
    },
    collect,
  }
}
