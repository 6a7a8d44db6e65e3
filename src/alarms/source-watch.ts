/**
 * A source without a link for too long is one alarm by itself. Its steps are pure and by journal
 * time, so a restart or a replay finds the same; the time in which the gateway was away is not counted.
 */
import * as z from 'zod'
import type { Because } from '../model/alarm.ts'
import type { JournalRecord } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'

/** The rule that is always there; no declared rule may have its id. */
export const SOURCE_DOWN = 'source-down'

export const SourceState = z.object({
  /** Without a link since; undefined while it is up. */
  downSince: z.number().optional(),
  /** Its alarm is raised. */
  breached: z.boolean(),
  /** What its connection last said of itself while it was not up. */
  detail: z.string().optional(),
})

export type SourceState = Readonly<z.output<typeof SourceState>>

export type SourceVerdict = {
  readonly at: Instant
  readonly breached: boolean
  readonly because: Because
  /** Of a breach: when the link was lost. */
  readonly since: Instant
}

export type SourceStep = { readonly state: SourceState; readonly verdict?: SourceVerdict }

/** Not up is what it counts as until it says otherwise. */
export const firstSeen = (now: Instant): SourceState => ({ downSince: now, breached: false })

export function heard(state: SourceState, record: JournalRecord, at: Instant): SourceStep {
  if (record.is === 'gap' && record.source === 'gateway') {
    if (state.downSince === undefined || state.breached) return { state }
    const awayMs = Math.max(0, record.to - Math.max(record.from, state.downSince))
    return { state: { ...state, downSince: state.downSince + awayMs } }
  }
  if (record.is !== 'link') return { state }
  if (record.state !== 'up') {
    const { detail = state.detail } = record
    const downSince = state.downSince ?? at
    if (downSince === state.downSince && detail === state.detail) return { state }
    return { state: { downSince, breached: state.breached, ...(detail !== undefined && { detail }) } }
  }
  if (state.downSince === undefined) return { state }
  const up = { breached: false }
  if (!state.breached) return { state: up }
  const because = { code: 'source-up', figures: {} }
  return { state: up, verdict: { at, breached: false, because, since: state.downSince } }
}

/** It is `now`. */
export function passed(
  state: SourceState,
  now: Instant,
  { downMs }: { readonly downMs: number },
): SourceStep {
  const { downSince, breached, detail } = state
  if (downSince === undefined || breached || now < downSince + downMs) return { state }
  const because = { code: SOURCE_DOWN, figures: { forMs: downMs, ...(detail !== undefined && { detail }) } }
  return {
    state: { ...state, breached: true },
    verdict: { at: downSince + downMs, breached: true, because, since: downSince },
  }
}
