import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { LANGUAGES } from '../model/errors.ts'
import { BECAUSE } from '../model/words-because.ts'
import { JUDGED_ANEW } from './evaluate.ts'
import { RULE_KINDS, RulesOptions } from './index.ts'
import { OUT_OF_SCHEDULE } from './telling.ts'

const rule = { id: 'r', kind: 'silent', severity: 'low', verifyMs: 1, options: {} }

describe('every rule kind', () => {
  it.each(RULE_KINDS)('$kind has words for each of its reasons', ({ codes }) => {
    for (const code of [...codes, JUDGED_ANEW.code, OUT_OF_SCHEDULE.code]) {
      for (const language of LANGUAGES)
        expect(BECAUSE[code]?.[language], `${code} in ${language}`).toBeTruthy()
    }
  })

  it('has a name of its own', () => {
    expect(new Set(RULE_KINDS.map(({ kind }) => kind)).size).toBe(RULE_KINDS.length)
  })
})

describe('rules.yaml', () => {
  const problems = (...rules: unknown[]) =>
    RulesOptions.safeParse({ rules }).error?.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    )

  it('a rule names its own fault unless it says otherwise', () => {
    expect(RulesOptions.parse({ rules: [rule] }).rules[0]).toMatchObject({
      fault: 'r',
      order: 'automatic',
      scope: {},
    })
  })

  it('a wrong option is named where it stands', () => {
    expect(problems({ ...rule, options: { formMs: 5 } })).toEqual([
      expect.stringContaining('rules.0.options: '),
    ])
    expect(problems({ ...rule, options: { forMs: -1 } })).toEqual([
      expect.stringContaining('rules.0.options.forMs: '),
    ])
  })

  it('a wrong option of a single subject is named where it stands', () => {
    expect(problems({ ...rule, optionsFor: { 'meter-1': { forMs: 'long' } } })).toEqual([
      expect.stringContaining('rules.0.optionsFor.meter-1.forMs: '),
    ])
  })

  it('an unknown kind and a second rule of one name are refused', () => {
    expect(problems({ ...rule, kind: 'psychic' })).toEqual([expect.stringContaining('rules.0.kind: ')])
    expect(problems(rule, rule)).toEqual(['rules.1.id: another rule is called r'])
  })

  it.each(['examples/campus/rules.yaml', 'docs/examples/rules.yaml'])('%s is one', (file) => {
    const { rules } = RulesOptions.parse(parse(readFileSync(file, 'utf8')))
    expect(rules).not.toEqual([])
  })

  it('the examples with real times show every kind', () => {
    const { rules } = RulesOptions.parse(parse(readFileSync('docs/examples/rules.yaml', 'utf8')))
    expect(new Set(rules.map(({ kind }) => kind))).toEqual(new Set(RULE_KINDS.map(({ kind }) => kind)))
  })
})
