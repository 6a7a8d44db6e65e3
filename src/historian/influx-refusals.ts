/**
 * Lines that the server will never take, gathered by reason: a backlog older than its retention is millions
 * of them, and as a dead letter each they would push every other one out of the book.
 */

export type Refusal = {
  readonly lines: number
  /** One of them, the first. */
  readonly example: string
  /** What the server said of that one. */
  readonly reason: string
}

export interface Refusals {
  /** By reason, in the order in which each was met first. */
  readonly list: readonly Refusal[]
  add(refusal: Refusal): void
  clear(): void
}

/**
 * A server with more to say than this is misread rather than busy; what comes then is counted with the last
 * of them.
 */
const MOST_REASONS = 20

export function refusals(): Refusals {
  const byReason = new Map<string, Refusal>()
  let last = ''
  return {
    get list() {
      return [...byReason.values()]
    },
    add(refusal) {
      const own = alike(refusal.reason)
      const isRoom = byReason.has(own) || byReason.size < MOST_REASONS
      const key = isRoom ? own : last
      const before = byReason.get(key)
      if (!before) last = key
      byReason.set(key, before ? { ...before, lines: before.lines + refusal.lines } : refusal)
    },
    clear: () => byReason.clear(),
  }
}

const STATUS_LENGTH = 3

/**
 * The same for lines that are refused alike: without the line that is repeated in it, and without figures
 * behind the status.
 */
const alike = (reason: string): string =>
  reason.slice(0, STATUS_LENGTH) + reason.slice(STATUS_LENGTH).replace(/'[^']*'|\d+/g, '')

/** For people, in the words of `words-letters.ts`. */
export const sentenceOf = ({ lines, reason }: Refusal): string =>
  lines === 1 ? reason : `${lines} lines were refused, the first of them with: ${reason}`
