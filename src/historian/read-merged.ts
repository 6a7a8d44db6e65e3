/**
 * One device's readings from sealed files and from memory together, window by window, so that a long interval
 * costs bounded memory.
 */

import type { RepeatsBy } from '../model/device.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { ReadingsQuery } from './historian.ts'
import type { SealedRow } from './parquet-protocol.ts'
import { inTimeOrder, type Placed, page, withoutRepeats } from './repeats.ts'
import type { SealedHistory, SealedReader } from './sealed-history.ts'

const MAX_WINDOW_ROWS = 50_000

export async function readMerged(
  query: ReadingsQuery,
  by: RepeatsBy,
  hotSamples: () => Placed[],
  sealed: SealedHistory,
): Promise<readonly Reading[]> {
  // Both in one turn: between them no stretch can move from memory into a file.
  using reader = sealed.reader()
  const hot = hotSamples().sort(inTimeOrder)
  const { device, to, skip = 0, limit } = query
  const windowRows = Math.min(MAX_WINDOW_ROWS, 1_000 + 2 * (skip + limit))
  const found: Reading[] = []
  let passed = 0
  let from = query.from
  while (from < to && found.length < limit) {
    const window = await readWindow(reader, device, { from, to }, windowRows)
    const mine = hot.filter(({ reading: { at } }) => at >= from && at < window.to)
    const samples = [...window.samples, ...mine].sort(inTimeOrder)
    const spoken = page(withoutRepeats(samples, by), { ...query, skip: 0, limit: Number.POSITIVE_INFINITY })
    const left = spoken.slice(Math.max(0, skip - passed))
    passed += spoken.length - left.length
    found.push(...left.slice(0, limit - found.length))
    from = window.to
  }
  return found
}

/** Sealed samples from the beginning of the interval up to where they are complete. */
async function readWindow(
  reader: SealedReader,
  device: DeviceId,
  { from, to }: Interval,
  rows: number,
): Promise<{ readonly samples: Placed[]; readonly to: number }> {
  for (let limit = rows; ; limit *= 2) {
    const got = await reader.rows(device, { from, to }, limit)
    const last = got.at(-1)
    if (!last || got.length < limit) return { samples: got.map((row) => placedFrom(device, row)), to }
    const [cut] = last // its instant may go on beyond the limit
    const whole = got.filter(([at]) => at < cut)
    if (whole.length > 0) return { samples: whole.map((row) => placedFrom(device, row)), to: cut }
  }
}

function placedFrom(device: DeviceId, [at, receivedAt, offset, ord, values, doubts]: SealedRow): Placed {
  const reading = { device, at, receivedAt, values: JSON.parse(values) as Reading['values'] }
  return {
    reading:
      doubts === null
        ? reading
        : { ...reading, doubts: JSON.parse(doubts) as NonNullable<Reading['doubts']> },
    offset,
    ord,
  }
}
