/** Quiet outlives the process: what was shelved before a kill is shelved after it, ends at its time, and nothing happens twice. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually, startGateway, temporaryFolder } from '../support/gateway.ts'

const CONFIG = join(import.meta.dirname, '../support/site/every-source.yaml')

type Alarm = {
  readonly id: string
  readonly rule: string
  readonly subject: string
  readonly state: string
  readonly suppression: { readonly by: string; readonly until: string } | null
}
type Alarms = { readonly body: { readonly items: readonly Alarm[] } }

it('a source that cannot be reached rings once, is shelved over a kill, and rings again when its shelf ends', async () => {
  const dataDir = temporaryFolder('quiet')
  const start = () =>
    startGateway({ config: CONFIG, dataDir, environment: { GATEHOUSE_ALARMS_SOURCES_DOWNMS: '300' } })
  let until = ''
  let id = ''
  {
    await using gateway = await start()
    const { body } = await eventually(
      () => gateway.api('/alarms') as Promise<Alarms>,
      ({ body }) => body.items.length === 2,
    )
    expect(body.items.map(({ subject }) => subject).sort()).toEqual(['source:broker', 'source:plant'])
    id = body.items.find(({ subject }) => subject === 'source:plant')?.id ?? expect.unreachable()
    until = new Date(Date.now() + 15_000).toISOString()
    const shelved = await gateway.api(`/alarms/${id}/shelve`, {
      method: 'POST',
      role: 'operator',
      body: { until, reason: 'the server is being moved' },
    })
    expect(shelved.status).toBe(200)
    await gateway.stop('SIGKILL')
  }
  await using gateway = await start()
  const alarms = (state: string) => gateway.api(`/alarms?state=${state}`) as Promise<Alarms>
  const shelved = (await alarms('shelved')).body.items
  if (Date.now() < Date.parse(until) - 1_000) expect(shelved.map((alarm) => alarm.id)).toEqual([id])
  await eventually(
    () => alarms('shelved'),
    ({ body }) => body.items.length === 0,
  )
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until))
  expect(
    (await alarms('all')).body.items,
    'no second alarm, whatever was stepped through again',
  ).toHaveLength(2)
  expect((await alarms('active')).body.items.find((alarm) => alarm.id === id)).toMatchObject({
    suppression: null,
  })
  const audit = (await gateway.api('/audit')) as { body: { items: { action: string; by: string }[] } }
  const deeds = audit.body.items.filter(({ action }) => action.endsWith('shelved'))
  expect(deeds.map(({ action, by }) => [action, by])).toEqual([
    ['alarm.unshelved', 'gateway'],
    ['alarm.shelved', expect.stringMatching(/^operator/)],
  ])
})
