import { expect, it } from 'vitest'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { RulesOptions } from './index.ts'
import { unprovable } from './unprovable.ts'

const HOUR = 3_600_000

const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [{ id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 }],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: ['hourly', 'daily-1', 'daily-2', 'on-events'].map((id) => ({
    id,
    name: id,
    family: 'water-meter' as const,
    profile: 'test/meter',
    place: { institution: 'library' },
  })),
}
const EVERY: Readonly<Record<string, number>> = { hourly: HOUR, 'daily-1': 24 * HOUR, 'daily-2': 24 * HOUR }

const sentences = (verifyMs: number, order: string) => {
  const options = { point: 'flow', above: 8, forMs: 5 }
  const rule = { id: 'leak', kind: 'sustained', severity: 'low', verifyMs, order, options }
  const facts = { measuresEveryMs: 60_000, reportsEveryMs: 60_000, points: { flow: {} } }
  const bound = bindRules(RulesOptions.parse({ rules: [rule] }).rules, SITE, () => facts)
  return unprovable(bound, (device) => EVERY[device])
}

it('a rule whose devices report within the time of its proof is none of them, nor is one without orders', () => {
  expect(sentences(24 * HOUR, 'automatic')).toEqual([])
  expect(sentences(HOUR, 'none')).toEqual([])
})

it('names one device of those that report too seldom, and how many there are', () => {
  expect(sentences(2 * HOUR, 'automatic')).toEqual([
    'rule leak: verifyMs is 120 min, but daily-1 (and 1 more) reports only every 1440 min: no reading proves its repair',
  ])
})
