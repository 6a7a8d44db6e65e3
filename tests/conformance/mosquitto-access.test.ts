/**
 * The access list that is shipped for Mosquitto, on a real one: the gateway believes the topic, so the broker
 * must guard it.
 */
import mqtt from 'mqtt'
import { expect, it } from 'vitest'
import { startMosquitto } from '../support/mosquitto.ts'
import { requireServer } from '../support/servers.ts'

const USERS = { gateway: 'g', bridge: 'b', 'meter-01': 'm' }

requireServer('mosquitto')('the access list', () => {
  it('a device speaks for itself, a bridge on its topics, and only the gateway hears', async () => {
    await using broker = await startMosquitto({ users: USERS, isGuarded: true })
    await using opened = new AsyncDisposableStack()
    const signIn = async (username: keyof typeof USERS) => {
      const client = await mqtt.connectAsync(broker.url, { username, password: USERS[username] })
      opened.defer(() => client.endAsync(true))
      return client
    }
    const gateway = await signIn('gateway')
    const heard: string[] = []
    gateway.on('message', (topic) => heard.push(topic))
    await gateway.subscribeAsync('#', { qos: 1 })
    const [meter, bridge] = [await signIn('meter-01'), await signIn('bridge')]
    const overheard: string[] = []
    meter.on('message', (topic) => overheard.push(topic))
    await meter.subscribeAsync(['gatehouse/#', 'gatehouse/meter-02/readings'], { qos: 1 }).catch(() => {})
    const says = (client: mqtt.MqttClient, topic: string) => client.publishAsync(topic, '{}', { qos: 1 })
    await says(meter, 'gatehouse/meter-02/readings')
    await says(meter, 'wmbusmeters/76348799')
    await says(meter, 'gatehouse/meter-01/readings')
    await says(bridge, 'gatehouse/meter-01/readings')
    await says(bridge, 'wmbusmeters/76348799')
    for (const other of [meter, bridge]) await says(other, 'spBv1.0/STATE/gatehouse')
    await says(gateway, 'spBv1.0/STATE/gatehouse')
    await says(bridge, 'owntracks/fleet/car-06')
    await expect.poll(() => heard).toContain('owntracks/fleet/car-06')
    expect(heard).toEqual([
      'gatehouse/meter-01/readings',
      'wmbusmeters/76348799',
      'spBv1.0/STATE/gatehouse',
      'owntracks/fleet/car-06',
    ])
    expect(overheard).toEqual([])
  })
})
