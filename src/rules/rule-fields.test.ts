/** Fields of every kind, with words in both languages; none of them says what the schema does not. */
import { expect, it } from 'vitest'
import { optionHelp } from '../model/words-option-help.ts'
import { optionName } from '../model/words-options.ts'
import { RULE_KINDS } from './index.ts'
import { fieldsOf } from './rule-fields.ts'

const field = (kind: string, path: string) => fieldsOf(kind)?.find((one) => one.path === path)

it.each(RULE_KINDS.map(({ kind }) => kind))(
  'every option of %s is named and explained in both languages',
  (kind) => {
    const nameless = (fieldsOf(kind) ?? []).filter(
      ({ name, help }) =>
        [optionName(name, 'en', kind), optionName(name, 'zh-CN', kind), optionHelp(kind, name)].some(
          (word) => !word,
        ) ||
        (help === '' && name !== 'with'),
    )
    expect(nameless.map(({ path }) => path)).toEqual([])
  },
)

it('a field says its type, unit, range and default as the schema of the kind has them', () => {
  expect(field('sustained', 'options.above')).toMatchObject({ type: 'number', unit: null, isNeeded: true })
  expect(field('burst', 'options.floorM3h')).toMatchObject({
    unit: 'm³/h',
    least: 0,
    isAbove: false,
    byDefault: 1,
  })
  expect(field('silent', 'options.forMs')).toMatchObject({
    type: 'duration',
    least: 0,
    isAbove: true,
    most: null,
  })
  expect(field('geofence', 'options.must')).toMatchObject({
    type: 'choice',
    choices: ['stay-inside', 'keep-out'],
  })
  expect(field('not-returned', 'options.by')).toMatchObject({ type: 'time', byDefault: '22:00' })
  expect(field('tamper', 'options.points')).toMatchObject({ type: 'list' })
  expect(field('patrol-pace', 'options.maxMetresPerSecond')).toMatchObject({ type: 'value' })
  expect(field('sustained', 'onDelayMs')).toMatchObject({ type: 'duration', isNeeded: false })
})

it('a kind that there is not has no fields', () => {
  expect(fieldsOf('clairvoyance')).toBeUndefined()
})
