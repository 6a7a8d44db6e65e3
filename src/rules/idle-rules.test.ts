import { expect, it } from 'vitest'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { idleRules } from './idle-rules.ts'
import { RulesOptions } from './index.ts'

const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [{ id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 }],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: ['meter-1', 'meter-2'].map((id) => ({
    id,
    name: id,
    family: 'water-meter' as const,
    profile: 'test/meter',
    place: { institution: 'library' },
  })),
}

const sentences = (kind: string, options: object) => {
  const rule = { id: 'mine', kind, severity: 'low', verifyMs: 1_000, options }
  const bound = bindRules(RulesOptions.parse({ rules: [rule] }).rules, SITE, () => ({
    measuresEveryMs: 60_000,
    reportsEveryMs: 60_000,
    points: { volume: {}, flow: {} },
  }))
  return idleRules(bound).map(({ sentence }) => sentence)
}

it('a rule that has anybody to judge is none of them', () => {
  expect(sentences('sustained', { point: 'flow', above: 8, forMs: 5 })).toEqual([])
})

it('names the point that no device in scope has', () => {
  expect(sentences('sustained', { point: 'flwo', above: 8, forMs: 5 })).toEqual([
    'rule mine judges nobody: of the 2 in its scope none has what it judges by: flwo',
  ])
})

it('tells a scope without a device that the kind can judge', () => {
  const sentence = 'rule mine judges nobody: its scope holds no device that door-held-open can judge'
  expect(sentences('door-held-open', {})).toEqual([sentence])
})
