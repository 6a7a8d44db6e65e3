/** A disk that fills up is said while there is time, and stops every acknowledgement before it is full. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually, type RunningGateway, startGateway } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')

type Ready = { ready: boolean; because: { code: string }[]; warnings: { code: string }[] }

const readyOf = async ({ url }: RunningGateway) => (await (await fetch(`${url}/readyz`)).json()) as Ready

async function publish(gateway: RunningGateway): Promise<void> {
  const password = await gateway.deviceToken('meter-1')
  const wire = await openWire(gateway.mqttPort, 'meter-1', password)
  const sample = JSON.stringify({ volume: 1_000 })
  await wire.publish(preparePublish('gatehouse/meter-1/readings', sample)).finally(() => wire.close())
}

it('a disk above the first limit is a warning for the control room, and everything is taken', async () => {
  const environment = { GATEHOUSE_JOURNAL_WARNATDISKUSED: '0' }
  await using gateway = await startGateway({ config: CONFIG, environment })
  const told = await eventually(
    () => readyOf(gateway),
    ({ warnings }) => warnings.length > 0,
  )
  expect(told).toMatchObject({ ready: true, because: [], warnings: [{ code: 'disk-filling' }] })
  const { body } = await gateway.api('/summary', {
    role: 'operator',
    headers: { 'accept-language': 'zh-CN' },
  })
  expect(body).toMatchObject({ notices: [{ title: '磁盘空间不足，请尽快清理', isUrgent: false }] })
  await publish(gateway)
})

it('above the second nothing is acknowledged, and the gateway is not ready', async () => {
  const environment = { GATEHOUSE_JOURNAL_REFUSEATDISKUSED: '0.000001' }
  await using gateway = await startGateway({ config: CONFIG, environment })
  const told = await eventually(
    () => readyOf(gateway),
    ({ ready }) => !ready,
  )
  expect(told.because).toMatchObject([{ code: 'journal-full' }])
  await expect(publish(gateway)).rejects.toThrow()
})
