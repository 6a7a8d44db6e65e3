/**
 * A meter that was exchanged, as the site declares it: what the old register said last and the new one first are
 * readings of one instant, so what ran through is known piece by piece. An exchange that nobody declared is found by
 * links.ts, and what ran in between is missing.
 */
import type { Exchange } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'

export type ExchangeAt = Omit<Exchange, 'at'> & { readonly at: Instant }

/** Oldest first. Of a time that the clocks show twice the first, of one that they pass over the later. */
export const exchangesAt = (declared: readonly Exchange[], timeZone: string): ExchangeAt[] =>
  declared.map(({ at, finalM3, initialM3 }) => ({
    at: Temporal.PlainDateTime.from(at).toZonedDateTime(timeZone).epochMilliseconds,
    finalM3,
    initialM3,
  }))

/** The first that lies behind `lastAt`, up to `at`. */
export const exchangeWithin = (
  exchanges: readonly ExchangeAt[],
  lastAt: Instant,
  at: Instant,
): ExchangeAt | undefined => exchanges.find((exchange) => exchange.at > lastAt && exchange.at <= at)

/** The instants of those that are not in both, oldest first. */
export function differences(
  known: readonly ExchangeAt[],
  declared: readonly ExchangeAt[],
): readonly Instant[] {
  const apart = (some: readonly ExchangeAt[], others: readonly ExchangeAt[]) =>
    some.filter((one) => !others.some((other) => isSame(one, other))).map(({ at }) => at)
  return [...apart(known, declared), ...apart(declared, known)].sort((a, b) => a - b)
}

const isSame = (a: ExchangeAt, b: ExchangeAt): boolean =>
  a.at === b.at && a.finalM3 === b.finalM3 && a.initialM3 === b.initialM3
