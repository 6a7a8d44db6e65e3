/** A draft is the file as a person would have changed it. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GatehouseError } from '../model/errors.ts'
import { RulesOptions } from '../rules/index.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { ruleDrafts } from './rule-draft.ts'
import { readRules } from './rules.ts'

const TEXT = `# Water of the school
rules:
  - id: burst-pipe
    kind: sustained
    severity: critical # rings at once
    verifyMs: 60000
    options: { point: flow, above: 8, forMs: 20000 } # litres do not burst
  - id: meter-silent
    kind: silent
    severity: medium
    verifyMs: 60000
    options: {}
`

function draftOf(text = TEXT, bind: (rules: readonly RuleConfig[]) => unknown = () => {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-draft-')), 'rules.yaml')
  writeFileSync(file, text)
  const draft = ruleDrafts({ file, running: () => readRules(file), bind })
  return (rule: string, set: Record<string, unknown> = {}, ...unset: string[]) => draft(rule, { set, unset })
}

it('changes what was asked for and leaves comments, order and everything else as they were', () => {
  const { file, entry, declared, isInForce } = draftOf()('burst-pipe', {
    'options.above': 9.5,
    onDelayMs: 15_000,
  })
  expect(file).toBe(
    TEXT.replace('above: 8', 'above: 9.5').replace(
      '# litres do not burst\n',
      '# litres do not burst\n    onDelayMs: 15000\n',
    ),
  )
  expect(entry).toContain('above: 9.5')
  expect(entry).not.toContain('meter-silent')
  expect(RulesOptions.parse({ rules: [declared] }).rules[0]?.onDelayMs).toBe(15_000)
  expect(isInForce).toBe(true)
})

it('nothing changed is the very file', () => {
  expect(draftOf()('meter-silent', {}).file).toBe(TEXT)
})

it('what is taken back is no longer declared, and a map that was not there is made', () => {
  const { declared } = draftOf()('meter-silent', {
    'confirm.times': 2,
    'options.forMs': 45_000,
    'confirm.of': 3,
  })
  expect(declared).toMatchObject({ options: { forMs: 45_000 }, confirm: { times: 2, of: 3 } })
  expect(draftOf()('burst-pipe', { severity: 'high', 'options.forMs': 0 }).entry).toContain('forMs: 0')
  expect(draftOf()('meter-silent', { 'options.reports': 4 }).entry).toContain('reports: 4')
  expect(() => draftOf()('burst-pipe', {}, 'options.forMs')).toThrow(/options.forMs/)
})

it('names what does not fit by its place below the rule', () => {
  const refused = () => draftOf()('burst-pipe', { 'options.above': 'much' })
  expect(refused).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  try {
    refused()
  } catch (cause) {
    expect((cause as { details: unknown }).details).toMatchObject({ errors: [{ path: 'options.above' }] })
  }
})

it('a rule that the file does not have, and a file that is not valid, are refused', () => {
  expect(() => draftOf()('nobody', {})).toThrow(expect.objectContaining({ code: 'not-found' }))
  expect(() => draftOf('rules: [')('burst-pipe', {})).toThrow(
    expect.objectContaining({ code: 'rules-refused' }),
  )
})

it('a rule that leans on an anchor of another stands alone with its values', () => {
  const text = TEXT.replace(
    'options: { point: flow, above: 8, forMs: 20000 }',
    'options: &o { point: flow, above: 8, forMs: 20000 }',
  ).replace(
    'kind: silent\n    severity: medium\n    verifyMs: 60000\n    options: {}',
    'kind: sustained\n    severity: medium\n    verifyMs: 60000\n    options: *o',
  )
  const { entry } = draftOf(text)('meter-silent', {})
  expect(entry).toContain('above: 8')
  expect(entry).not.toContain('*o')
})

it('names what the site or the kind itself does not take, at its field where it is said', () => {
  const bind = () => {
    throw new GatehouseError(
      'config-invalid',
      'rule burst-pipe: options.clearBelow: must not be above\nrule burst-pipe: no zone',
    )
  }
  expect(() => draftOf(TEXT, bind)('burst-pipe', { 'options.clearBelow': 30 })).toThrow(
    expect.objectContaining({
      details: {
        errors: [
          { path: 'options.clearBelow', message: 'must not be above' },
          { path: '', message: 'rule burst-pipe: no zone' },
        ],
      },
    }),
  )
})
