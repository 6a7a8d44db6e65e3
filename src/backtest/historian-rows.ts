/** Rows of any history by its port, device by device; for one that is not files on this disk. */
import type { Historian } from '../historian/historian.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import { type HistoryRows, KEPT_BEFORE_MS } from './rows.ts'

const PAGE = 10_000

export const historianRows = (historian: Pick<Historian, 'readings'> & AsyncDisposable): HistoryRows => ({
  counts: async () => undefined,
  async *read({ devices, order, ...interval }) {
    const readings: Reading[] = []
    const { from, to } = interval
    for (const device of devices) {
      for await (const page of pagesOf(historian, device, { from: from - KEPT_BEFORE_MS, to })) {
        readings.push(...page.filter(({ at, receivedAt }) => at >= from || receivedAt >= from))
      }
    }
    yield readings.sort((a, b) =>
      order === 'measured'
        ? a.at - b.at || a.receivedAt - b.receivedAt
        : a.receivedAt - b.receivedAt || a.at - b.at,
    )
  },
  [Symbol.asyncDispose]: () => historian[Symbol.asyncDispose](),
})

/** Each page goes on at the instant of the last reading before it, past those of that instant which were read. */
async function* pagesOf(historian: Pick<Historian, 'readings'>, device: DeviceId, { from, to }: Interval) {
  let [at, skip] = [from, 0]
  for (;;) {
    const page = await historian.readings({ device, from: at, to, limit: PAGE, skip })
    yield page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    const ofLast = page.filter((reading) => reading.at === last.at).length
    skip = last.at === at ? skip + ofLast : ofLast
    at = last.at
  }
}
