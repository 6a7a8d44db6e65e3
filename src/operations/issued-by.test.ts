import { join } from 'node:path'
import { Kysely, Migrator } from 'kysely'
import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import { openSqlite, sqliteDialect } from './sqlite.ts'
import { MIGRATIONS } from './tables.ts'

it('who issued a password of an earlier release is taken from the audit, and where that was cut it is not the simulator', async () => {
  await using folder = await operationsFolder()
  const db = new Kysely<Record<'credentials' | 'audit', Record<string, unknown>>>({
    dialect: sqliteDialect(openSqlite(join(folder.dir, 'operations.sqlite'))),
  })
  await new Migrator({ db, provider: MIGRATIONS }).migrateTo('008-orders-by-time')
  for (const name of ['meter-1', 'meter-2', 'meter-3'])
    await db.insertInto('credentials').values({ kind: 'device', name, hash: 'x', created_at: 1 }).execute()
  const notes = [
    ['simulator', 'meter-1'],
    ['li', 'meter-1'],
    ['simulator', 'meter-2'],
  ]
  for (const [by_name, subject] of notes) {
    const note = { at: 1, by_name, action: 'device.token-issued', subject, details: '{}', hash: 'x' }
    await db.insertInto('audit').values(note).execute()
  }
  await db.destroy()
  await using operations = await folder.open(handClock(0))
  expect(await operations.registry.issuers()).toEqual(
    new Map([
      ['meter-1', 'li'],
      ['meter-2', 'simulator'],
      ['meter-3', 'somebody long ago'],
    ]),
  )
})
