import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { keptSession } from './kept-session.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-session-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LAST_ALIVE = Date.UTC(2026, 10, 22, 8)
const AWAY = Date.UTC(2026, 10, 22, 6)
const session = (more: Partial<{ url: string; clientId: string }> = {}) =>
  keptSession(
    { folder, lastAlive: LAST_ALIVE },
    { url: 'mqtt://gateway:secret@broker:1883', clientId: 'gatehouse-site', ...more },
  )

it('knows of no session that was never established', () => {
  expect(session().awaySince).toBeUndefined()
})

it('knows after a restart since when the session was not fetched', () => {
  session().connected()
  session().away(AWAY)
  expect(session().awaySince).toBe(AWAY)
})

it('goes by the last commit where the gateway was killed while it was connected', () => {
  session().away(AWAY)
  session().connected()
  expect(session().awaySince).toBe(LAST_ALIVE)
})

it('tells sessions of other brokers and client ids apart', () => {
  session().away(AWAY)
  expect(session({ clientId: 'gatehouse-other' }).awaySince).toBeUndefined()
  expect(session({ url: 'mqtt://elsewhere:1883' }).awaySince).toBeUndefined()
})

it('claims nothing by a file that it cannot read, and keeps no password', () => {
  session().away(AWAY)
  const [name = ''] = readdirSync(folder)
  expect(readFileSync(join(folder, name), 'utf8')).not.toContain('secret')
  writeFileSync(join(folder, name), '{"awaySince":"yes')
  expect(session().awaySince).toBeUndefined()
})
