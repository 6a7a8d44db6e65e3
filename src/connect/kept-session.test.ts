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
  session().note({ awaySince: undefined, topics: [] })
  session().note({ awaySince: AWAY, topics: [] })
  expect(session().awaySince).toBe(AWAY)
})

it('goes by the last commit where the gateway was killed while it was connected', () => {
  session().note({ awaySince: AWAY, topics: [] })
  session().note({ awaySince: undefined, topics: [] })
  expect(session().awaySince).toBe(LAST_ALIVE)
})

it('knows after a restart what the session holds, and of a note of an earlier release nothing of that', () => {
  session().note({ awaySince: AWAY, topics: ['site/#', 'yard/+'] })
  expect(session().topics).toEqual(['site/#', 'yard/+'])
  const [name = ''] = readdirSync(folder)
  writeFileSync(join(folder, name), '{"awaySince":"2026-11-22T06:00:00.000Z"}')
  expect(session()).toMatchObject({ awaySince: AWAY, topics: [] })
})

it('tells sessions of other brokers and client ids apart', () => {
  session().note({ awaySince: AWAY, topics: [] })
  expect(session({ clientId: 'gatehouse-other' }).awaySince).toBeUndefined()
  expect(session({ url: 'mqtt://elsewhere:1883' }).awaySince).toBeUndefined()
})

it('claims nothing by a file that it cannot read, and keeps no password', () => {
  session().note({ awaySince: AWAY, topics: [] })
  const [name = ''] = readdirSync(folder)
  expect(readFileSync(join(folder, name), 'utf8')).not.toContain('secret')
  writeFileSync(join(folder, name), '{"awaySince":"yes')
  expect(session().awaySince).toBeUndefined()
})
