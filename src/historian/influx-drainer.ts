/**
 * Stores lines in a remote history: one batch in flight, the same batch until it is stored, a bad line found
 * by halving, and sent apart from then on. Each line is either stored or reported as rejected, and nothing is
 * given up for lack of time: behind it the journal keeps what waits.
 */
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { pause } from '../model/pause.ts'
import { type Answer, judge, type Verdict } from './influx-policy.ts'
import { setApart } from './influx-set-apart.ts'

const FIRST_WAIT_MS = 1_000
const LAST_WAIT_MS = 60_000
const PROBE_MS = 60_000

export type DrainState = {
  /** `waiting`: away or busy. `refused`: a person has to look at it. */
  readonly is: 'storing' | 'waiting' | 'refused'
  readonly since: Instant
  readonly because?: string
}

/** The server will never take these lines, all for this reason. */
export type Rejected = (lines: readonly string[], reason: string) => void

export interface Drainer {
  /** Resolves when every line is stored or told of as rejected; rejects only when aborted. */
  store(lines: readonly string[], rejected: Rejected, signal: AbortSignal): Promise<void>
  readonly state: DrainState
  readonly counts: {
    readonly stored: number
    readonly rejected: number
    readonly requests: number
    readonly failedRequests: number
  }
}

export type DrainerArguments = {
  send(lines: readonly string[], signal: AbortSignal): Promise<Answer>
  readonly clock: Clock
  readonly log: Log
  /** Spreads the retries of many gateways; 0 to 1. */
  readonly random?: () => number
}

export function drainer({ send, clock, log, random = Math.random }: DrainerArguments): Drainer {
  let state: DrainState = { is: 'storing', since: clock.now() }
  let failures = 0
  const refusedKinds = setApart(clock)
  const counts = { stored: 0, rejected: 0, requests: 0, failedRequests: 0 }

  function become(is: DrainState['is'], because?: string): void {
    if (state.is !== is) {
      if (is === 'storing') log.info({ after: state.because }, 'The history stores again')
      else
        log[is === 'refused' ? 'error' : 'warn'](
          { because },
          `The history is ${is}; readings are held in the journal`,
        )
      state = { is, since: clock.now() }
    }
    state = because === undefined ? { is, since: state.since } : { is, since: state.since, because }
  }

  /** The server answered for this very batch: it is there, and it lets us in. */
  function settled(): void {
    failures = 0
    become('storing')
  }

  function waitMs(verdict: Extract<Verdict, { is: 'wait' | 'hold' }>): number {
    if (verdict.is === 'hold') return PROBE_MS
    const backOff = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 16))
    return verdict.afterMs ?? backOff * (0.5 + random() / 2)
  }

  async function storeGroup(
    lines: readonly string[],
    {
      stored,
      rejected,
      signal,
    }: { readonly stored?: string[]; readonly rejected: Rejected; readonly signal: AbortSignal },
  ): Promise<void> {
    const batches: (readonly string[])[] = lines.length > 0 ? [lines] : []
    for (let batch = batches.pop(); batch; ) {
      signal.throwIfAborted()
      counts.requests++
      const answer = await send(batch, signal)
      if ('failed' in answer) signal.throwIfAborted() // who calls it off is no server that is away
      const verdict = judge(answer, clock.now(), batch.length)
      if (verdict.is !== 'stored') counts.failedRequests++
      switch (verdict.is) {
        case 'stored':
          settled()
          counts.stored += batch.length
          stored?.push(...batch)
          batch = batches.pop()
          break
        case 'split': {
          settled()
          if (batch.length === 1) {
            counts.rejected++
            rejected(batch, verdict.because)
            batch = batches.pop()
            break
          }
          const middle = Math.ceil(batch.length / 2)
          batches.push(batch.slice(middle)) // the first half goes first: lines stay in journal order
          batch = batch.slice(0, middle)
          break
        }
        case 'rejected':
          settled()
          counts.rejected += batch.length
          rejected(batch, verdict.because)
          batch = batches.pop()
          break
        case 'wait':
        case 'hold':
          failures++
          become(verdict.is === 'hold' ? 'refused' : 'waiting', verdict.because)
          await pause(clock, waitMs(verdict), signal)
      }
    }
  }

  return {
    get state() {
      return state
    },
    counts,
    async store(lines, rejected, signal) {
      const { refused, others } = refusedKinds.apart(lines)
      const [bad, taken]: [string[], string[]] = [[], []]
      const noted: Rejected = (lines, reason) => {
        bad.push(...lines)
        rejected(lines, reason)
      }
      await storeGroup(others, { rejected: noted, signal })
      await storeGroup(refused, { rejected: noted, signal, stored: taken })
      refusedKinds.became(bad, taken)
    },
  }
}
