/**
 * Kinds of lines that the server has refused: one device whose field has another type there is refused with
 * each reading, and would cost each batch a search of its own. They are still sent, by themselves: so a
 * server that takes them again has them.
 */
import type { Clock } from '../model/instant.ts'

export interface SetApart {
  /**
   * Each in its order; of two values that one instant has in both, the one last in the journal may not be the
   * one last written.
   */
  apart(lines: readonly string[]): { readonly refused: readonly string[]; readonly others: readonly string[] }
  /** What became of lines that were sent together: they are of a refused kind if one of that kind was refused now. */
  became(rejected: readonly string[], stored: readonly string[]): void
}

/** A plant's devices, each of one kind or two; with more, those refused longest ago are looked for again. */
const MOST_KINDS = 10_000
/** After which a device that says nothing more is forgotten. */
const FORGOTTEN_AFTER_MS = 3_600_000

export function setApart(clock: Clock): SetApart {
  /** The one refused longest ago first. */
  const refusedAtMs = new Map<string, number>()
  const forgetWhile = (isTooMuch: (atMs: number) => boolean) => {
    for (const [kind, atMs] of refusedAtMs) {
      if (!isTooMuch(atMs)) return
      refusedAtMs.delete(kind)
    }
  }
  return {
    apart(lines) {
      forgetWhile((atMs) => clock.monotonicMs() - atMs >= FORGOTTEN_AFTER_MS)
      if (refusedAtMs.size === 0) return { refused: [], others: lines }
      const series = new Set(Array.from(refusedAtMs.keys(), seriesOf)) // most lines need no closer look
      const [refused, others]: [string[], string[]] = [[], []]
      for (const line of lines) {
        const isRefused = series.has(seriesOf(line)) && refusedAtMs.has(kindOf(line))
        ;(isRefused ? refused : others).push(line)
      }
      return { refused, others }
    },
    became(rejected, stored) {
      for (const line of stored) refusedAtMs.delete(kindOf(line))
      for (const kind of new Set(rejected.map(kindOf))) {
        refusedAtMs.delete(kind)
        refusedAtMs.set(kind, clock.monotonicMs())
      }
      forgetWhile(() => refusedAtMs.size > MOST_KINDS)
    },
  }
}

const seriesOf = (line: string): string => line.slice(0, line.indexOf(' '))

/** The series and the names of its fields: what a line is without its values and its instant. */
export function kindOf(line: string): string {
  const series = seriesOf(line)
  const fields = line.slice(series.length, line.lastIndexOf(' '))
  return series + fields.replace(/=(?:"(?:[^"\\]|\\.)*"|[^,]*)/gs, '')
}
