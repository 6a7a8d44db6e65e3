/**
 * Rules are changed in the running gateway: by HTTP and by the command, all or nothing, with author, reason
 * and versions.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startGateway, type TokenRole, temporaryFolder } from '../support/gateway.ts'

type Change = { rule: string; from: string | null; to: string | null; by: string; reason: string }

it('a file of rules is put in force without a restart, or refused with every slip named', async () => {
  const campus = join(temporaryFolder('reload'), 'campus')
  cpSync('examples/campus', campus, { recursive: true })
  const file = join(campus, 'rules.yaml')
  const edit = (right: string | RegExp, wrong: string) =>
    writeFileSync(file, readFileSync(file, 'utf8').replace(right, wrong))
  await using gateway = await startGateway({
    config: join(campus, 'gatehouse.yaml'),
    environment: { GATEHOUSE_DEMO: 'false' },
  })
  const rules = async () => {
    const { body } = await gateway.api('/rules?limit=1000')
    return new Map((body as { items: { id: string }[] }).items.map((rule) => [rule.id, rule]))
  }
  const reload = (reason: string, role: TokenRole = 'admin') =>
    gateway.api('/rules/reload', { method: 'POST', body: { reason }, role })
  const changes = async (): Promise<Change[]> => {
    const { body } = await gateway.api('/rules/changes')
    return (body as { items: Change[] }).items
  }

  const before = await rules()
  const found = await changes()
  expect(found).toHaveLength(before.size)
  expect(found[0]).toMatchObject({ by: 'gateway', reason: 'found at the start', from: null })

  expect((await reload('nothing')).body).toEqual({ changes: [] })
  expect((await reload('not mine', 'operator')).status).toBe(403)
  expect((await reload(' ')).status).toBe(422)

  edit('above: 8, clearBelow: 6', 'above: 9, clearBelow: 6, belwo: 3')
  const refused = await reload('a slip')
  expect(refused).toMatchObject({ status: 422, body: { code: 'rules-refused' } })
  expect((refused.body as { detail: string }).detail).toMatch(/rules\.yaml:\d+: .*belwo.*no such key/)
  expect(await rules()).toEqual(before)

  edit(', belwo: 3', '')
  edit('  - id: burst-pipe\n', '  - id: burst-pipe\n    onDelayMs: 5000\n')
  const raised = await reload('the irrigation runs at 8.5')
  expect(raised).toMatchObject({
    status: 200,
    body: { changes: [{ rule: 'burst-pipe', by: expect.any(String), reason: 'the irrigation runs at 8.5' }] },
  })
  const [newest] = await changes()
  const after = await rules()
  expect(newest).toMatchObject({
    from: (before.get('burst-pipe') as unknown as { version: string }).version,
    to: (after.get('burst-pipe') as unknown as { version: string }).version,
  })
  expect(after.get('burst-pipe')).toMatchObject({ options: { above: 9 }, conditions: { onDelayMs: 5_000 } })

  edit(/ {2}- id: long-parking\n[\s\S]*?(?=\n\n|$)/, '')
  const said = await gateway.command('rules', 'reload', '--reason', 'the car park is rebuilt')
  expect(said).toMatch(/^long-parking: [0-9a-f]{16} → gone$/)
  expect((await rules()).has('long-parking')).toBe(false)
  expect((await changes())[0]).toMatchObject({ by: 'command line', rule: 'long-parking', to: null })

  edit('kind: sustained', 'kind: psychic')
  await expect(gateway.command('rules', 'reload', '--reason', 'a slip')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/rules\.yaml:\d+: rules\.0\.kind/),
  })

  const { body } = await gateway.api('/audit')
  expect((body as { items: { action: string; details: object }[] }).items.slice(0, 8)).toContainEqual(
    expect.objectContaining({
      action: 'rules.changed',
      by: 'command line',
      details: {
        reason: 'the car park is rebuilt',
        changes: [expect.objectContaining({ rule: 'long-parking' })],
      },
    }),
  )
})

it('without a gateway the command says that the file counts from the next start', async () => {
  const dataDir = temporaryFolder('no-gateway')
  const gateway = await startGateway({ dataDir })
  await gateway.stop('SIGTERM')
  await expect(gateway.command('rules', 'reload', '--reason', 'r')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No gateway runs'),
  })
  await expect(gateway.command('rules', 'reload')).rejects.toMatchObject({ code: 2 })
})
