/**
 * Every rule kind has its page under docs/rules, every key its row in docs/configuration.md, and what is
 * generated there is current.
 */
import { expect, it } from 'vitest'
import * as z from 'zod'
import { configurationPage, sitePage } from '../../scripts/configuration-page.ts'
import { optionsTable, rulePages } from '../../scripts/rule-pages.ts'

it.each(rulePages())(
  'docs/rules/$name is what its kind says (node scripts/rule-docs.ts writes it)',
  (page) => {
    expect(page).not.toHaveProperty('missing')
    if (!('missing' in page)) expect(page.there).toBe(page.due)
  },
)

it('docs/configuration.md is what the configuration takes (node scripts/rule-docs.ts writes it)', () => {
  const { there, due } = configurationPage()
  expect(there).toBe(due)
})

it('docs/site.md is what the site file takes (node scripts/rule-docs.ts writes it)', () => {
  const { there, due } = sitePage()
  expect(there).toBe(due)
})

it('a table names each option with its type, its range, its default and its meaning', () => {
  const schema = z.strictObject({
    above: z.number().meta({ description: 'Limit | in the unit of the point.' }),
    forMs: z.int().positive().default(5),
    mode: z.enum(['day', 'night']).optional(),
    area: z
      .strictObject({ bufferM: z.number().min(0).max(9).default(2).meta({ description: 'Rim.' }) })
      .optional(),
  })
  expect(optionsTable(schema).split('\n').slice(2)).toEqual([
    '| `above` | number | required | Limit \\| in the unit of the point. |',
    '| `forMs` | integer > 0 | `5` |  |',
    '| `mode` | `day`, `night` | – |  |',
    '| `area` | keys below | – |  |',
    '| `area.bufferM` | number ≥ 0, ≤ 9 | `2` | Rim. |',
  ])
  expect(optionsTable(z.strictObject({}))).toBe('It has no options of its own.')
})
