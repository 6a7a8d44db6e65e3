import { describe, expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from '../rules/bind.ts'
import { RulesOptions } from '../rules/index.ts'
import { bindPart, bindSides, PART_ROWS, partsOf, sidesOf } from './parts.ts'
import type { BacktestSetup } from './setup.ts'

const device = (id: string, family: Device['family']): Device => ({
  id,
  name: id,
  family,
  profile: 'p',
  place: { institution: 'i' },
})
const METERS = Array.from({ length: 20 }, (_, n) =>
  device(`meter-${String(n).padStart(2, '0')}`, 'water-meter'),
)
const CHECKPOINTS = ['a', 'b', 'c'].map((id) => device(`checkpoint-${id}`, 'patrol-checkpoint'))
const SITE: Site = {
  id: 's',
  name: 's',
  timeZone: 'Asia/Shanghai',
  institutions: [],
  buildings: [],
  zones: [],
  vehicles: [],
  devices: [...METERS, ...CHECKPOINTS],
  routes: [
    {
      id: 'r',
      name: 'r',
      starts: { everyMinutes: 60 },
      visits: CHECKPOINTS.map(({ id }, n) => ({ checkpoint: id, offsetMinutes: n })),
    },
  ],
}
const base = { severity: 'low', verifyMs: 1 }
const { rules } = RulesOptions.parse({
  rules: [
    {
      ...base,
      id: 'silent',
      kind: 'silent',
      scope: { devices: ['meter-03', 'meter-04'] },
      options: { forMs: 5 },
      optionsFor: { 'meter-04': { forMs: 9 } },
    },
    { ...base, id: 'gone', kind: 'silent', options: { forMs: 7 } },
    { ...base, id: 'whole-round', kind: 'round-incomplete', options: {} },
  ],
})
const bound = bindRules(rules, SITE, () => ({}))
const rowsOf = () => PART_ROWS / 4

describe('parts of a site', () => {
  it('hold each device once, and no more rows than a part may have', () => {
    const parts = partsOf(bound, SITE, { asked: undefined, rowsOf })
    expect(parts.flatMap(({ devices }) => devices).sort()).toEqual(SITE.devices.map(({ id }) => id).sort())
    expect(parts.every(({ rows = 0 }) => rows <= PART_ROWS)).toBe(true)
  })

  it('keep together whom one subject is judged by', () => {
    const parts = partsOf(bound, SITE, { asked: undefined, rowsOf: () => PART_ROWS })
    const round = parts.find(({ devices }) => devices.includes('checkpoint-a'))
    expect(round?.devices).toEqual(['checkpoint-a', 'checkpoint-b', 'checkpoint-c'])
    expect(parts.filter(({ devices }) => devices.length > 1)).toHaveLength(1)
  })

  it('are only those of the devices that were asked for', () => {
    const parts = partsOf(bound, SITE, { asked: ['meter-07', 'checkpoint-b'], rowsOf })
    expect(parts.flatMap(({ devices }) => devices).sort()).toEqual([
      'checkpoint-a',
      'checkpoint-b',
      'checkpoint-c',
      'meter-07',
    ])
  })

  it('have the subjects of the whole, each with its own options, once', () => {
    const setup = {
      from: 0,
      to: 1,
      site: SITE,
      profiles: new Map(),
      draft: rules,
      running: [],
      gentle: false,
      history: { kind: 'embedded', folder: '', journalFile: '' },
    } satisfies BacktestSetup
    const sides = sidesOf(setup)
    const whole = bindSides(sides, setup, SITE)
    const told = partsOf(whole.draft, SITE, { asked: undefined, rowsOf }).flatMap((part) =>
      bindPart(setup, sides, whole, part).draft.flatMap(({ config, subjects }) =>
        [...subjects].map(([subject, { options }]) => JSON.stringify([config.id, subject, options])),
      ),
    )
    const wanted = whole.draft.flatMap(({ config, subjects }) =>
      [...subjects].map(([subject, { options }]) => JSON.stringify([config.id, subject, options])),
    )
    expect(told.sort()).toEqual(wanted.sort())
  })
})

it('what the draft leaves as it is runs once', () => {
  const changed = { ...rules[0], verifyMs: 2 } as (typeof rules)[number]
  const sides = sidesOf({ draft: [changed, ...rules.slice(1)], running: rules })
  expect(sides.running.map(({ id }) => id)).toEqual(['silent'])
})
