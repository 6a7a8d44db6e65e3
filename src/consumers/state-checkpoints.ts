/**
 * Rule states on their way to the books: taken between two commits, written while the rules go on, one write
 * at a time. What could not be written costs nothing but a longer replay, and comes with the next.
 */
import { setImmediate as otherWork } from 'node:timers/promises'
import type { Offset } from '../model/commit.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { StateRow } from '../rules/engine.ts'

/** How often rule states are written down: what a crash has to step through again. */
const CHECKPOINT_MS = 5_000
/** With many states that is done less often: in a tenth of the time at most. */
const CHECKPOINT_SHARE = 10
/**
 * Of a large fleet that is done sooner than that: a snapshot holds each state that changed, and is garbage a
 * moment later.
 */
const MOST_UNKEPT = 100_000
/** States gathered before other work of the process gets its turn, some 4 ms: alarms wait until all are. */
const SNAPSHOT_SLICE = 4_000

export type StateCheckpoints = {
  /** `unkept`: how many states have changed, about. */
  isDue(unkept: number): boolean
  /** Resolves once the states are taken; no commit is stepped before. They are then written meanwhile. */
  begin(changed: Iterable<StateRow>, to: Offset): Promise<void>
  /** Whether they were written; never rejects. Not while another write is under way. */
  save(changed: Iterable<StateRow>, to: Offset): Promise<boolean>
  /** No write is under way any more. */
  settled(): Promise<void>
  readonly written: number
}

type Parts = {
  write(to: Offset, rows: readonly StateRow[]): Promise<void>
  readonly clock: Clock
  readonly log: Log
}

export function stateCheckpoints({ write, clock, log }: Parts): StateCheckpoints {
  const unsaved: StateRow[] = []
  let saving: Promise<boolean> | undefined
  let dueAtMs = clock.monotonicMs() + CHECKPOINT_MS
  let written = 0

  async function taken(changed: Iterable<StateRow>): Promise<StateRow[]> {
    const rows = unsaved.splice(0)
    for (const row of changed) {
      rows.push(row)
      if (rows.length % SNAPSHOT_SLICE === 0) await otherWork()
    }
    return rows
  }

  async function writeDown(rows: readonly StateRow[], to: Offset): Promise<boolean> {
    const startedMs = clock.monotonicMs()
    try {
      await write(to, rows)
      written++
      return true
    } catch (cause) {
      // The next one brings these rows too, before its own.
      const kept = new Map([...rows, ...unsaved].map((row) => [JSON.stringify([row.rule, row.subject]), row]))
      unsaved.splice(0, unsaved.length, ...kept.values())
      log.warn({ cause }, 'Rule states could not be written')
      return false
    } finally {
      saving = undefined
      const tookMs = clock.monotonicMs() - startedMs
      dueAtMs = startedMs + Math.max(CHECKPOINT_MS, tookMs * CHECKPOINT_SHARE)
    }
  }

  return {
    isDue: (unkept) => !saving && (clock.monotonicMs() >= dueAtMs || unkept >= MOST_UNKEPT),
    async begin(changed, to) {
      const rows = await taken(changed)
      saving = writeDown(rows, to)
    },
    save: async (changed, to) => writeDown(await taken(changed), to),
    async settled() {
      await saving
    },
    get written() {
      return written
    },
  }
}
