/**
 * What the source for external brokers relies on in mqtt.js and no documentation promises: a change here is a
 * change of our promise.
 */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import { startMosquitto } from '../support/mosquitto.ts'
import { requireServer } from '../support/servers.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const HELD = new Error('acknowledged later')
const KEEPALIVE_S = 1

type Handle = NonNullable<MqttClient['handleMessage']>

/** A subscriber with a session that the broker keeps; `handle` decides what becomes of each message. */
async function subscriber(url: string, handle: Handle, more: IClientOptions = {}) {
  const client = mqtt.connect(url, {
    clientId: 'contract',
    clean: false,
    reconnectPeriod: 0,
    keepalive: KEEPALIVE_S,
    manualConnect: true,
    ...more,
  })
  undo.push(() => client.endAsync(true))
  let why = ''
  client.handleMessage = handle
  client.on('error', (cause) => {
    why = cause.message
  })
  const ended = new Promise<string>((resolve) => client.once('close', () => resolve(why)))
  const connected = new Promise<void>((resolve) => client.once('connect', () => resolve()))
  client.connect()
  await connected
  await client.subscribeAsync('site/#', { qos: 1 })
  return { client, ended }
}

async function broker() {
  const mosquitto = await startMosquitto()
  undo.push(() => mosquitto[Symbol.asyncDispose]())
  const sender = await mqtt.connectAsync(mosquitto.url)
  undo.push(() => sender.endAsync(true))
  return {
    url: mosquitto.url,
    send: (text: string) => sender.publishAsync('site/a', text, { qos: 1 }),
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

requireServer('mosquitto')('mqtt.js', () => {
  it('loses a connection on which a message is held longer than the keep-alive, for the answer to its ping waits behind', async () => {
    const { url, send } = await broker()
    const { ended } = await subscriber(url, () => {}) // never goes on
    await send('held')
    expect(await ended).toBe('Keepalive timeout')
  })

  it('keeps the connection where the handler goes on with an error, and sends no acknowledgement then', async () => {
    const { url, send } = await broker()
    const heard: string[] = []
    const handle: Handle = (packet, goOn) => {
      heard.push(packet.payload.toString())
      goOn(HELD)
    }
    const { client } = await subscriber(url, handle)
    await send('one')
    await send('two')
    await pause(2_500 * KEEPALIVE_S)
    expect(client.connected).toBe(true)
    expect(heard).toEqual(['one', 'two']) // the first does not hold up the second
    client.stream.destroy()
    await subscriber(url, handle)
    await expect.poll(() => heard).toEqual(['one', 'two', 'one', 'two'])
  })

  it('sends an acknowledgement that is made by hand later, and the broker takes it', async () => {
    const { url, send } = await broker()
    const ids: number[] = []
    const handle: Handle = (packet, goOn) => {
      if (packet.messageId !== undefined) ids.push(packet.messageId)
      goOn(HELD)
    }
    const { client } = await subscriber(url, handle)
    await send('one')
    await send('two')
    await expect.poll(() => ids.length).toBe(2)
    // biome-ignore lint/complexity/useLiteralKeys: private to mqtt.js, and what this test is about
    client['_sendPacket']({ cmd: 'puback', messageId: ids[0] as number, reasonCode: 0 })
    await pause(100)
    client.stream.destroy()
    const again: string[] = []
    await subscriber(url, (packet, goOn) => {
      again.push(packet.payload.toString())
      goOn()
    })
    await expect.poll(() => again).toEqual(['two'])
  })
})
