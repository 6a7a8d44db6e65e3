/**
 * The whole loop as a person lives it: a meter's own messages raise the alarm, people send somebody, and
 * the meter's own messages prove the repair. Over MQTT and HTTP alone, on the real clock.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { eventually, type RunningGateway, startGateway } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { binary, requireServer } from '../support/servers.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')

type Alarm = { id: string; state: string; order: string | null; device: string; because: { text: string } }
type Order = {
  id: string
  state: string
  version: number
  occurrences: string[]
  history: { by: string; to: string }[]
  verification: { state: string }
}

const publish = (gateway: RunningGateway, user: string, password: string, topic: string, sample: object) =>
  promisify(execFile)(binary('mosquitto_pub') ?? 'mosquitto_pub', [
    '-h',
    '127.0.0.1',
    '-p',
    String(gateway.mqttPort),
    '-q',
    '1',
    '-u',
    user,
    '-P',
    password,
    '-t',
    topic,
    '-m',
    JSON.stringify(sample),
  ])

/** One message each 300 ms until called off; a meter under way. */
async function meterSaying(gateway: RunningGateway, id: string, password: string, first: object) {
  const wire = await openWire(gateway.mqttPort, id, password, `${id}-test`)
  let sample = first
  const timer = setInterval(() => {
    wire.publish(preparePublish(`gatehouse/${id}/readings`, JSON.stringify(sample))).catch(() => {})
  }, 300)
  return {
    now(next: object) {
      sample = next
    },
    [Symbol.dispose]() {
      clearInterval(timer)
      wire.close()
    },
  }
}

requireServer('mosquitto_pub')('the closed loop', () => {
  it('is opened by a burst and closed by the readings that prove the repair', async () => {
    await using gateway = await startGateway({ config: CONFIG })
    const password = await gateway.command('device', 'token', 'meter-1')
    const stranger = await gateway.command('device', 'token', 'meter-2')
    const topic = 'gatehouse/meter-1/readings'

    await publish(gateway, 'meter-1', password, topic, { volume: 100, flow: 1.2 })
    const alarms = async (state = 'open') =>
      (await gateway.api(`/alarms?state=${state}`)).body as { items: Alarm[] }
    expect((await alarms()).items).toEqual([])

    using meter = await meterSaying(gateway, 'meter-1', password, { flow: 12 })
    const { items } = await eventually(alarms, ({ items }) => items.length > 0)
    expect(items).toEqual([expect.objectContaining({ device: 'meter-1', state: 'active-unacknowledged' })])
    const [alarm] = items as [Alarm]

    const acknowledged = await gateway.api(`/alarms/${alarm.id}/acknowledge`, {
      method: 'POST',
      role: 'operator',
      body: { note: 'seen' },
    })
    expect(acknowledged).toMatchObject({ status: 200, body: { state: 'active-acknowledged' } })

    const path = `/work-orders/${alarm.order}`
    const order = async () => (await gateway.api(path)).body as Order
    expect(await order()).toMatchObject({ state: 'reported', occurrences: [alarm.id] })
    const move = (to: string, more: object = {}) =>
      gateway.api(`${path}/transitions`, { method: 'POST', role: 'operator', body: { to, ...more } })
    expect(await move('done')).toMatchObject({ status: 409, body: { next: ['dispatched', 'cancelled'] } })
    await move('dispatched', { assignee: 'Plumbers Ltd' })
    await move('accepted')
    expect(await move('done', { note: 'valve replaced' })).toMatchObject({ status: 200 })

    // Still bursting: not verified, and the window has not even begun.
    expect((await order()).verification.state).toBe('waiting')
    meter.now({ flow: 1.1 })
    const proven = await eventually(order, ({ state }) => state === 'verified')
    expect(proven.verification.state).toBe('passed')
    expect(proven.history.map(({ by, to }) => `${to} by ${by === 'gateway' ? by : 'a person'}`)).toEqual([
      'reported by gateway',
      'dispatched by a person',
      'accepted by a person',
      'done by a person',
      'verified by gateway',
    ])
    expect((await alarms()).items).toEqual([])

    // A breach while verified brings it back, with the evidence.
    meter.now({ flow: 14 })
    const back = await eventually(order, ({ state }) => state === 'accepted')
    expect(back).toMatchObject({
      occurrences: [alarm.id, expect.any(String)],
      verification: { state: 'failed' },
    })

    meter.now({ flow: 0.9 })
    await move('done')
    await eventually(order, ({ state }) => state === 'verified')
    expect(await move('closed')).toMatchObject({ status: 200, body: { state: 'closed' } })

    const foreign = publish(gateway, 'meter-2', stranger, topic, { flow: 50 })
    await expect(foreign).rejects.toThrow()
    await expect(publish(gateway, 'meter-1', 'wrong', topic, { flow: 50 })).rejects.toThrow()
    const { items: rows } = (await gateway.api('/devices/meter-1/readings?limit=1000')).body as {
      items: { values: { flow: number } }[]
    }
    expect(rows.some(({ values }) => values.flow === 50)).toBe(false)
  })
})
