import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFor } from '../../tests/support/operations.ts'
import { DEMO_CONFIG, type GatehouseConfig, loadConfig } from '../config/config.ts'
import { leftOut, withPasswords, withReal } from './demo.ts'

const CAMPUS = loadConfig(DEMO_CONFIG, { GATEHOUSE_DEMO: 'true' })

const campusWith = (id: string, more: object): GatehouseConfig => ({
  ...CAMPUS,
  site: {
    ...CAMPUS.site,
    devices: CAMPUS.site.devices.map((device) => (device.id === id ? { ...device, ...more } : device)),
  },
})

it('everybody of the demo campus is simulated', () => {
  expect([...leftOut(CAMPUS)]).toEqual([])
})

it('a device that is there, or that no simulator speaks for, is left out and it is said why', () => {
  const broker = { ...CAMPUS.sources[0], kind: 'mqtt', name: 'plant' } as GatehouseConfig['sources'][number]
  const plant = { ...campusWith('meter-02', { source: 'plant' }), sources: [...CAMPUS.sources, broker] }
  const cases: [GatehouseConfig, string, RegExp][] = [
    [campusWith('meter-01', { simulated: false }), 'meter-01', /simulated: false/],
    [campusWith('meter-01', { profile: 'neuron/water-meter' }), 'meter-01', /no simulator speaks neuron/],
    [{ ...CAMPUS, bridges: [] }, 'meter-03', /no bridge wmbusmeters/],
    [plant, 'meter-02', /by the broker of plant/],
  ]
  for (const [config, device, because] of cases) expect(leftOut(config).get(device)).toMatch(because)
})

it('a device that a person gave a password is left alone, unless it is named; so are those behind a bridge', async () => {
  await using operations = await operationsFor(handClock(Date.parse('2026-11-22T10:00:00Z')))
  const { registry } = operations
  await registry.issueDeviceToken('meter-01', 'command line')
  await registry.issueDeviceToken('meter-02', 'simulator')
  await registry.issueBridgeToken('owntracks', 'li')
  const left = await withPasswords(CAMPUS, operations)
  expect([...left.keys()]).toEqual(['meter-01', 'vehicle-06'])
  expect(left.get('vehicle-06')).toContain('li')
  expect([...(await withPasswords(CAMPUS, operations, 'meter-01')).keys()]).toEqual(['vehicle-06'])
  const real = withReal(CAMPUS.site, left).devices.filter(({ simulated }) => simulated === false)
  expect(real.map(({ id }) => id)).toEqual(['meter-01', 'vehicle-06'])
})
