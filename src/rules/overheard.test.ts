import { describe, expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { createEngine } from './engine.ts'
import { RulesOptions } from './index.ts'

const gate = (id: string, place: Omit<Device['place'], 'institution'>): Device => ({
  id,
  name: id,
  family: 'access-control-gate',
  profile: 'gatehouse/access-control-gate',
  place: { institution: 'library', ...place },
})

const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [{ id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 }],
  buildings: [{ id: 'tower', name: 'Tower', institution: 'library' }],
  zones: [],
  routes: [],
  vehicles: [],
  devices: [
    gate('lobby', { building: 'tower' }),
    gate('stairs', { building: 'tower', zone: 'yard' }),
    gate('yard-gate', { zone: 'yard' }),
    gate('shed', {}),
  ],
}

const rules = (scope: object = {}, site = SITE, common: object = {}) =>
  bindRules(
    RulesOptions.parse({
      rules: [
        { id: 'forced', kind: 'door-forced', severity: 'high', verifyMs: 1, options: {}, scope },
        { id: 'held', kind: 'door-held-open', severity: 'low', verifyMs: 1, options: {}, scope, ...common },
        { id: 'unlocked', kind: 'door-unlocked', severity: 'low', verifyMs: 1, options: {}, scope },
      ],
    }).rules,
    site,
    () => ({}),
  )

const reading = (device: string, at: number, values: Record<string, string | boolean>) => ({
  device,
  at,
  receivedAt: at,
  values,
})

describe('the fire release of a building', () => {
  const [forced] = rules()

  it('concerns all its doors, whichever of them says it, and no other door', () => {
    expect(forced?.subjectsOf(reading('lobby', 0, { fire: true }))).toEqual(['lobby', 'stairs'])
    expect(forced?.subjectsOf(reading('yard-gate', 0, { fire: true }))).toEqual(['yard-gate'])
    expect(forced?.subjectsOf(reading('shed', 0, { fire: true }))).toEqual(['shed'])
  })

  it('is all that doors tell each other', () => {
    expect(forced?.subjectsOf(reading('lobby', 0, { door: 'open' }))).toEqual(['lobby'])
  })

  it('is heard of a door that the rule does not judge', () => {
    const [only] = rules({ devices: ['lobby'] })
    expect([...(only?.subjects.keys() ?? [])]).toEqual(['lobby'])
    expect(only?.subjectsOf(reading('stairs', 0, { fire: true }))).toEqual(['lobby'])
    expect(only?.subjectsOf(reading('stairs', 0, { door: 'open' }))).toEqual([])
  })

  it('keeps a door that people flee through from ringing as forced or held open, and nothing else', () => {
    const engine = createEngine(rules())
    let offset = 0
    const told: string[] = []
    const say = (at: number, device?: string, values: Record<string, string | boolean> = {}) => {
      const records = device === undefined ? [] : [{ is: 'reading' as const, device, at, values }]
      for (const { rule, subject, breached } of engine.take({ offset: offset++, receivedAt: at, records }))
        told.push(`${breached ? '+' : '-'}${rule} ${subject}`)
    }
    for (const { id } of SITE.devices) say(0, id, { door: 'closed', lock: 'locked' })
    say(1_000, 'stairs', { fire: true, door: 'closed' })
    say(2_000, 'lobby', { door: 'open' })
    say(3_000, 'yard-gate', { door: 'open' })
    say(60_000)
    expect(told).toEqual(['+forced yard-gate', '+held yard-gate'])
    say(61_000, 'stairs', { fire: false })
    say(91_000)
    expect(told.slice(2)).toEqual(['+held lobby'])
  })

  const without = { ...SITE, devices: SITE.devices.filter(({ id }) => id !== 'stairs') }
  const moved = {
    ...SITE,
    devices: SITE.devices.map((device) =>
      device.id === 'stairs' ? gate('stairs', { zone: 'yard' }) : device,
    ),
  }
  it.each([
    ['was removed from the site', without, {}, ['+held lobby']],
    ['was moved to another place', moved, {}, ['+held lobby']],
    ['was removed, by a rule with delays', without, { onDelayMs: 1 }, ['+held lobby']],
    ['is still there', SITE, {}, []],
  ])('ends at the next start where the controller that says it %s', (_how, site, common, wanted) => {
    let engine = createEngine(rules({}, SITE, common))
    const told: string[] = []
    const say = (at: number, device?: string, values: Record<string, string | boolean> = {}) => {
      const records = device === undefined ? [] : [{ is: 'reading' as const, device, at, values }]
      for (const { rule, subject, breached } of engine.take({ offset: at, receivedAt: at, records }))
        if (subject === 'lobby') told.push(`${breached ? '+' : '-'}${rule} ${subject}`)
    }
    for (const { id } of SITE.devices) say(0, id, { door: 'closed', lock: 'locked' })
    say(1_000, 'stairs', { fire: true, door: 'closed' })
    say(2_000, 'lobby', { door: 'open' })
    say(60_000)
    engine = createEngine(rules({}, site, common), JSON.parse(JSON.stringify(engine.changedStates())))
    say(61_000)
    say(90_000)
    expect(told).toEqual([])
    say(92_000)
    expect(told).toEqual(wanted)
    say(93_000, 'lobby', { door: 'closed' })
    say(94_000, 'lobby', { door: 'open' })
    expect(told).toEqual(wanted.length === 0 ? [] : ['+held lobby', '-held lobby', '+forced lobby'])
  })
})
