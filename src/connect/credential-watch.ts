/**
 * Ends the connections of whose password was replaced: a leaked one must not stay signed in for as long as
 * its thief keeps the connection. The password may be replaced by another process, so the books are looked at
 * each minute.
 */
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'

const LOOK_EACH_MS = 60_000
/** Another process writes by its own reading of the clock, and its transaction may end later. */
const OVERLAP_MS = 2 * LOOK_EACH_MS

export type CredentialWatchParts = {
  /** Names and the instants since when their present passwords are valid, of those issued at or after an instant. */
  issuedSince(since: Instant): Promise<readonly { readonly name: string; readonly at: Instant }[]>
  /** Ends what a name signed in before an instant. */
  disconnect(name: string, before: Instant): void
  readonly clock: Clock
  readonly log: Log
}

export function watchCredentials({
  issuedSince,
  disconnect,
  clock,
  log,
}: CredentialWatchParts): AsyncDisposable {
  let lookedAt = clock.now()
  let isClosed = false
  let looking = Promise.resolve()
  let callOff = clock.after(LOOK_EACH_MS, next)

  async function look(): Promise<void> {
    const since = lookedAt - OVERLAP_MS
    const now = clock.now()
    try {
      for (const { name, at } of await issuedSince(since)) disconnect(name, at)
      lookedAt = now
    } catch (cause) {
      log.warn({ cause }, 'Whether MQTT passwords were replaced could not be seen; it is looked again')
    }
    if (!isClosed) callOff = clock.after(LOOK_EACH_MS, next)
  }

  function next(): void {
    looking = look()
  }

  return {
    async [Symbol.asyncDispose]() {
      isClosed = true
      callOff()
      await looking
    },
  }
}
