import { expect, it } from 'vitest'
import { DEMO_CONFIG, type GatehouseConfig, loadConfig } from './config.ts'
import { heardTwice, overlaps, unheard } from './heard.ts'

const CAMPUS = loadConfig(DEMO_CONFIG, { GATEHOUSE_DEMO: 'true' })
const [opcua] = CAMPUS.sources

const campusWith = (device: object, more: Partial<GatehouseConfig> = {}): GatehouseConfig => {
  const place = { institution: 'clinic' }
  const added = {
    id: 'new-1',
    name: 'New',
    family: 'water-meter' as const,
    profile: 'gatehouse/water-meter',
    place,
  }
  return {
    ...CAMPUS,
    ...more,
    site: { ...CAMPUS.site, devices: [...CAMPUS.site.devices, { ...added, ...device }] },
  }
}
const broker = (topics: string[]) =>
  [{ ...opcua, kind: 'mqtt', name: 'plant', topics }] as unknown as GatehouseConfig['sources']
const neuron = { profile: 'neuron/water-meter', address: 'plc/meter' }

it('everybody of the campus is heard', () => expect(unheard(CAMPUS)).toEqual([]))

it('a device whose topic nobody brings is named once for all of its profile', () => {
  expect(unheard({ ...CAMPUS, bridges: [] })).toEqual([])
  expect(unheard(campusWith(neuron))).toEqual([
    'device new-1 is heard on /neuron/+/+/+, but no bridge may publish there and no source of kind mqtt subscribes to it',
  ])
  const bridges = [{ name: 'neuron', publish: ['/neuron/app/plc/#'], subscribe: [] }]
  expect(unheard(campusWith(neuron, { bridges: [...CAMPUS.bridges, ...bridges] }))).toEqual([])
})

it('a source brings only what it subscribes to, and only what is of its kind', () => {
  const sources = [...CAMPUS.sources, ...broker(['gatehouse/+/readings'])]
  expect(unheard(campusWith({ source: 'plant' }, { sources }))).toEqual([])
  expect(unheard(campusWith({ ...neuron, source: 'plant' }, { sources }))).toEqual([
    'device new-1 is heard on /neuron/+/+/+, to which the source plant does not subscribe',
  ])
  expect(unheard(campusWith({ source: 'campus-opcua' }))).toEqual([
    'device new-1 comes by campus-opcua, an OPC UA server, but its profile reads MQTT',
  ])
  const node = { profile: 'gatehouse/water-meter-opcua', address: 'nsu=urn:x;s=M', source: 'plant' }
  expect(unheard(campusWith(node, { sources }))).toEqual([
    'device new-1 comes by plant, a broker, but its profile reads OPC UA',
  ])
})

it.each([
  ['a/#', 'a/b/c', true],
  ['a/+/c', 'a/b/+', true],
  ['+/b', 'a/b', true],
  ['$share/g/a/b', 'a/b', true],
  ['a/b', 'a/b/c', false],
  ['a/+', 'a/b/c', false],
  ['a/b', 'a/c', false],
])('%s and %s: %s', (one, other, wanted) => {
  expect([overlaps(one, other), overlaps(other, one)]).toEqual([wanted, wanted])
})

it('two sources that hear the same of one broker are told of, those that share it between them are not', () => {
  const from = (name: string, url: string, ...topics: string[]) =>
    broker(topics).map((one) => ({ ...one, name, url }))
  const told = (...sources: ReturnType<typeof from>) =>
    heardTwice({ sources } as Pick<GatehouseConfig, 'sources'>)
  const plant = from('one', 'mqtt://plant', 'a/#')
  expect(told(...plant, ...from('two', 'mqtt://plant', 'b/+', 'a/+/c'))).toEqual([
    'sources one and two hear the same at plant: a/# and a/+/c',
  ])
  expect(told(...plant, ...from('two', 'mqtt://plant', 'b/#'))).toEqual([])
  const shared = (name: string) => from(name, 'mqtt://plant', '$share/gateways/a/#')
  expect(told(...shared('one'), ...shared('two'))).toEqual([])
  expect(told(...plant, ...shared('two'))).toHaveLength(1)
  expect(told(...plant, ...from('two', 'mqtt://other', 'a/#'))).toEqual([])
})
