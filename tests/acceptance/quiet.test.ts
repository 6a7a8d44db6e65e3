/**
 * Quiet outlives the process: what was shelved before a kill is shelved after it, ends at its time, and
 * nothing happens twice.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { eventually, startGateway, temporaryFolder } from '../support/gateway.ts'
import { gatewayHere } from '../support/gateway-here.ts'

const CONFIG = join(import.meta.dirname, '../support/site/every-source.yaml')

type Alarm = {
  readonly id: string
  readonly rule: string
  readonly subject: string
  readonly state: string
  readonly suppression: { readonly by: string; readonly until: string } | null
}
type Alarms = { readonly body: { readonly items: readonly Alarm[] } }

const HOUR_MS = 3_600_000
const SECOND_MS = 1_000

it('a source that cannot be reached rings once, is shelved over a kill, and rings again when its shelf ends', async () => {
  const dataDir = temporaryFolder('quiet')
  const environment = { GATEHOUSE_ALARMS_SOURCES_DOWNMS: '300' }
  const start = () => startGateway({ config: CONFIG, dataDir, environment })
  const until = new Date(Date.now() + HOUR_MS).toISOString()
  let id = ''
  {
    await using gateway = await start()
    const { body } = await eventually(
      () => gateway.api('/alarms') as Promise<Alarms>,
      ({ body }) => body.items.length === 2,
    )
    expect(body.items.map(({ subject }) => subject).sort()).toEqual(['source:broker', 'source:plant'])
    id = body.items.find(({ subject }) => subject === 'source:plant')?.id ?? expect.unreachable()
    const shelved = await gateway.api(`/alarms/${id}/shelve`, {
      method: 'POST',
      role: 'operator',
      body: { until, reason: 'the server is being moved' },
    })
    expect(shelved.status).toBe(200)
    await gateway.stop('SIGKILL')
  }
  {
    await using gateway = await start()
    const { body } = (await gateway.api('/alarms?state=shelved')) as Alarms
    expect(body.items).toMatchObject([{ id, suppression: { reason: expect.any(String) } }])
    await gateway.stop('SIGKILL')
  }
  const config = loadConfig(CONFIG, {
    ...environment,
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_HTTP_PORT: '0',
    GATEHOUSE_MQTT_PORT: '0',
  })
  await using here = await gatewayHere(config, Date.parse(until) - 2 * SECOND_MS)
  const alarms = (state: string) => here.api(`/alarms?state=${state}`) as Promise<Alarms>
  await here.pass(SECOND_MS)
  expect((await alarms('shelved')).body.items).toMatchObject([{ id }])
  await here.pass(3 * SECOND_MS)
  expect((await alarms('shelved')).body.items).toEqual([])
  expect(
    (await alarms('all')).body.items,
    'no second alarm, whatever was stepped through again',
  ).toHaveLength(2)
  expect((await alarms('active')).body.items.find((alarm) => alarm.id === id)).toMatchObject({
    suppression: null,
  })
  const audit = (await here.api('/audit')) as { body: { items: { action: string; by: string }[] } }
  const deeds = audit.body.items.filter(({ action }) => action.endsWith('shelved'))
  expect(deeds.map(({ action, by }) => [action, by])).toEqual([
    ['alarm.unshelved', 'gateway'],
    ['alarm.shelved', expect.stringMatching(/^operator/)],
  ])
})
