/**
 * Whether a person's wish for quiet may be granted, and for how long: the limits of shelving and of being out
 * of service.
 */
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'

/** How long: until an instant, as long as may be, or for so long from now. */
export type Duration = { readonly until: Instant | 'latest' } | { readonly forMs: number }

export type Granted =
  | { readonly until: Instant }
  /** `too-long` is also what is over already: nothing could be granted of it. */
  | { readonly refused: 'never-shelved' }
  | { readonly refused: 'too-long'; readonly latest: Instant }

/** Half-open: quiet from `now` up to but not at `until`, at most `maxMs`. */
function granted(asked: Duration, now: Instant, maxMs: number): Granted {
  const latest = now + maxMs
  const wanted = 'until' in asked ? asked.until : now + asked.forMs
  const until = wanted === 'latest' ? latest : wanted
  return until > now && until <= latest ? { until } : { refused: 'too-long', latest }
}

export const shelfFor = (
  { neverShelve }: Pick<Alarm, 'neverShelve'>,
  asked: Duration,
  now: Instant,
  { maxMs }: { readonly maxMs: number },
): Granted => (neverShelve ? { refused: 'never-shelved' } : granted(asked, now, maxMs))

export const serviceFor = (until: Instant, now: Instant, { maxMs }: { readonly maxMs: number }): Granted =>
  granted({ until }, now, maxMs)
