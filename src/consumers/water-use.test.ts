import { expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import type { Balance } from '../model/site.ts'
import { waterUseReader } from './water-use.ts'

const FROM = Date.UTC(2026, 2, 1, 16) // midnight in Shanghai
const HOUR_MS = 3_600_000
const HOUR = { from: FROM, to: FROM + HOUR_MS }
const USED = { main: 10, canteen: 6, tower: 3 } as const

const devices = Object.keys(USED).map((id): Device => {
  const place = { institution: 'school' }
  return { id, name: id, family: 'water-meter', profile: 'a/meter', place }
})
const book = {
  read: () =>
    Object.entries(USED).map(([device, volumeM3]) => ({
      device,
      use: {
        ...{ ...HOUR, volumeM3, knownMs: HOUR_MS, measuredMs: HOUR_MS },
        ...{ estimatedFrom: false, estimatedTo: false, exactFrom: true, exactTo: true },
      },
    })),
}

async function usedBy(by: 'institution' | 'device', counts?: Balance['counts']) {
  const balance = { id: 'campus', name: 'Campus', main: ['main'], subs: ['canteen', 'tower'] }
  const site = {
    ...{ timeZone: 'Asia/Shanghai', devices, balances: [{ ...balance, ...(counts && { counts }) }] },
    institutions: [{ id: 'school', name: 'School', type: 'school' as const, headCount: 1, areaM2: 1 }],
  }
  const rows: [string, number | null][] = []
  for await (const some of waterUseReader({ book, site })({ ...HOUR, step: 'hour', by }))
    rows.push(...some.map(({ id, volumeM3 }): [string, number | null] => [id, volumeM3]))
  return rows
}

it('an institution uses what all of its meters say, unless its balance says which side counts', async () => {
  expect(await usedBy('institution')).toEqual([['school', 19]])
  expect(await usedBy('institution', 'main')).toEqual([['school', 10]])
  expect(await usedBy('institution', 'subs')).toEqual([['school', 9]])
})

it('a building uses what stands in it; what an institution uses outside of all buildings is a row of its own', async () => {
  const meter = (id: string, place: Device['place']): Device => ({
    ...(devices[0] as Device),
    id,
    name: id,
    place,
  })
  const site = {
    ...{ timeZone: 'Asia/Shanghai', buildings: [{ id: 'hall', name: 'Hall', institution: 'school' }] },
    devices: [
      meter('main', { institution: 'school' }),
      meter('canteen', { institution: 'school', building: 'hall' }),
      meter('tower', { institution: 'clinic' }),
    ],
    institutions: ['school', 'clinic', 'club'].map((id) => {
      return { id, name: id.toUpperCase(), type: 'other' as const, headCount: 1, areaM2: 1 }
    }),
  }
  const rows = async (query: object) => {
    const read = waterUseReader({ book, site })({ ...HOUR, step: 'hour', by: 'building', ...query })
    const [some = []] = await Array.fromAsync(read)
    return some.map(({ id, name, volumeM3 }) => [id, name, volumeM3])
  }
  expect(await rows({})).toEqual([
    ['hall', 'Hall', 6],
    ['outdoors:clinic', 'CLINIC', 3],
    ['outdoors:school', 'SCHOOL', 10],
  ])
  expect(await rows({ institution: 'school' })).toEqual([
    ['hall', 'Hall', 6],
    ['outdoors:school', 'SCHOOL', 10],
  ])
  expect(await rows({ building: 'outdoors:school', by: 'device' })).toEqual([['main', 'main', 10]])
  expect(await rows({ institution: 'school', by: 'institution' })).toEqual([['school', 'SCHOOL', 16]])
  expect(await rows({ device: 'tower', by: 'device' })).toEqual([['tower', 'tower', 3]])
  expect(await rows({ institution: 'nobody', by: 'device' })).toEqual([])
  expect(await rows({ institution: 'club', by: 'institution' })).toEqual([['club', 'CLUB', null]])
})

it('every meter has its own row all the same', async () => {
  expect(await usedBy('device', 'main')).toEqual([
    ['canteen', 6],
    ['main', 10],
    ['tower', 3],
  ])
})
