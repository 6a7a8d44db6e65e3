import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { profileName } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { readProfiles } from './profiles.ts'
import { readSite } from './site.ts'

const ROOT = join(import.meta.dirname, '../..')
const CAMPUS = join(ROOT, 'examples/campus')
const PROFILES = readProfiles(join(ROOT, 'device-profiles'))
const KNOWN = new Map(PROFILES.map((profile) => [profileName(profile), profile]))

describe('the campus', () => {
  const site = readSite(join(CAMPUS, 'site.yaml'), KNOWN)
  const families = Object.groupBy(site.devices, ({ family }) => family)

  it('has every family, meters on all three ways in', () => {
    expect(
      Object.fromEntries(Object.entries(families).map(([family, devices]) => [family, devices.length])),
    ).toEqual({
      'water-meter': 26,
      'access-control-gate': 6,
      'patrol-checkpoint': 8,
      'vehicle-tracker': 6,
    })
    expect(new Set(families['water-meter']?.map(({ profile }) => profile))).toEqual(
      new Set(['gatehouse/water-meter', 'gatehouse/water-meter-opcua', 'wmbusmeters/water-meter']),
    )
  })

  it('can be bound to its profiles', () => {
    const directory = compileProfiles(PROFILES, site.devices)
    expect(directory.monitored('campus-opcua')).toHaveLength(6)
  })

  it('measures the water of every institution', () => {
    const measured = new Set(families['water-meter']?.map(({ place }) => place.institution))
    expect(site.institutions.map(({ id }) => id).filter((id) => !measured.has(id))).toEqual([])
  })

  it('draws every building, and every device within the campus', () => {
    const drawn = new Set(site.zones.filter(({ kind }) => kind === 'building').map(({ id }) => id))
    expect(site.buildings.filter(({ id }) => !drawn.has(id))).toEqual([])
    const border = site.zones.find(({ kind }) => kind === 'campus')?.rings[0] ?? []
    const [lons, lats] = [border.map(([lon]) => lon), border.map(([, lat]) => lat)]
    const outside = site.devices.filter(
      ({ position }) =>
        position &&
        (position.lon < Math.min(...lons) ||
          position.lon > Math.max(...lons) ||
          position.lat < Math.min(...lats) ||
          position.lat > Math.max(...lats)),
    )
    expect(outside).toEqual([])
  })
})

describe('a slip of the pen has its line', () => {
  const SITE = readFileSync(join(CAMPUS, 'site.yaml'), 'utf8')
  const ZONES = readFileSync(join(CAMPUS, 'zones.geojson'), 'utf8')

  const reading = (site: string, zones: string) => () => {
    const folder = mkdtempSync(join(tmpdir(), 'site-'))
    try {
      writeFileSync(join(folder, 'site.yaml'), site)
      writeFileSync(join(folder, 'zones.geojson'), zones)
      copyFileSync(join(CAMPUS, 'calendar.yaml'), join(folder, 'calendar.yaml'))
      return readSite(join(folder, 'site.yaml'), KNOWN)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

  it.each([
    ['institution: finance-department }', 'institution: finanse }', 'there is no institution finanse'],
    [
      'profile: gatehouse/water-meter',
      'profile: gatehouse/watermeter',
      'there is no profile gatehouse/watermeter',
    ],
    ['building: tower-2 }', 'building: tower-9 }', 'there is no building tower-9'],
    ['building: tower-2 }', 'building: tower-3 }', 'tower-3 belongs to education-department'],
    [
      'checkpoint: checkpoint-03',
      'checkpoint: gate-east',
      'gate-east is no patrol checkpoint among the devices',
    ],
    ['device: vehicle-02', 'device: meter-02', 'meter-02 is no vehicle tracker among the devices'],
    ['homeZones: [motor-pool]', 'homeZones: [garage]', 'there is no zone garage'],
    ['id: meter-05', 'id: meter-04', 'there are two of meter-04'],
    ['id: meter-05', 'id: Meter_05', 'lower-case letters, digits and dashes'],
    ['name: 1号楼 Tower 1', 'name: "\\e[31mTower"', 'one line of at most 200 characters'],
    ['name: 1号楼 Tower 1', `name: ${'x'.repeat(201)}`, 'one line of at most 200 characters'],
    ['headCount: 320', 'heads: 320', 'there is no such key'],
    ['timeZone: Asia/Shanghai', 'timeZone: Asia/Yinchuan', 'an IANA time zone'],
  ])('%s → %s', (right, wrong, reason) => {
    const text = SITE.replace(right, wrong)
    const line = lineOf(SITE, right)
    expect(reading(text, ZONES)).toThrow(new RegExp(`site\\.yaml:${line}: .*${reason}`))
  })

  const moved = '    place: { institution: finance-department, building: tower-2 }\n'
  it.each([
    ['{ institution: finanse }', 'there is no institution finanse'],
    ['{ institution: finance-department, from: 2026-02-30 }', 'a date such as 2026-07-01'],
    ['{ institution: finance-department, from: 2026-07-02, until: 2026-07-02 }', 'comes before 2026-07-02'],
    [
      '{ institution: education-department, until: 2026-07-01 }, { institution: finance-department, from: 2026-06-30 }',
      'begins before the one above ends',
    ],
    [
      '{ institution: education-department }, { institution: finance-department, from: 2026-06-30 }',
      'above ends .never',
    ],
  ])('a meter counted for %s: %s', (counted, reason) => {
    const text = SITE.replace(moved, `${moved}    counted: [${counted}]\n`)
    expect(reading(text, ZONES)).toThrow(new RegExp(`site\\.yaml:${lineOf(SITE, moved) + 1}: .*${reason}`))
  })

  it.each([
    ['{ at: 2026-07-01, finalM3: 5 }', 'a time of the site such as 2026-07-01T10:30'],
    ['{ at: 2026-07-01T10:30 }', 'finalM3'],
    [
      '{ at: 2026-07-01T10:30, finalM3: 5 }, { at: 2026-06-01T10:30, finalM3: 5 }',
      'is not after the one above, 2026-07-01T10:30',
    ],
  ])('a meter exchanged at %s', (exchanges, reason) => {
    const given = (some: string) => SITE.replace(moved, `${moved}    exchanges: [${some}]\n`)
    expect(reading(given(exchanges), ZONES)).toThrow(
      new RegExp(`site\\.yaml:${lineOf(SITE, moved) + 1}: .*${reason}`),
    )
    const { devices } = reading(given('{ at: 2026-07-01T10:30, finalM3: 5 }'), ZONES)()
    expect(devices.flatMap((device) => device.exchanges ?? [])).toEqual([
      { at: '2026-07-01T10:30', finalM3: 5, initialM3: 0 },
    ])
  })

  it('a meter that was moved counts for both, each in its time', () => {
    const counted =
      '[{ institution: education-department, until: 2026-07-01 }, { institution: finance-department, from: 2026-07-01 }]'
    const { devices } = reading(SITE.replace(moved, `${moved}    counted: ${counted}\n`), ZONES)()
    expect(devices.flatMap((device) => device.counted ?? [])).toEqual([
      { institution: 'education-department', until: '2026-07-01' },
      { institution: 'finance-department', from: '2026-07-01' },
    ])
  })

  it.each([
    ['"id": "garden"', '"id": "campus"', 'there are two of campus'],
    ['"kind": "area"', '"kind": "lawn"', 'kind'],
    ['"type": "Polygon"', '"type": "Point"', 'type'],
  ])('%s → %s', (right, wrong, reason) => {
    expect(reading(SITE, ZONES.replace(right, wrong))).toThrow(
      new RegExp(`zones\\.geojson:\\d+: .*${reason}`),
    )
  })

  it.each([
    ['meter-99', 'meter-99 is no water meter among the devices'],
    ['gate-east', 'gate-east is no water meter among the devices'],
    ['meter-01', 'meter-01 is in this balance already'],
  ])('a balance with %s', (sub, reason) => {
    const balance = `balances:\n  - { id: tower-1, name: Tower 1, main: [meter-01], subs: [meter-02, ${sub}] }\n\n`
    const text = SITE.replace(/\nbalances:\n(?:[ #].*\n|\n)*/, '\n').replace(
      'vehicles:\n',
      `${balance}vehicles:\n`,
    )
    expect(reading(text, ZONES)).toThrow(new RegExp(`site\\.yaml:${lineOf(text, `${sub}]`)}: .*${reason}`))
    const mended = reading(text.replace(`, ${sub}]`, ']'), ZONES)()
    expect(mended.balances).toEqual([
      { id: 'tower-1', name: 'Tower 1', main: ['meter-01'], subs: ['meter-02'] },
    ])
  })

  it.each([
    ['{ yearM3: 4000, perHeadM3: 12 }', 'one of yearM3, perHeadM3 and perM2M3'],
    [
      '{ yearM3: 1, tiers: [{ above: 0.3, surcharge: 1 }, { above: 0.3, surcharge: 2 }] }',
      'each tier begins above',
    ],
    ['{ months: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }', 'one of yearM3, perHeadM3 and perM2M3'],
    ['{ yearM3: 4000, months: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }', 'all months are zero'],
    ['{ yearM3: 0 }', 'quota.yearM3'],
  ])('a quota of %s', (quota, reason) => {
    const withQuota = (given: string) => SITE.replace('headCount: 640', `headCount: 640, quota: ${given}`)
    expect(reading(withQuota(quota), ZONES)).toThrow(reason)
    const { institutions } = reading(withQuota('{ perHeadM3: 12 }'), ZONES)()
    expect(institutions.find(({ headCount }) => headCount === 640)?.quota).toEqual({ perHeadM3: 12 })
  })

  it.each([
    ['[{ headCount: 600 }]', 'until'],
    ['[{ until: 2026-09-01, heads: 600 }]', 'there is no such key'],
    [
      '[{ until: 2026-09-01, headCount: 600 }, { until: 2026-09-01, headCount: 500 }]',
      'is not after the one above, 2026-09-01',
    ],
    ['[{ until: 2026-09-01, quota: { yearM3: 9 } }]', 'a quota is of whole years'],
  ])('an institution that was formerly %s', (formerly, reason) => {
    const given = (some: string) => SITE.replace('headCount: 640', `headCount: 640, formerly: ${some}`)
    expect(reading(given(formerly), ZONES)).toThrow(reason)
    const fine = '[{ until: 2026-01-01, quota: { yearM3: 9 } }, { until: 2026-09-01, headCount: 600 }]'
    const { institutions } = reading(given(fine), ZONES)()
    expect(institutions.find(({ headCount }) => headCount === 640)?.formerly).toEqual([
      { until: '2026-01-01', quota: { yearM3: 9 } },
      { until: '2026-09-01', headCount: 600 },
    ])
  })

  it('a ring that does not end where it began', () => {
    const open = ZONES.replace(/\[106\.\d+, (38\.\d+)\]/, '[106.1, $1]')
    expect(reading(SITE, open)).toThrow(/zones\.geojson:\d+: .*a ring ends where it began/)
  })
})
