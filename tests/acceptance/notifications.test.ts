/**
 * A gateway as a process, a real receiver that fails, stalls and is slow, and kill -9 in between: whatever
 * rang is told, each event under a key of its own, and signed.
 */
import { createHmac } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { eventually, startGateway, temporaryFolder } from '../support/gateway.ts'
import { gatewayHere } from '../support/gateway-here.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { openReceiver, type Reply } from '../support/receiver.ts'

const SITE = join(import.meta.dirname, '../support/site')
const SECRET = 'between you and me'
const METERS = ['meter-1', 'meter-2', 'meter-3'] as const
const KILLS = 3
const EPISODES = 2

function configFor(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-notify-'))
  const [file, secret] = [join(folder, 'gatehouse.yaml'), join(folder, 'secret')]
  writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 })
  const text = `
site: ${join(SITE, 'site.yaml')}
rules: ${join(SITE, 'rules.yaml')}
notify:
  channels:
    - { name: office, kind: webhook, language: en, url: ${url}, secretFile: ${secret}, timeoutMs: 500 }
  routes:
    - { channel: office, events: [alarm.raised, alarm.cleared] }
`
  writeFileSync(file, text)
  return file
}

type Event = { readonly id: string; readonly event: string }

/**
 * The events of the live stream since the first, until there are enough; the test's own time limit ends a
 * wait in vain.
 */
async function eventsOf(
  { url, token }: { readonly url: string; readonly token: string },
  isEnough: (events: readonly Event[]) => boolean,
): Promise<readonly Event[]> {
  const response = await fetch(`${url}/api/v1/live?lastEventId=0`, {
    headers: { authorization: `Bearer ${token}` },
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const events = [...text.matchAll(/^id: (\d+)\nevent: (\S+)$/gm)].map(([, id = '', event = '']) => ({
      id,
      event,
    }))
    if (isEnough(events)) return events
  }
  throw new Error('The live stream has ended')
}

it(`tells whatever rang over ${KILLS} kills and a receiver that fails, each event under a key of its own`, async () => {
  const replies: readonly (Reply | undefined)[] = [
    { status: 500 },
    {},
    {},
    undefined,
    {},
    { status: 503 },
    {},
  ]
  await using receiver = await openReceiver((n) => replies[n % replies.length] ?? new Promise(() => {}))
  const config = configFor(`${receiver.url}/hook`)
  const dataDir = temporaryFolder('notify')
  let at = 0
  const passwords = new Map<string, string>()
  for (let kill = 0; kill < KILLS; kill++) {
    const gateway = await startGateway({ config, dataDir })
    for (const meter of METERS) {
      if (!passwords.has(meter)) passwords.set(meter, await gateway.deviceToken(meter))
    }
    const wires = await Promise.all(
      METERS.map((meter) => openWire(gateway.mqttPort, meter, passwords.get(meter) ?? '')),
    )
    const seen = receiver.received.length
    at = Math.max(at, Date.now() - 20_000) // what is learnt much later than it was does not ring
    for (let episode = 0; episode < EPISODES; episode++, at += 3_000) {
      for (const [afterMs, flow] of [
        [0, 20],
        [1_100, 20],
        [2_000, 0],
      ] as const) {
        const sample = JSON.stringify({ time: new Date(at + afterMs).toISOString(), flow })
        const sent = wires.map((wire, i) =>
          wire.publish(preparePublish(`gatehouse/${METERS[i]}/readings`, sample)),
        )
        await Promise.all(sent)
      }
    }
    // In the middle of telling: something has gone out, and more waits.
    await receiver.reached(seen + 2 + kill)
    await gateway.stop('SIGKILL')
  }

  // The last one lives in virtual time: what waits between one try and the next is not waited for here.
  const ports = { GATEHOUSE_HTTP_PORT: '0', GATEHOUSE_MQTT_PORT: '0' }
  await using here = await gatewayHere(
    loadConfig(config, { GATEHOUSE_DATA_DIR: dataDir, ...ports }),
    Date.now(),
  )
  const url = `http://127.0.0.1:${here.gateway.ports.http}`
  const told = () => receiver.received.map(({ body }) => JSON.parse(body) as { key: string; events: Told[] })
  type Told = { key: string; id: string; event: string; data: { id: string } }
  const rang = METERS.length * EPISODES * KILLS
  const waiting = async () => {
    await here.pass(1_000)
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/^gatehouse_notify_waiting\{channel="office"\} (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
  }
  type Alarms = { readonly body: { readonly items: readonly { readonly state: string }[] } }
  const { body } = await eventually(
    async () => {
      await here.pass(1_000)
      return here.api('/alarms?state=all') as Promise<Alarms>
    },
    ({ body }) => body.items.filter(({ state }) => state === 'cleared-unacknowledged').length >= rang,
  )
  expect(body.items, 'and no other').toHaveLength(rang)
  await eventually(waiting, (left) => left === 0)
  const token = await here.gateway.operations.registry.createToken({ role: 'viewer' }, 'test')
  const events = await eventsOf(
    { url, token },
    (all) => all.filter(({ event }) => event === 'alarm.cleared').length >= rang,
  )

  const wanted = events.filter(({ event }) => event === 'alarm.raised' || event === 'alarm.cleared')
  expect(wanted.filter(({ event }) => event === 'alarm.raised')).toHaveLength(rang)
  const heard = told().flatMap(({ events }) => events)
  expect([...new Set(heard.map(({ id }) => id))].sort()).toEqual(wanted.map(({ id }) => id).sort())
  const keyOf = new Map<string, string>()
  for (const { id, key } of heard) {
    expect(keyOf.get(id) ?? key, `event ${id} has one key`).toBe(key)
    keyOf.set(id, key)
  }
  expect(new Set(keyOf.values()).size).toBe(keyOf.size)
  expect(receiver.received.length, 'failures were tried again').toBeGreaterThan(keyOf.size)
  for (const { headers, body } of receiver.received) {
    const timestamp = String(headers['gatehouse-timestamp'])
    const signature = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex')
    expect(headers['gatehouse-signature']).toBe(`v1=${signature}`)
    expect(headers['idempotency-key']).toBe((JSON.parse(body) as { key: string }).key)
  }
  // Of one alarm nothing overtakes: it never clears before it was raised.
  const first = new Map<string, string>()
  for (const { event, data } of heard) if (!first.has(data.id)) first.set(data.id, event)
  expect(new Set(first.values())).toEqual(new Set(['alarm.raised']))
})
