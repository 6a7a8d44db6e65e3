/** Which readings are asked for: a stretch that ends now and moves on with it, or whole days of the site. Pure. */
import { boundary, dayStart, dayText } from '../format/calendar.ts'

export const STRETCHES = { '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const

export type Stretched = keyof typeof STRETCHES

export type ReadingRange = {
  /** `days`: whole days, by `first` and `last`. */
  readonly is: Stretched | 'days'
  readonly first: string
  readonly last: string
  readonly from: number
  /** What has not begun yet is not asked for. */
  readonly to: number
}

/** A new question is asked only so often: the last answer stays until the next is there. */
const STEPS = 240
const LEAST_STEP_MS = 15_000
const stepOf = (rangeMs: number): number => Math.max(LEAST_STEP_MS, rangeMs / STEPS)

/** Days in the address go before a stretch; one of them alone is that day. */
export function readingRange(address: URLSearchParams, now: number, timeZone: string): ReadingRange {
  const days = ['from', 'to'].map((name) => dayStart(address.get(name), timeZone))
  const today = boundary('day', now, timeZone)
  const [first, last] = [days[0] ?? days[1], days[1] ?? days[0]]
  if (first !== undefined && last !== undefined) {
    const from = Math.min(first, last, today)
    const end = boundary('day', Math.max(first, last), timeZone, 1)
    const step = stepOf(end - from)
    return {
      is: 'days',
      first: dayText(from, timeZone),
      last: dayText(end - 1, timeZone),
      from,
      to: Math.min(end, Math.ceil(now / step) * step),
    }
  }
  const is = (Object.keys(STRETCHES) as Stretched[]).find((one) => one === address.get('range')) ?? '1h'
  const ms = STRETCHES[is]
  const step = stepOf(ms)
  const to = Math.floor(now / step) * step
  const from = to - ms
  return { is, first: dayText(from, timeZone), last: dayText(to, timeZone), from, to }
}
