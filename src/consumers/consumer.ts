/** A reader of the journal. It keeps its own offset; none can slow down or lose for another. */
import type { Offset } from '../model/commit.ts'

export interface Consumer extends AsyncDisposable {
  readonly name: string
  /** The newest commit whose effects can be seen. */
  readonly offset: Offset
  /** Resolves once `offset` has reached it; rejects if the consumer stops before. */
  reached(offset: Offset): Promise<void>
}
