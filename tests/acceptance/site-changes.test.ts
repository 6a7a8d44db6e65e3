/**
 * A site file that is changed tells another story of the same readings: after another time zone, and once a
 * meter has been moved.
 */
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Device } from '../../src/model/device.ts'
import { temporaryFolder } from '../support/gateway.ts'
import { gatewayHere } from '../support/gateway-here.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { campusConfig } from '../support/virtual-campus.ts'

const NOW = Date.parse('2026-10-08T09:00:00+08:00')
const FROM = Date.parse('2026-10-01T00:00:00+08:00')
const HOUR_MS = 3_600_000
/** A litre in the first hour of the day in China, two in the second, and so on. */
const M3_A_DAY = 0.3

const openedWith = (dataDir: string, timeZone: string, counted?: Device['counted']) => {
  const config = campusConfig(dataDir)
  const institutions = ['school', 'bureau'].map((id) => {
    return { id, name: id, type: 'school' as const, headCount: 100, areaM2: 1_000 }
  })
  const device: Device = {
    id: 'meter',
    name: 'meter',
    family: 'water-meter',
    profile: 'gatehouse/water-meter',
    place: { institution: 'bureau' },
    ...(counted && { counted }),
  }
  const site = { id: 'region', name: 'Region', timeZone, institutions, devices: [device], balances: [] }
  return gatewayHere({ ...config, site: { ...config.site, ...site }, rules: [], seats: [] }, NOW)
}

it('days of use are those of the zone, and of whom the meter counts for, that the site names today', async () => {
  const dataDir = temporaryFolder('site-changes')
  const span = 'from=2026-10-02T00:00:00%2B08:00&to=2026-10-06T00:00:00%2B08:00&step=day'
  const asked = async (here: Awaited<ReturnType<typeof openedWith>>) => {
    const { body } = await here.api(`/water-use?${span}&by=institution`, { role: 'energy' })
    const { items } = body as {
      items: { from: string; id: string; volumeM3: number | null; quality: string }[]
    }
    return items.map(({ from, id, volumeM3, quality }) => [from.slice(8, 10), id, volumeM3, quality])
  }
  {
    await using here = await openedWith(dataDir, 'UTC')
    const wire = await openWire(
      here.gateway.ports.mqtt,
      'meter',
      await here.gateway.operations.registry.issueDeviceToken('meter', 'test'),
    )
    const samples = []
    let litres = 1_000
    for (let at = FROM; at < NOW; at += HOUR_MS) {
      samples.push({ time: at, volume: litres / 1_000 })
      litres += (((at - FROM) / HOUR_MS) % 24) + 1
    }
    await wire.publish(preparePublish('gatehouse/meter/readings', JSON.stringify(samples)))
    wire.close()
    await here.gateway.settled()
    await here.pass(10_000)
  }
  {
    await using here = await openedWith(dataDir, 'Asia/Shanghai')
    expect(await asked(here)).toEqual(
      ['02', '03', '04', '05'].flatMap((day) => [
        [day, 'bureau', M3_A_DAY, 'measured'],
        [day, 'school', null, 'missing'],
      ]),
    )
  }
  await using here = await openedWith(dataDir, 'Asia/Shanghai', [
    { institution: 'school', until: '2026-10-04' },
    { institution: 'bureau', from: '2026-10-04' },
  ])
  expect((await asked(here)).filter(([, , volumeM3]) => volumeM3 !== null)).toEqual([
    ['02', 'school', M3_A_DAY, 'measured'],
    ['03', 'school', M3_A_DAY, 'measured'],
    ['04', 'bureau', M3_A_DAY, 'measured'],
    ['05', 'bureau', M3_A_DAY, 'measured'],
  ])
  rmSync(dataDir, { recursive: true, force: true })
})
