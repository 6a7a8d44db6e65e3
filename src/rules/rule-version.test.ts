import { describe, expect, it } from 'vitest'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import type { WorkCalendar } from '../model/work-calendar.ts'
import { bindRules } from './bind.ts'
import type { ProfileFacts } from './bound-rule.ts'
import { RulesOptions } from './index.ts'

const meter = (id: string, more: Partial<Device> = {}): Device => ({
  id,
  name: id,
  family: 'water-meter',
  profile: 'a/meter',
  place: { institution: 'bureau' },
  ...more,
})
const calendar = (...holidays: string[]): WorkCalendar => ({
  id: 'office',
  name: 'Office',
  makeUpHours: [],
  hours: { monday: [{ from: '09:00', to: '17:00' }] },
  years: { '2026': { holidays, workdays: [] } },
})
const site = (more: Partial<Site> = {}): Site => ({
  ...BARE_SITE,
  calendars: [calendar()],
  devices: [meter('meter-1'), meter('meter-2')],
  ...more,
})
const QUARTERLY: ProfileFacts = { measuresEveryMs: 900_000 }

const version = (rule: object, on: Site = site(), profile: ProfileFacts = QUARTERLY) => {
  const { rules } = RulesOptions.parse({ rules: [{ id: 'rule', severity: 'low', verifyMs: 1, ...rule }] })
  return bindRules(rules, on, () => profile)[0]?.version
}
const SILENT = { kind: 'silent', options: {} }
const JUMP = { kind: 'implausible-jump', options: {} }

describe('the version of a rule', () => {
  it('is the same for the same', () => {
    expect(version(SILENT)).toMatch(/^[0-9a-f]{16}$/)
    expect(version(SILENT)).toBe(version(SILENT))
  })

  it('changes with what it says, also where that judges nobody otherwise', () => {
    expect(version({ ...SILENT, severity: 'high' })).not.toBe(version(SILENT))
  })

  it('changes with the profile, where its limits come from there', () => {
    const high = (heldMs?: number) => ({
      kind: 'sustained',
      options: { point: 'flow', above: 8, forMs: 1, heldMs },
    })
    const minutely = { measuresEveryMs: 60_000 }
    expect(version(high(), site(), minutely)).not.toBe(version(high()))
    expect(version(high(5_000), site(), minutely)).toBe(version(high(5_000)))
  })

  it('changes with a register of the site, where it judges by that', () => {
    const large = meter('meter-2', { register: { maxRateM3h: 100 } })
    const other = site({ devices: [meter('meter-1'), large] })
    expect(version(JUMP, other)).not.toBe(version(JUMP))
    expect(version(SILENT, other)).toBe(version(SILENT))
  })

  it.each([
    ['by which it counts', { ...SILENT, when: 'working-hours' }],
    [
      'by which its options change',
      { ...SILENT, optionsWhen: [{ when: 'holidays', options: { forMs: 9 } }] },
    ],
    ['by which its severity changes', { ...SILENT, severityWhen: [{ when: 'holidays', severity: 'high' }] }],
    ['by which a kind tells days apart', { kind: 'burst', options: {} }],
  ])('changes with a holiday of the calendar %s', (_how, rule) => {
    const other = site({ calendars: [calendar('2026-10-01')] })
    expect(version(rule, other)).not.toBe(version(rule))
    expect(version(SILENT, other), 'and no other rule does').toBe(version(SILENT))
  })

  it('does not change with a device that is judged as the others are, nor with their order', () => {
    const devices = [meter('meter-3'), meter('meter-2'), meter('meter-1', { name: 'Renamed' })]
    for (const rule of [SILENT, JUMP, { kind: 'burst', options: {} }]) {
      expect(version(rule, site({ devices }))).toBe(version(rule))
    }
  })
})
