/**
 * SIGTERM ends the gateway without waiting for anybody, since service managers and Docker kill it after some
 * seconds. Here everything that it speaks to takes connections and never answers, something is under way to
 * each of them, and each may take minutes to answer.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually, startGateway } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { type MuteServer, muteServer } from '../support/mute-server.ts'

const SITE = join(import.meta.dirname, '../support/site')
/**
 * The longest that mail may be given. Whoever waits for an answer takes as long; a busy machine that does not
 * wait takes a fraction of it.
 */
const ANSWER_WITHIN_MS = 120_000

function configFor(ports: Readonly<Record<'influx' | 'opcua' | 'mqtt' | 'smtp', MuteServer>>): string {
  const { influx, opcua, mqtt, smtp } = ports
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-stops-')), 'gatehouse.yaml')
  writeFileSync(
    file,
    `
site: ${join(SITE, 'site.yaml')}
rules: ${join(SITE, 'rules.yaml')}
historian:
  kind: influx
  influx: { url: 'http://127.0.0.1:${influx.port}', version: '1', database: gatehouse, timeoutMs: ${ANSWER_WITHIN_MS} }
sources:
  - { kind: opcua, name: plant, endpoint: 'opc.tcp://127.0.0.1:${opcua.port}' }
  - { kind: opcua, name: boiler-house, endpoint: 'opc.tcp://127.0.0.1:${opcua.port}' }
  - { kind: mqtt, name: broker, url: 'mqtt://127.0.0.1:${mqtt.port}', topics: ['gatehouse/+/readings'] }
alarms: { sources: { downMs: 300 } }
notify:
  channels:
    - { name: office, kind: mail, host: 127.0.0.1, port: ${smtp.port}, security: none, from: a@example.org, to: [b@example.org], timeoutMs: ${ANSWER_WITHIN_MS} }
  routes:
    - { channel: office, events: [alarm.raised] }
`,
  )
  return file
}

it('ends without waiting for InfluxDB, an OPC UA server, a broker and a mail server that hang', async () => {
  await using influx = await muteServer()
  await using opcua = await muteServer()
  await using mqtt = await muteServer()
  await using smtp = await muteServer()
  await using gateway = await startGateway({ config: configFor({ influx, opcua, mqtt, smtp }) })
  const wire = await openWire(gateway.mqttPort, 'meter-1', await gateway.deviceToken('meter-1'))
  await wire.publish(preparePublish('gatehouse/meter-1/readings', JSON.stringify({ volume: 1 })))
  await eventually(
    async () => [influx, opcua, mqtt, smtp].map(({ connections }) => connections),
    (connections) => connections.every((count) => count > 0),
  )
  const askedMs = performance.now()
  await gateway.stop('SIGTERM')
  expect(performance.now() - askedMs).toBeLessThan(ANSWER_WITHIN_MS / 2)
  expect(gateway.process.exitCode).toBe(0)
  wire.close()
})
