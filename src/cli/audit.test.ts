import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { type OperationsFolder, operationsFolder } from '../../tests/support/operations.ts'
import { OperationsOptions } from '../operations/options.ts'
import { auditVerify } from './audit.ts'

const START = Date.UTC(2026, 0, 5)
const DAY_MS = 86_400_000

async function verify({ dir }: OperationsFolder): Promise<string> {
  const out: string[] = []
  const terminal = {
    environment: { GATEHOUSE_DATA_DIR: dir },
    until: new AbortController().signal,
    out: (line: string) => void out.push(line),
    err: () => {},
  }
  await auditVerify.run([], terminal)
  return out.join('\n')
}

const note = (subject: string) => ({ by: 'li', action: 'alarm.acknowledged', subject })

/** A folder whose audit has three entries, open as a running gateway has it. */
async function threeEntries() {
  const folder = await operationsFolder()
  const clock = handClock(START)
  const options = OperationsOptions.parse({ closedKeptMs: 400 * DAY_MS, auditKeptMs: 400 * DAY_MS })
  const operations = await folder.open(clock, { options })
  for (const subject of ['a-1', 'a-2', 'a-3']) await operations.audit.note(note(subject))
  const tamper = (statement: string) => {
    using database = new DatabaseSync(join(folder.dir, 'operations.sqlite'), { timeout: 5_000 })
    database.exec(statement)
  }
  return {
    folder,
    clock,
    operations,
    tamper,
    async [Symbol.asyncDispose]() {
      await operations[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

it('says that an audit which nobody touched is whole, and its last seal', async () => {
  await using it = await threeEntries()
  const [newest] = (await it.operations.audit.list({ limit: 1 })).items
  expect(await verify(it.folder)).toMatch(new RegExp(`^3 entries.* ${newest?.hash}$`))
})

it.each([
  ['was changed', "UPDATE audit SET by_name = 'wang' WHERE id = 2", 2],
  ['was given other details', `UPDATE audit SET details = '{"note":"fine"}' WHERE id = 3`, 3],
  ['was taken out', 'DELETE FROM audit WHERE id = 2', 3],
  ['was taken from the beginning', 'DELETE FROM audit WHERE id = 1', 2],
])('names the place where an entry %s', async (_what, statement, id) => {
  await using it = await threeEntries()
  it.tamper(statement)
  await expect(verify(it.folder)).rejects.toMatchObject({
    code: 'audit-broken',
    message: expect.stringContaining(`Entry ${id} `),
  })
})

it('knows what retention has cut from what a person took away', async () => {
  await using it = await threeEntries()
  it.clock.pass(350 * DAY_MS)
  await it.operations.audit.note(note('a-4'))
  it.clock.pass(200 * DAY_MS)
  await it.operations.cutOld()
  expect((await it.operations.audit.list({ limit: 9 })).items.map(({ action }) => action)).toEqual([
    'audit.cut',
    'alarm.acknowledged',
  ])
  expect(await verify(it.folder)).toMatch(/^2 entries/)
  it.clock.pass(1_000 * DAY_MS)
  await it.operations.cutOld()
  expect(await verify(it.folder), 'all that was there is gone').toMatch(/^1 entries/)
  await it.operations.audit.note(note('a-5'))
  it.tamper("DELETE FROM audit WHERE action = 'audit.cut'")
  await expect(verify(it.folder)).rejects.toMatchObject({ code: 'audit-broken' })
})
