/** What docs/adding-a-device.md tells people to write does work as written. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { coversAny } from '../connect/grant.ts'
import type { Device } from '../model/device.ts'
import { DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { FAMILY_POINTS } from '../profiles/family-points.ts'
import { readProfiles } from './profiles.ts'
import { readSite } from './site.ts'

const ROOT = join(import.meta.dirname, '../..')
const GUIDE = readFileSync(join(ROOT, 'docs/adding-a-device.md'), 'utf8')
const PROFILES = readProfiles(join(ROOT, 'device-profiles'))
const SITE = readSite(
  join(ROOT, 'examples/campus/site.yaml'),
  new Map(PROFILES.map((profile) => [profileName(profile), profile])),
)

const BLOCKS = [...GUIDE.matchAll(/^ *```yaml\n([^`]*)```/gm)].map(([, block = '']) => parse(block))
const [ownMeter, edgeNode, opcuaMeter, profile, examples, acmeMeter, acmeBridge, gate, daily] = BLOCKS

const publish = (topic: string, payload: string) =>
  ({
    is: 'publish',
    source: 'embedded',
    topic,
    payload: new TextEncoder().encode(payload),
    retained: false,
  }) as const

it('its meters can be added to the campus, and the message it sends is read', () => {
  const devices: Device[] = [...ownMeter, ...opcuaMeter].map((device) => ({
    ...device,
    family: 'water-meter',
  }))
  for (const { id, place } of devices) {
    expect(
      SITE.devices.map((device) => device.id),
      'an id that is free',
    ).not.toContain(id)
    expect(SITE.buildings).toContainEqual(
      expect.objectContaining({ id: place.building, institution: place.institution }),
    )
  }
  const directory = compileProfiles(PROFILES, [...SITE.devices, ...devices])
  const [, topic = '', payload = ''] = /-t (\S+) -m '([^']+)'/.exec(GUIDE) ?? []
  expect(directory.decode(publish(topic, payload)).samples).toEqual([
    { device: 'meter-27', at: undefined, values: { volume: 1284.51, flow: 1.2 } },
  ])
})

it('its profile reads its message as its example says', () => {
  const acme = DeviceProfile.parse(profile)
  const device: Device = {
    id: 'acme-1',
    name: 'Acme',
    family: 'water-meter',
    profile: 'acme/ch-200',
    place: { institution: 'clinic' },
    address: '0042',
  }
  const [, payload = ''] = /`(\{"dev".*?\}\})`/.exec(GUIDE) ?? []
  expect(JSON.parse(payload)).toEqual(examples[0].payload)
  const { samples } = compileProfiles([acme], [device]).decode(publish('plant/acme', payload))
  const [wanted] = examples[0].samples
  expect(samples).toEqual([{ device: 'acme-1', at: Date.parse(wanted.at), values: wanted.values }])
})

it('its device of another model is brought by the bridge that it declares', () => {
  const [{ profile: name, address, place }, acme] = [acmeMeter[0], DeviceProfile.parse(profile)]
  expect([name, address]).toEqual([profileName(acme), examples[0].address])
  expect(SITE.institutions.map(({ id }) => id)).toContain(place.institution)
  expect(coversAny(acmeBridge.bridges[0].publish, 'topic' in acme ? acme.topic : '')).toBe(true)
})

it('its gate of another make tells a passage in the words of the family', () => {
  const place = { institution: 'clinic' }
  const device = {
    id: 'g-1',
    name: 'Gate',
    family: 'access-control-gate',
    profile: 'acme/gate-7',
    place,
  } as const
  const [, payload = '', topic = ''] = /`(\{"when".*?\})` on `([^`]+)`/.exec(GUIDE) ?? []
  const directory = compileProfiles([DeviceProfile.parse(gate)], [{ ...device, address: '17' }])
  const at = Date.parse('2026-10-01T08:00:00+08:00')
  const values = { door: 'open', access: 'granted', credential: 'A-17' }
  expect(directory.decode(publish(topic, payload)).samples).toEqual([{ device: 'g-1', at, values }])
})

it('its day of samples in one message is as many readings', () => {
  const place = { institution: 'clinic' }
  const device = { id: 'nb-1', name: 'NB', family: 'water-meter', profile: 'acme/nb-100', place } as const
  const [, payload = '', topic = ''] = /`(\{"head".*?\]\}\})` on `([^`]+)`/.exec(GUIDE) ?? []
  const directory = compileProfiles([DeviceProfile.parse(daily)], [{ ...device, address: '8600042' }])
  expect(directory.decode(publish(topic, payload)).samples).toEqual([
    { device: 'nb-1', at: Date.parse('2026-10-01T00:00:00+08:00'), values: { volume: 1284.51 } },
    { device: 'nb-1', at: Date.parse('2026-10-01T00:15:00+08:00'), values: { volume: 1284.73 } },
  ])
})

it('its edge node may say and hear what Sparkplug needs', () => {
  const [{ publish: saying, subscribe: hearing }] = edgeNode.bridges
  for (const topic of ['NBIRTH/Pump house', 'DDATA/Pump house/Meter 1'])
    expect(coversAny(saying, `spBv1.0/Campus/${topic}`), topic).toBe(true)
  for (const filter of ['NCMD/Pump house', 'NCMD/Pump house/#'])
    expect(coversAny(hearing, `spBv1.0/Campus/${filter}`), filter).toBe(true)
})

it('it lists every codec with its usual topic', () => {
  for (const profile of PROFILES) {
    const row = GUIDE.split('\n').find((line) => line.startsWith(`| \`${profile.codec}\``)) ?? ''
    expect(row, profile.codec).not.toBe('')
    const topic = 'topic' in profile && profile.codec !== 'json' ? profile.topic : ''
    expect(row).toContain(topic)
  }
})

it('it names the points of every family, and only files that are there', () => {
  for (const [family, points] of Object.entries(FAMILY_POINTS)) {
    const row = GUIDE.split('\n').find((line) => line.startsWith(`| \`${family}\``)) ?? ''
    for (const point of Object.keys(points)) expect(row).toContain(`\`${point}\``)
  }
  const files = [...GUIDE.matchAll(/`((?:device-profiles|examples|src)\/[\w./-]+\.(?:yaml|json|ts))`/g)].map(
    ([, file = '']) => file,
  )
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})
