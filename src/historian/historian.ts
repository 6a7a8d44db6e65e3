/**
 * The port of every history. It is fed the journal's commits in order and may be fed some
 * of them again after a restart; a repeat changes nothing. One conformance suite holds every adapter to this.
 */
import type { Commit, Offset } from '../model/commit.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'

export type ReadingsQuery = Interval & {
  readonly device: DeviceId
  /** Only readings that speak of this point. */
  readonly point?: string
  /** Rows wanted, from the oldest; 1 to 10,000. */
  readonly limit: number
  /** Rows to pass over first, for paging. */
  readonly skip?: number
}

export interface Historian extends AsyncDisposable {
  readonly name: string
  /** Everything up to this offset survives without the journal; a consumer goes on from here. */
  readonly durable: Offset
  /**
   * Why what was taken does not get where it lasts, while it is tried again; `write` waits meanwhile and
   * tells nobody.
   */
  readonly trouble?: string | undefined
  /**
   * Takes commits, in journal order. Resolves when they can be read back (embedded) or are
   * stored (remote); waits as long as a remote history is away. Rejects only for what no retry can heal,
   * and with `historian-busy` soon after `signal` calls it off: what was not taken is fed again.
   */
  write(commits: readonly Commit[], signal?: AbortSignal): Promise<void>
  /** Oldest first by `at`, then by journal order; late readings stand where they were measured. */
  readings(query: ReadingsQuery): Promise<readonly Reading[]>
}
