/** An operations database that this release cannot take. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { openOperations } from './open.ts'
import { openSqlite } from './sqlite.ts'

it('what a newer release has written is left alone, and whoever goes back is told so', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-newer-'))
  const open = () => openOperations({ dir, clock: handClock(0) })
  await (await open())[Symbol.asyncDispose]()
  const newer = openSqlite(join(dir, 'operations.sqlite'))
  newer.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('999-of-tomorrow', '')")
  newer.close()
  await expect(open()).rejects.toThrow('a newer release has written it')
  rmSync(dir, { recursive: true })
})
