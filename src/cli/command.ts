/** What a command is handed of the process, so that none of them touches it and tests can run them in place. */
import type { Environment } from '../config/environment.ts'

export type Terminal = {
  readonly environment: Environment
  /** Aborted when the process is asked to end. */
  readonly until: AbortSignal
  out(line: string): void
  err(line: string): void
}

export type Command = {
  /** As typed: `token create`. */
  readonly name: string
  readonly usage: string
  readonly summary: string
  /**
   * Resolves with the exit code; throws GatehouseError for what is told in one sentence, UsageError for a
   * wrong call.
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

/** The call's words are off: exit code 2 and the usage line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
