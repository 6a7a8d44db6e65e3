import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder, operationsFor } from '../../tests/support/operations.ts'

const T0 = Date.UTC(2026, 0, 5)
const DAY_MS = 86_400_000
const HERE = '192.0.2.1'
const LI = { name: 'li', role: 'operator', password: 'correct horse' } as const

describe('the first admin', () => {
  it('gets a password once, kept in a file that only its owner reads, until the first sign-in', async () => {
    await using folder = await operationsFolder()
    await using it = await folder.open(handClock(T0))
    const password = (await it.registry.firstAdmin()) ?? expect.unreachable()
    expect(await it.registry.firstAdmin()).toBeUndefined()
    const file = join(folder.dir, 'initial-admin-password')
    expect(readFileSync(file, 'utf8')).toBe(`${password}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await expect(it.registry.signIn('admin', 'wrong password', HERE)).rejects.toMatchObject({
      code: 'wrong-credentials',
    })
    expect(existsSync(file)).toBe(true)
    const { identity } = await it.registry.signIn('admin', password, HERE)
    expect(identity).toEqual({ name: 'admin', role: 'admin', via: 'session' })
    expect(existsSync(file)).toBe(false)
    await it.registry.signIn('admin', password, HERE)
  })

  it('is one, even where two processes start at once', async () => {
    await using folder = await operationsFolder()
    await using one = await folder.open(handClock(T0))
    await using two = await folder.open(handClock(T0))
    const passwords = await Promise.all([one.registry.firstAdmin(), two.registry.firstAdmin()])
    const given = passwords.filter((password) => password !== undefined)
    expect(given).toHaveLength(1)
    await one.registry.signIn('admin', given[0] as string, HERE)
  })
})

describe('a user', () => {
  it('is let in by the password in any Unicode form, and stays until signing out', async () => {
    await using it = await operationsFor(handClock(T0))
    await it.registry.createUser({ ...LI, password: 'caf\u00e9 au lait' }, 'admin')
    const { session } = await it.registry.signIn('li', 'cafe\u0301 au lait', HERE)
    expect(await it.registry.session(session)).toMatchObject({ name: 'li' })
    expect(await it.registry.session('made-up')).toBeUndefined()
    await it.registry.signOut(session)
    expect(await it.registry.session(session)).toBeUndefined()
  })

  it('is locked out for a while after repeated failures, whether it exists or not', async () => {
    const clock = handClock(T0)
    await using it = await operationsFor(clock)
    await it.registry.createUser(LI, 'admin')
    for (const name of ['li', 'nobody']) {
      for (let i = 0; i < 5; i++) {
        await expect(it.registry.signIn(name, 'guess', HERE)).rejects.toMatchObject({
          code: 'wrong-credentials',
        })
      }
      await expect(it.registry.signIn(name, LI.password, HERE)).rejects.toMatchObject({
        code: 'too-many-attempts',
        details: { retryAfterSeconds: 30 },
      })
    }
    clock.pass(30_000)
    await it.registry.signIn('li', LI.password, HERE)
  })

  it('is locked out where somebody guesses, and nowhere else', async () => {
    const clock = handClock(T0)
    await using it = await operationsFor(clock)
    await it.registry.createUser(LI, 'admin')
    const guesses = Array.from({ length: 40 }, () => it.registry.signIn('li', 'guess', 'elsewhere'))
    const told = (await Promise.allSettled(guesses)).map(
      (guess) => guess.status === 'rejected' && guess.reason.code,
    )
    expect(told.filter((code) => code === 'wrong-credentials')).toHaveLength(5)
    expect(told.filter((code) => code === 'too-many-attempts')).toHaveLength(35)
    expect(it.counts).toMatchObject({ failedSignIns: 5, lockedSignIns: 35 })
    await it.registry.signIn('li', LI.password, HERE)
    await expect(it.registry.signIn('li', LI.password, 'elsewhere')).rejects.toMatchObject({
      code: 'too-many-attempts',
    })
  })

  it('may sign in as often as it likes with the right password', async () => {
    await using it = await operationsFor(handClock(T0))
    await it.registry.createUser(LI, 'admin')
    for (let i = 0; i < 12; i++) await it.registry.signIn('li', LI.password, HERE)
  })

  it('who changes the password ends every other session', async () => {
    await using it = await operationsFor(handClock(T0))
    await it.registry.createUser(LI, 'admin')
    const { session: here } = await it.registry.signIn('li', LI.password, HERE)
    const { session: elsewhere } = await it.registry.signIn('li', LI.password, HERE)
    const change = (next: string) => it.registry.changePassword('li', LI.password, next, here)
    await expect(change('short')).rejects.toMatchObject({ code: 'invalid-input' })
    await change('battery staple')
    expect(await it.registry.session(here)).toBeDefined()
    expect(await it.registry.session(elsewhere)).toBeUndefined()
    await expect(it.registry.signIn('li', LI.password, HERE)).rejects.toMatchObject({
      code: 'wrong-credentials',
    })
    await it.registry.signIn('li', 'battery staple', HERE)
  })

  it('is signed out after a week away, and after a month in any case', async () => {
    const clock = handClock(T0)
    await using it = await operationsFor(clock)
    await it.registry.createUser(LI, 'admin')
    const { session } = await it.registry.signIn('li', LI.password, HERE)
    for (let day = 0; day < 30; day += 6) {
      clock.pass(6 * DAY_MS)
      expect(await it.registry.session(session), `day ${day + 6}`).toBeDefined()
    }
    clock.pass(1)
    expect(await it.registry.session(session)).toBeUndefined()
    const { session: idle } = await it.registry.signIn('li', LI.password, HERE)
    clock.pass(7 * DAY_MS + 1)
    expect(await it.registry.session(idle)).toBeUndefined()
  })
})

describe('a machine', () => {
  it('has a token of its role, and a contractor the name it works for', async () => {
    await using it = await operationsFor(handClock(T0))
    const viewer = await it.registry.createToken({ role: 'viewer', label: 'grafana' }, 'admin')
    expect(await it.registry.token(viewer)).toEqual({
      name: 'grafana',
      role: 'viewer',
      via: 'token',
    })
    const app = await it.registry.createToken({ role: 'contractor', contractor: 'Dongfang' }, 'admin')
    expect(await it.registry.token(app)).toMatchObject({ name: 'Dongfang', contractor: 'Dongfang' })
    expect(await it.registry.token(`${viewer}x`)).toBeUndefined()
    const nameless = it.registry.createToken({ role: 'contractor' }, 'admin')
    await expect(nameless).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('that are many devices of one program get their passwords in one entry, but for those that somebody else had given', async () => {
    await using it = await operationsFor(handClock(T0))
    const names = Array.from({ length: 60 }, (_, i) => `meter-${i}`)
    const holders = names.map((name) => ({ kind: 'device', name }) as const)
    await it.registry.issueDeviceToken('meter-7', 'li')
    const first = await it.registry.issueTokens(holders, 'simulator')
    const again = await it.registry.issueTokens(holders, 'simulator')
    const { items } = await it.audit.list({ limit: 100, action: 'device' })
    expect(items.map(({ by, action, subject, details }) => [by, action, subject, details.count])).toEqual([
      ['simulator', 'device.tokens-issued', 'simulator', 60],
      ['simulator', 'device.tokens-issued', 'simulator', 59],
      ['simulator', 'device.token-issued', 'meter-7', undefined],
      ['li', 'device.token-issued', 'meter-7', undefined],
    ])
    expect(items[0]?.details.names).toHaveLength(50)
    expect(await it.registry.checkDevice('meter-3', first.get('meter-3') ?? '')).toBeUndefined()
    expect(await it.registry.checkDevice('meter-3', again.get('meter-3') ?? '')).toBeDefined()
    expect((await it.registry.issuers()).get('meter-7')).toBe('simulator')
    await expect(
      it.registry.issueTokens([{ kind: 'device', name: 'No Such' }], 'simulator'),
    ).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('that is a device signs in with its newest password, issued beside the running gateway', async () => {
    await using folder = await operationsFolder()
    await using gateway = await folder.open(handClock(T0))
    await using command = await folder.open(handClock(T0))
    const first = await command.registry.issueDeviceToken('meter-1', 'command line')
    expect(await gateway.registry.checkDevice('meter-1', first)).toEqual({ is: 'device', id: 'meter-1' })
    const second = await command.registry.issueDeviceToken('meter-1', 'command line')
    expect(await gateway.registry.checkDevice('meter-1', first)).toBeUndefined()
    expect(await gateway.registry.checkDevice('meter-1', second)).toBeDefined()
    expect(await gateway.registry.checkDevice('meter-2', second)).toBeUndefined()
    const [issued = expect.unreachable()] = await gateway.registry.issuedSince(0)
    expect(issued.name).toBe('meter-1')
    expect(await gateway.registry.issuedSince(issued.at)).toContainEqual(issued)
    expect(await gateway.registry.issuedSince(issued.at + 1)).toEqual([])
    await command.registry.issueDeviceToken('meter-2', 'li')
    await command.registry.issueDeviceToken('meter-2', 'simulator')
    expect(await gateway.registry.issuers()).toEqual(
      new Map([
        ['meter-1', 'command line'],
        ['meter-2', 'simulator'],
      ]),
    )
    const bridge = await command.registry.issueBridgeToken('wmbusmeters', 'command line')
    expect(await gateway.registry.checkDevice('wmbusmeters', bridge)).toEqual({
      is: 'bridge',
      name: 'wmbusmeters',
    })
    await expect(command.registry.issueDeviceToken('No Such', 'x')).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  it('leaves no secret in the file', async () => {
    await using folder = await operationsFolder()
    const secrets: string[] = []
    {
      await using it = await folder.open(handClock(T0))
      await it.registry.createUser(LI, 'admin')
      const { session } = await it.registry.signIn('li', LI.password, HERE)
      const token = await it.registry.createToken({ role: 'viewer' }, 'admin')
      secrets.push(LI.password, session, token, await it.registry.issueDeviceToken('meter-1', 'admin'))
    }
    const file = readFileSync(join(folder.dir, 'operations.sqlite'))
    for (const secret of secrets) expect(file.includes(secret)).toBe(false)
  })
})

it('commands and gateway write the same file at the same time, and nothing is refused or lost', async () => {
  await using folder = await operationsFolder()
  await using one = await folder.open(handClock(T0))
  await using two = await folder.open(handClock(T0))
  const names = Array.from({ length: 40 }, (_, i) => `meter-${i}`)
  await Promise.all(names.map((name, i) => (i % 2 ? one : two).registry.issueDeviceToken(name, 'x')))
  const entries = (await one.audit.list({ limit: 100 })).items
  expect(entries).toHaveLength(40)
  expect(new Set(entries.map(({ hash }) => hash)).size).toBe(40)
})
