/**
 * That a broker keeps a session for us, and since when we have not fetched it, known beyond the end of this process: a session
 * lost while the gateway was away is a gap, as one is that is lost under it. A small file for each broker and client id.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'

export type KeptSession = {
  /** Since when it was not fetched, as it was noted last; undefined where none was ever established. */
  readonly awaySince: Instant | undefined
  /** Throws where it cannot be written. */
  connected(): void
  away(since: Instant): void
}

export type KeptSessionParts = {
  readonly folder: string
  /** When the gateway was last alive before this process: of one that was killed nobody noted the end of its connection. */
  readonly lastAlive: Instant
}

const Noted = z.object({ awaySince: z.iso.datetime().optional() })

export function keptSession(
  { folder, lastAlive }: KeptSessionParts,
  { url, clientId }: { readonly url: string; readonly clientId: string },
): KeptSession {
  const broker = new URL(url).host // without user and password
  const name = createHash('sha256').update(`${broker}\n${clientId}`).digest('hex').slice(0, 16)
  const file = join(folder, `${name}.json`)

  function note(awaySince?: Instant): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const said = { broker, clientId, ...(awaySince !== undefined && { awaySince: new Date(awaySince) }) }
    writeFileSync(`${file}.new`, `${JSON.stringify(said)}\n`, { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  }

  function read(): Instant | undefined {
    try {
      const { awaySince } = Noted.parse(JSON.parse(readFileSync(file, 'utf8')))
      return awaySince === undefined ? lastAlive : Date.parse(awaySince)
    } catch {
      return undefined // none yet, or none that can be understood: nothing is claimed then
    }
  }

  return { awaySince: read(), connected: () => note(), away: note }
}
