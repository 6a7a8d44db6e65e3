/** What a bound rule holds: a site of a hundred thousand devices is under twenty of them. */
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import type { Candidate, DeclaredKind } from './bound-rule.ts'
import { subjectBook } from './bound-subjects.ts'
import { RULE_KINDS, RulesOptions } from './index.ts'

const devices = ['door-1', 'door-2', 'door-3'].map((id) => ({
  id,
  name: id,
  family: 'access-control-gate' as const,
  profile: 'gatehouse/any',
  place: { institution: 'library', building: 'main' },
}))
const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  devices,
  institutions: [{ id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 }],
  buildings: [{ id: 'main', name: 'Main', institution: 'library' }],
  zones: [],
  routes: [],
  vehicles: [],
}
const declared = { severity: 'low', order: 'none', verifyMs: 1 }

const bind = (rule: object, kinds: readonly DeclaredKind[] = RULE_KINDS) => {
  const { rules } = RulesOptions.parse({ rules: [{ ...declared, ...rule }] })
  return bindRules(rules, SITE, () => ({ measuresEveryMs: 60_000 }), kinds)[0]
}

describe('subjects of a rule', () => {
  it.each([
    ['plain', { id: 'dead', kind: 'silent', options: {} }],
    ['with conditions', { id: 'dead', kind: 'silent', options: {}, onDelayMs: 1_000 }],
    ['that overhears', { id: 'forced', kind: 'door-forced', options: {} }],
  ])('hold on to nothing of what they were bound from: a rule %s', async (_name, rule) => {
    const made: WeakRef<Candidate>[] = []
    const watched = RULE_KINDS.map(
      (kind): DeclaredKind => ({
        ...kind,
        bind: (config, version, candidates, isInScope) =>
          kind.bind(
            config,
            version,
            function* (families) {
              for (const candidate of candidates(families)) {
                made.push(new WeakRef(candidate))
                yield candidate
              }
            },
            isInScope,
          ),
      }),
    )
    const bound = bind(rule, watched)
    const resumed = bound?.resume(new Map(), 0, () => {})
    await turn() // a weak reference keeps its object for the turn in which it was made
    collect()
    expect(made.length).toBeGreaterThanOrEqual(devices.length)
    expect(made.filter((one) => one.deref() !== undefined)).toEqual([])
    expect(resumed?.run.subjects).toEqual([...(bound?.subjects.keys() ?? [])])
  })

  it('share what is settled for all of them alike', () => {
    const all = [...(bind({ id: 'dead', kind: 'silent', options: {} })?.subjects.values() ?? [])]
    expect(all).toHaveLength(3)
    expect(new Set(all.map(({ options }) => options)).size).toBe(1)
    expect(new Set(all.map(({ points }) => points)).size).toBe(1)
  })

  it('share it where the rule has conditions, too', () => {
    const rule = { id: 'dead', kind: 'silent', options: {}, onDelayMs: 1_000 }
    const all = [...(bind(rule)?.subjects.values() ?? [])]
    expect(all).toHaveLength(3)
    expect(new Set(all.map(({ options }) => options)).size).toBe(1)
    expect(new Set(all.map(({ points }) => points)).size).toBe(1)
  })

  it('are found under their names, each with its devices', () => {
    const book = subjectBook<{ above: number }>()
    const [low, high] = [
      { options: { above: 1 }, points: ['flow'] },
      { options: { above: 9 }, points: [] },
    ]
    book.add('meter-1', low)
    book.add('balance:hall', high, { device: 'meter-main', devices: ['meter-a', 'meter-main'] })
    book.add('door-1', high, { device: 'lobby' })
    book.join('meter-1', ['meter-1', 'meter-2'])
    expect([...book]).toEqual([
      ['meter-1', { device: 'meter-1', devices: ['meter-1', 'meter-2'], ...low }],
      ['balance:hall', { device: 'meter-main', devices: ['meter-a', 'meter-main'], ...high }],
      ['door-1', { device: 'lobby', ...high }],
    ])
    expect(book.size).toBe(3)
    expect(book.get('meter-2')).toBeUndefined()
    expect([...book.optionsOf()]).toEqual([
      ['meter-1', low.options],
      ['balance:hall', high.options],
      ['door-1', high.options],
    ])
  })
})

function collect(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
