/**
 * That a broker keeps a session for us, since when we have not fetched it and what it holds, known beyond the
 * end of this process: a session lost while the gateway was away is a gap, as one is that is lost under it. A
 * small file for each broker and client id.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'

type SessionNote = {
  /** Since when it was not fetched; undefined while it is. */
  readonly awaySince: Instant | undefined
  /** Topic filters that it holds at the broker. */
  readonly topics: readonly string[]
}

export type KeptSession = {
  /** As it was noted last; undefined where none was ever established. */
  readonly awaySince: Instant | undefined
  readonly topics: readonly string[]
  /** Throws where it cannot be written. */
  note(session: SessionNote): void
}

export type KeptSessionParts = {
  readonly folder: string
  /**
   * When the gateway was last alive before this process: of one that was killed nobody noted the end of its
   * connection.
   */
  readonly lastAlive: Instant
}

const Noted = z.object({ awaySince: z.iso.datetime().optional(), topics: z.array(z.string()).default([]) })

export function keptSession(
  { folder, lastAlive }: KeptSessionParts,
  { url, clientId }: { readonly url: string; readonly clientId: string },
): KeptSession {
  const broker = new URL(url).host // without user and password
  const name = createHash('sha256').update(`${broker}\n${clientId}`).digest('hex').slice(0, 16)
  const file = join(folder, `${name}.json`)

  function note({ awaySince, topics }: SessionNote): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const since = awaySince !== undefined && { awaySince: new Date(awaySince) }
    const said = { broker, clientId, ...since, topics }
    writeFileSync(`${file}.new`, `${JSON.stringify(said)}\n`, { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  }

  function read(): SessionNote {
    try {
      const { awaySince, topics } = Noted.parse(JSON.parse(readFileSync(file, 'utf8')))
      return { awaySince: awaySince === undefined ? lastAlive : Date.parse(awaySince), topics }
    } catch {
      return { awaySince: undefined, topics: [] } // none yet, or none that can be understood: nothing is claimed then
    }
  }

  return { ...read(), note }
}
