/**
 * History in memory, for tests and scenarios. It keeps nothing over a restart and says so:
 * `durable` stays 0, hence a consumer feeds it the whole journal again.
 */
import type { Commit, Offset } from '../model/commit.ts'
import { readingsOf } from '../model/commit.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import { throwIfCalledOff } from './called-off.ts'
import type { Historian, ReadingsQuery } from './historian.ts'
import { inTimeOrder, type Placed, page, type RepeatsByDevice, withoutRepeats } from './repeats.ts'

export type MemoryHistorianOptions = {
  readonly repeatsBy: RepeatsByDevice
  /** Samples held; beyond it the oldest received are let go and counted. */
  readonly maxSamples?: number
}

export interface MemoryHistorian extends Historian {
  readonly counts: { readonly held: number; readonly dropped: number }
}

export function memoryHistorian({
  repeatsBy,
  maxSamples = 1_000_000,
}: MemoryHistorianOptions): MemoryHistorian {
  const byDevice = new Map<DeviceId, Placed[]>()
  const received: DeviceId[] = []
  let oldest = 0
  let taken: Offset = 0
  let dropped = 0

  function take(sample: Placed): void {
    const { device } = sample.reading
    const samples = byDevice.get(device) ?? []
    byDevice.set(device, samples)
    samples.push(sample)
    received.push(device)
    if (received.length - oldest > maxSamples) drop()
  }

  function drop(): void {
    byDevice.get(received[oldest++] as DeviceId)?.shift()
    dropped++
    if (oldest <= maxSamples) return
    received.splice(0, oldest)
    oldest = 0
  }

  return {
    name: 'memory',
    durable: 0,
    get counts() {
      return { held: received.length - oldest, dropped }
    },
    async write(commits: readonly Commit[], signal?: AbortSignal) {
      throwIfCalledOff(signal)
      for (const commit of commits) {
        if (commit.offset <= taken) continue
        taken = commit.offset
        readingsOf(commit).forEach((reading, ord) => {
          take({ reading, offset: commit.offset, ord })
        })
      }
    },
    async readings(query: ReadingsQuery): Promise<readonly Reading[]> {
      const { device, from, to } = query
      const samples = (byDevice.get(device) ?? []).filter(({ reading: { at } }) => at >= from && at < to)
      return page(withoutRepeats(samples.sort(inTimeOrder), repeatsBy(device)), query)
    },
    async [Symbol.asyncDispose]() {},
  }
}
