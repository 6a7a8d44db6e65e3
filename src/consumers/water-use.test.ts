import { describe, expect, it } from 'vitest'
import { usesOf } from '../../tests/support/uses-of.ts'
import type { AskedWater } from '../metering/subjects.ts'
import type { UseQuery, UseRow } from '../metering/water-use.ts'
import type { Device } from '../model/device.ts'
import type { Balance } from '../model/site.ts'
import type { HourUse } from '../model/water-use.ts'
import { waterReports } from './water-reports.ts'
import { waterUseReader } from './water-use.ts'

const FROM = Date.UTC(2026, 2, 1, 16) // midnight in Shanghai
const HOUR_MS = 3_600_000
const HOUR = { from: FROM, to: FROM + HOUR_MS }
const USED = { main: 10, canteen: 6, tower: 3 } as const

const devices = Object.keys(USED).map((id): Device => {
  const place = { institution: 'school' }
  return { id, name: id, family: 'water-meter', profile: 'a/meter', place }
})
const book = usesOf(() =>
  Object.entries(USED).map(([device, volumeM3]) => ({
    device,
    use: {
      ...HOUR,
      volumeM3,
      knownMs: HOUR_MS,
      measuredMs: HOUR_MS,
      estimatedFrom: false,
      estimatedTo: false,
      exactFrom: true,
      exactTo: true,
    },
  })),
)

async function usedBy(by: 'institution' | 'device', counts?: Balance['counts']) {
  const balance = { id: 'campus', name: 'Campus', main: ['main'], subs: ['canteen', 'tower'] }
  const site = {
    timeZone: 'Asia/Shanghai',
    devices,
    balances: [{ ...balance, ...(counts && { counts }) }],
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
    timeZone: 'Asia/Shanghai',
    buildings: [{ id: 'hall', name: 'Hall', institution: 'school' }],
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

it('water that is used again has its own rows, and is no intake', async () => {
  const use = (volumeM3: number): HourUse => ({
    ...HOUR,
    volumeM3,
    knownMs: HOUR_MS,
    measuredMs: HOUR_MS,
    exactFrom: true,
    exactTo: true,
    estimatedFrom: false,
    estimatedTo: false,
  })
  const volumes: Readonly<Record<string, number>> = { main: 10, well: 4, garden: 2 }
  const book = usesOf(() => Object.entries(volumes).map(([device, m3]) => ({ device, use: use(m3) })))
  const meter = (id: string, water: Pick<Device, 'water'>): Device => ({
    id,
    name: id,
    family: 'water-meter',
    profile: 'a/meter',
    place: { institution: 'school' },
    ...water,
  })
  const site = {
    timeZone: 'Asia/Shanghai',
    institutions: [{ id: 'school', name: 'S', type: 'school' as const, headCount: 1, areaM2: 1 }],
    devices: [meter('main', {}), meter('well', { water: 'well' }), meter('garden', { water: 'reclaimed' })],
  }
  const used = async (water?: AskedWater) => {
    const read = waterUseReader({ book, site })({ ...HOUR, step: 'hour', by: 'institution', water })
    const [rows = []] = await Array.fromAsync(read)
    return rows.map(({ volumeM3 }) => volumeM3)
  }
  expect(await used()).toEqual([16])
  expect(await used('intake')).toEqual([14])
  expect(await used('tap')).toEqual([10])
  expect(await used('reclaimed')).toEqual([2])
  expect(await used('surface'), 'who has none is missing nothing').toEqual([])
})

describe('a meter that was moved, put up or taken away', () => {
  const june = (day: number) => Date.UTC(2026, 5, day, -8)
  const DAY_MS = 24 * HOUR_MS
  /** Each meter a cubic metre a day from 1 June on, and nothing known before. */
  const daily = (known: readonly string[], since = june(1)) =>
    usesOf((from, step) =>
      (from < since || step === 'hour' ? [] : known).map((device) => ({
        device,
        use: {
          from,
          to: from + DAY_MS,
          volumeM3: 1,
          knownMs: DAY_MS,
          measuredMs: DAY_MS,
          estimatedFrom: false,
          estimatedTo: false,
          exactFrom: true,
          exactTo: true,
        },
      })),
    )
  const institution = (id: string) =>
    ({ id, name: id, type: 'office', headCount: 1, areaM2: 1, quota: { yearM3: 365 } }) as const
  const meter = (id: string, counted: Device['counted']): Device => ({
    id,
    name: id,
    family: 'water-meter',
    profile: 'a/meter',
    place: { institution: 'clinic' },
    ...(counted && { counted }),
  })
  const site = (...devices: Device[]) => ({
    timeZone: 'Asia/Shanghai',
    institutions: [institution('clinic'), institution('school')],
    devices,
    buildings: [{ id: 'hall', name: 'Hall', institution: 'school' }],
  })
  const moved = meter('moved', [
    { institution: 'school', building: 'hall', until: '2026-06-11' },
    { institution: 'clinic', from: '2026-06-11' },
  ])
  const rows = async (query: Partial<UseQuery>, ...devices: Device[]) => {
    const ids = devices.map(({ id }) => id)
    const range = { from: june(1), to: june(31), step: 'month' as const, by: 'institution' as const }
    const read = waterUseReader({ book: daily(ids), site: site(...devices) })({ ...range, ...query })
    return (await Array.fromAsync(read)).flat()
  }
  const brief = ({ id, volumeM3, quality, coverage }: UseRow) => [id, volumeM3, quality, coverage]

  it('counts for each of the two in its time, to the day', async () => {
    expect((await rows({}, moved)).map(brief)).toEqual([
      ['clinic', 20, 'measured', 1],
      ['school', 10, 'measured', 1],
    ])
    const days = await rows({ step: 'day', from: june(10), to: june(12) }, moved)
    expect(days.map(({ id, volumeM3, meterMs }) => [id, volumeM3, meterMs / DAY_MS])).toEqual([
      ['clinic', null, 0],
      ['school', 1, 1],
      ['clinic', 1, 1],
      ['school', null, 0],
    ])
    expect((await rows({ by: 'building' }, moved)).map(brief)).toEqual([
      ['hall', 10, 'measured', 1],
      ['outdoors:clinic', 20, 'measured', 1],
    ])
    expect((await rows({ by: 'device' }, moved)).map(brief)).toEqual([['moved', 30, 'measured', 1]])
    expect((await rows({ by: 'device', institution: 'school' }, moved)).map(brief)).toEqual([
      ['moved', 10, 'measured', 1],
    ])
  })

  it('is not missed before it was there, where the site says since when it counts', async () => {
    const range = { from: Date.UTC(2026, 4, 1, -8), to: june(31) }
    const always = meter('always', undefined)
    const added = meter('added', [{ institution: 'clinic', from: '2026-06-21' }])
    const [before, after] = [daily(['always'], 0), daily(['added'], june(21))]
    const book = usesOf((from, step) => [...before.rows(from, step), ...after.rows(from, step)])
    const standing = async (device: Device) => {
      const reports = waterReports({ book, site: site(always, device) })
      return (await reports.quotas(2026, june(30)))[0]
    }
    expect(await standing(meter('added', undefined)), 'a meter that nobody said was new').toMatchObject({
      daysPassed: 180,
      daysKnown: 9,
    })
    expect(await standing(added)).toMatchObject({ daysPassed: 180, daysKnown: 180, usedM3: 189 })
    const [may, inJune] = (
      await Array.fromAsync(
        waterUseReader({ book, site: site(always, added) })({ ...range, step: 'month', by: 'institution' }),
      )
    ).map(([clinic]) => clinic && brief(clinic))
    expect(may?.slice(2), 'of a meter that did not count nothing is missing').toEqual(['measured', 1])
    expect(inJune).toEqual(['clinic', 40, 'measured', 1])
  })
})
