/**
 * Instants on the wire: out as ISO 8601 in the site's zone, because that is the clock on the
 * reader's wall; in with `Z` or any offset, never without, because a zone-less time is a guess.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { said } from '../model/refusal.ts'
import { wrongInput } from './answers.ts'

export type ShowInstant = (at: Instant) => string

const MINUTE_MS = 60_000
const MINUTES_KEPT = 512
/** `2026-11-22T10:00:00.000+08:00`: where the seconds stand in it, and where the offset begins. */
const [SECONDS_AT, OFFSET_AT, LENGTH] = [17, 23, 29]

/**
 * `2026-11-22T10:00:00.000+08:00`. What is before and behind the seconds is the same for a whole minute, and
 * asked of the time zone once: the newest of five thousand devices is twenty thousand instants, of a few
 * minutes in all.
 */
export function showInstantIn(timeZone: string): ShowInstant {
  const written = (at: Instant) =>
    Temporal.Instant.fromEpochMilliseconds(at).toString({ timeZone, fractionalSecondDigits: 3 })
  const minutes = new Map<number, { readonly before: string; readonly offset: string } | undefined>()

  const around = (minute: number) => {
    const text = written(minute * MINUTE_MS)
    // A year of more than four digits; or an offset with seconds, as zones had before they were agreed upon.
    const isPlain = text.length === LENGTH && text.startsWith('00.000', SECONDS_AT)
    return isPlain ? { before: text.slice(0, SECONDS_AT), offset: text.slice(OFFSET_AT) } : undefined
  }

  return (at) => {
    const minute = Math.floor(at / MINUTE_MS)
    if (!minutes.has(minute)) {
      if (minutes.size >= MINUTES_KEPT) minutes.clear()
      minutes.set(minute, around(minute))
    }
    const { before, offset } = minutes.get(minute) ?? {}
    if (before === undefined || !Number.isInteger(at)) return written(at)
    const ms = at - minute * MINUTE_MS
    return `${before}${String(Math.floor(ms / 1_000)).padStart(2, '0')}.${String(ms % 1_000).padStart(3, '0')}${offset}`
  }
}

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/i

/** A `+` left bare in a query string arrives as a space; nothing else in an instant is a space. */
const mended = (text: string) => text.replace(/ (?=\d{2}:?\d{2}$)/, '+')

/** Undefined where it is no instant. Finer than a millisecond is cut off. */
export function instantOf(text: string): Instant | undefined {
  const whole = mended(text.trim())
  if (!WITH_OFFSET.test(whole)) return undefined
  try {
    return Temporal.Instant.from(whole).epochMilliseconds
  } catch {
    return undefined
  }
}

export const InstantQuery = z
  .string()
  .meta({ format: 'date-time', description: 'ISO 8601 with Z or an offset' })
  .transform((text, context) => {
    const at = instantOf(text)
    if (at !== undefined) return at
    context.addIssue({ code: 'custom', params: said('not-an-instant') })
    return z.NEVER
  })

/**
 * Throws for a time that ends before it begins; one that ends where it begins is empty, and that is an
 * answer. `names` are those of the query.
 */
export function assertForward(
  { from, to }: { readonly from?: Instant | undefined; readonly to?: Instant | undefined },
  names = { from: 'from', to: 'to' },
): void {
  if (from !== undefined && to !== undefined && from > to)
    throw wrongInput(names.to, said('too-early', { from: names.from }))
}
