import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import {
  tokenCreate,
  tokenList,
  tokenRevoke,
  userCreate,
  userList,
  userPassword,
  userRemove,
} from './accounts.ts'
import type { Command } from './command.ts'

const HERE = '192.0.2.1'

it('users and tokens are made, listed and taken away while the gateway runs', async () => {
  await using folder = await operationsFolder()
  await using gateway = await folder.open(handClock(Date.UTC(2026, 0, 5)))
  const run = async (command: Command, ...args: string[]) => {
    const out: string[] = []
    const terminal = {
      environment: { GATEHOUSE_DATA_DIR: folder.dir },
      until: new AbortController().signal,
      out: (line: string) => void out.push(line),
      err: () => {},
    }
    expect(await command.run(args, terminal)).toBe(0)
    return out
  }
  const [password = ''] = await run(userCreate, 'wang', '--role', 'operator')
  const { session, identity } = await gateway.registry.signIn('wang', password, HERE)
  expect(identity).toMatchObject({ name: 'wang', role: 'operator' })
  expect((await run(userList)).map((line) => line.split('\t').slice(0, 2))).toEqual([['wang', 'operator']])

  const [another = ''] = await run(userPassword, 'wang')
  expect(await gateway.registry.session(session)).toBeUndefined()
  await gateway.registry.signIn('wang', another, HERE)
  await run(userRemove, 'wang')
  await expect(gateway.registry.signIn('wang', another, HERE)).rejects.toMatchObject({
    code: 'wrong-credentials',
  })
  await expect(run(userRemove, 'wang')).rejects.toMatchObject({ code: 'not-found' })
  await expect(run(userCreate, 'wang', '--role', 'king')).rejects.toThrow('--role is one of')

  const [token = ''] = await run(tokenCreate, '--role', 'viewer', '--label', 'grafana')
  expect(await gateway.registry.token(token)).toMatchObject({ name: 'grafana' })
  const [line = ''] = await run(tokenList)
  expect(line).not.toContain(token)
  await run(tokenRevoke, line.split('\t')[0] ?? '')
  expect(await gateway.registry.token(token)).toBeUndefined()
  expect(await run(tokenList)).toEqual([])
})
