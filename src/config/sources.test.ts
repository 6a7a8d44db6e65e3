import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { DEMO_CONFIG, loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sources-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const SITE = join(import.meta.dirname, '../../tests/support/site/site.yaml')

const load = (names: readonly string[]) => {
  const sources = names.map((name) => ({
    kind: 'mqtt',
    name,
    url: 'mqtt://127.0.0.1:1883',
    clientId: name,
    topics: ['a/+'],
  }))
  const file = join(folder, 'gatehouse.yaml')
  writeFileSync(file, JSON.stringify({ site: SITE, sources }))
  return loadConfig(file, {})
}

it('refuses a source by the name under which the journal keeps the gateway’s own absences', () => {
  expect(load(['plant']).sources).toHaveLength(1)
  expect(() => load(['plant', 'gateway'])).toThrow(
    /sources\.1\.name: gateway is the name of the gateway itself/,
  )
  expect(() => load(['plant', 'plant'])).toThrow(/sources\.1\.name: two are named plant/)
})

const loadWith = (more: object) => {
  const file = join(folder, 'gatehouse.yaml')
  writeFileSync(file, JSON.stringify({ site: SITE, ...more }))
  return loadConfig(file, {})
}
const source = (more: object) => ({
  sources: [{ kind: 'mqtt', name: 'plant', url: 'mqtt://127.0.0.1:1883', topics: ['a/+'], ...more }],
})
const bridge = { name: 'wmbus', publish: ['wmbus/#'] }

it.each([
  [
    'two sources under one client id at one broker',
    {
      sources: [...source({}).sources, ...source({ name: 'other', clientId: 'gatehouse-plant' }).sources],
    },
    /sources\.1\.clientId: another source connects to 127\.0\.0\.1:1883 as gatehouse-plant already/,
  ],
  ['two bridges of one name', { bridges: [bridge, bridge] }, /bridges\.1\.name: two are named wmbus/],
  [
    'a source named as the embedded broker',
    source({ name: 'embedded-broker' }),
    /sources\.0\.name: embedded-broker is the name of the embedded broker/,
  ],
  [
    'an embedded broker named as the gateway',
    { mqtt: { name: 'gateway' } },
    /mqtt\.name: gateway is the name/,
  ],
  ['a # that is not last', source({ topics: ['a/#/b'] }), /sources\.0\.topics\.0: .*topic filter/],
  ['a + that is no whole level', source({ topics: ['x+/y'] }), /sources\.0\.topics\.0: .*topic filter/],
  [
    'such a filter of a bridge',
    { bridges: [{ ...bridge, publish: ['a#'] }] },
    /bridges\.0\.publish\.0: .*topic filter/,
  ],
  [
    'an authority that cannot be read',
    source({ url: 'mqtts://broker', caFile: '/nowhere/ca.pem' }),
    /sources\.0\.caFile: .*there is no such file/,
  ],
  ['an authority where nothing is encrypted', source({ caFile: 'ca.pem' }), /sources\.0\.url: .*mqtts/],
  [
    'a certificate that cannot be read',
    { mqtt: { certFile: '/nowhere/c', keyFile: '/nowhere/k' } },
    /mqtt\.certFile: .*there is no such file/,
  ],
  ['a certificate without its key', { mqtt: { certFile: '/nowhere/c' } }, /mqtt\.certFile: .*together/],
])('refuses %s before anything starts', (_what, config, reason) => {
  expect(() => loadWith(config)).toThrow(reason)
})

it('takes every filter that MQTT allows', () => {
  const topics = ['#', '+', 'a/+/b/#', '/a', '+/+', '$share/g/a/#']
  expect(loadWith(source({ topics })).sources[0]).toMatchObject({ topics })
})

it('names the line of a reference to what is not there', () => {
  const file = join(folder, 'lines.yaml')
  const text = `site: ${SITE}
notify:
  channels:
    - { name: office, kind: webhook, url: 'http://127.0.0.1:1', secret: shared }
  routes:
    - { channel: office, events: [alarm.raised] }
    - { channel: nope, events: [alarm.raised] }
`
  writeFileSync(file, text)
  expect(() => loadConfig(file, {})).toThrow(`${file}:7: notify.routes.1.channel: there is no channel nope`)
})

it('a source that only the demo brings is left out without it, so that nobody waits for its server', () => {
  const opcua = { kind: 'opcua', name: 'plant', endpoint: 'opc.tcp://127.0.0.1:4840' }
  const named = (more: object) => loadWith(more).sources.map(({ name }) => name)
  expect(named({ sources: [{ ...opcua, simulated: true }] })).toEqual([])
  expect(named({ sources: [{ ...opcua, simulated: true }], demo: true })).toEqual(['plant'])
  expect(named({ sources: [opcua] })).toEqual(['plant'])
  expect(loadConfig(DEMO_CONFIG, { GATEHOUSE_DEMO: 'false' }).sources).toEqual([])
  expect(loadConfig(undefined, {}).sources).toHaveLength(1)
})
