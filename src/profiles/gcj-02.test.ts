import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import { DeviceProfile } from './device-profile.ts'
import { compileProfiles } from './directory.ts'
import { toGcj02, toWgs84 } from './gcj-02.ts'

describe('GCJ-02', () => {
  it.each<[string, readonly [number, number], readonly [number, number]]>([
    ['Yinchuan', [106.230909, 38.487193], [106.2353079, 38.4876525]],
    ['Guyuan', [106.24261, 36.015855], [106.2468053, 36.0156706]],
    ['Beijing', [116.397428, 39.90923], [116.4036716, 39.9106335]],
  ])('%s is shifted as on a Chinese map, and back', (_where, wgs84, gcj02) => {
    const there = toGcj02(...wgs84)
    expect([there[0].toFixed(7), there[1].toFixed(7)]).toEqual([gcj02[0].toFixed(7), gcj02[1].toFixed(7)])
    const back = toWgs84(...gcj02)
    expect(back[0]).toBeCloseTo(wgs84[0], 6)
    expect(back[1]).toBeCloseTo(wgs84[1], 6)
  })

  it('nothing is shifted abroad', () => {
    expect(toWgs84(2.17, 41.38)).toEqual([2.17, 41.38])
    expect(toGcj02(0, 0)).toEqual([0, 0])
  })

  it('the way back is the way there, all over the country', () => {
    const within = (min: number, max: number) => fc.double({ min, max, noNaN: true })
    fc.assert(
      fc.property(within(74, 135), within(18, 53), (lon, lat) => {
        const [x, y] = toWgs84(...toGcj02(lon, lat))
        expect(Math.hypot(x - lon, y - lat)).toBeLessThan(1e-7) // a centimetre
      }),
    )
  })
})

describe('a tracker that says GCJ-02', () => {
  const profile = (more: object) => ({
    vendor: 'acme',
    model: 'tracker',
    family: 'vehicle-tracker',
    description: 'A tracker behind a platform of Chinese maps.',
    codec: 'gatehouse-json',
    measuresEveryMs: 10_000,
    reportsEveryMs: 10_000,
    coordinates: 'gcj-02',
    points: {
      lat: { type: 'number', unit: '°', range: [-90, 90] },
      lon: { type: 'number', unit: '°', range: [-180, 180] },
      speed: { type: 'number', unit: 'km/h' },
    },
    ...more,
  })
  const device: Device = {
    id: 'car-1',
    name: 'Car',
    family: 'vehicle-tracker',
    profile: 'acme/tracker',
    place: { institution: 'bureau' },
  }
  const read = (said: object) => {
    const message = {
      is: 'publish' as const,
      source: 'embedded',
      topic: 'gatehouse/car-1/readings',
      payload: new TextEncoder().encode(JSON.stringify(said)),
      retained: false,
    }
    return compileProfiles([DeviceProfile.parse(profile({}))], [device]).decode(message).samples
  }

  it('is kept where it is', () => {
    const [sample] = read({ lon: 106.2353079, lat: 38.4876525, speed: 3 })
    expect(sample?.values).toMatchObject({ speed: 3 })
    expect(sample?.values.lon).toBeCloseTo(106.230909, 6)
    expect(sample?.values.lat).toBeCloseTo(38.487193, 6)
  })

  it('with half a position says nothing of where it is', () => {
    expect(read({ lat: 38.4876525, speed: 3 })[0]).toMatchObject({
      values: { lat: 38.4876525, speed: 3 },
      doubts: { lat: 'bad' },
    })
    expect(read({ speed: 3 })[0]?.values).toEqual({ speed: 3 })
  })

  it('must say both in one sample', () => {
    const problems = (more: object) =>
      DeviceProfile.safeParse(profile(more)).error?.issues.map(({ path, message }) => `${path}: ${message}`)
    expect(problems({})).toBeUndefined()
    expect(problems({ points: { speed: { type: 'number', unit: 'km/h' } } })).toEqual([
      'coordinates: `coordinates` is of lat and lon, said together; codec opcua says each by itself',
    ])
  })
})
