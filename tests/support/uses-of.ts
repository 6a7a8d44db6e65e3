/** As much of an interval book as reports read: rows that a test thinks up. */
import type { BookStep, IntervalBook, KeptUse } from '../../src/historian/interval-book.ts'
import type { Instant } from '../../src/model/instant.ts'

export function usesOf(
  rows: (start: Instant, step: BookStep) => readonly KeptUse[],
): Pick<IntervalBook, 'lookUp'> & { readonly rows: typeof rows } {
  return {
    rows,
    lookUp(start, step) {
      const uses = new Map(rows(start, step).map(({ device, use }) => [device, use]))
      return (device) => uses.get(device)
    },
  }
}
