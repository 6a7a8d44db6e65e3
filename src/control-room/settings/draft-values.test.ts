import { expect, it } from 'vitest'
import type { RuleField } from '../api/types.ts'
import { formatOf } from '../format/format.ts'
import { askedOf, changesIn, declaredAt, inAddress, readField, textOf, UNDECLARED } from './draft-values.ts'

const field = (type: RuleField['type'], more: Partial<RuleField> = {}): RuleField => ({
  path: 'options.x',
  name: 'x',
  label: 'x',
  help: '',
  type,
  unit: null,
  choices: [],
  least: null,
  most: null,
  isAbove: false,
  byDefault: undefined,
  isNeeded: false,
  ...more,
})

it('a duration is typed with its unit in either language, and written back in the largest that fits', () => {
  for (const [text, ms] of [
    ['20 s', 20_000],
    ['1.5 h', 5_400_000],
    ['90min', 5_400_000],
    ['2 天', 172_800_000],
    ['30 分钟', 1_800_000],
    ['0', 0],
  ] as const) {
    expect(readField(field('duration'), text)).toEqual({ value: ms })
  }
  expect(readField(field('duration'), '20')).toEqual({ slip: { is: 'duration' } })
  expect(readField(field('duration'), 'long')).toEqual({ slip: { is: 'duration' } })
  for (const language of ['en', 'zh-CN']) {
    const { exactly } = formatOf(language, 'Asia/Shanghai')
    for (const ms of [0, 1_500, 20_000, 5_400_000, 86_400_000, 172_800_000, 86_460_000, 90_061_000]) {
      const text = textOf('duration', ms, exactly)
      expect(readField(field('duration'), text), text).toEqual({ value: ms })
    }
  }
  expect(textOf('duration', 20_000, formatOf('zh-CN', 'Asia/Shanghai').exactly)).toBe('20秒')
})

it('a number keeps to the range of its option, and says which side it left', () => {
  const share = field('number', { least: 0, most: 1 })
  expect(readField(share, '0')).toEqual({ value: 0 })
  expect(readField(share, '1.5')).toEqual({ slip: { is: 'most', limit: 1 } })
  expect(readField(share, '-1')).toEqual({ slip: { is: 'least', limit: 0 } })
  expect(readField({ ...share, isAbove: true }, '0')).toEqual({ slip: { is: 'above', limit: 0 } })
  expect(readField(share, '0,5')).toEqual({ slip: { is: 'number' } })
  expect(readField(field('integer'), '2.5')).toEqual({ slip: { is: 'whole' } })
})

it('an empty field declares nothing, unless it is needed', () => {
  expect(readField(field('number'), ' ')).toEqual({ value: UNDECLARED })
  expect(readField(field('number', { isNeeded: true }), '')).toEqual({ slip: { is: 'needed' } })
})

it('a time is of 24 hours, a list is separated by commas of either language, anything else is JSON', () => {
  expect(readField(field('time'), '22:00')).toEqual({ value: '22:00' })
  expect(readField(field('time'), '10 pm')).toEqual({ slip: { is: 'time' } })
  expect(readField(field('list'), 'a, b，c、d')).toEqual({ value: ['a', 'b', 'c', 'd'] })
  expect(readField(field('value'), 'null')).toEqual({ value: null })
  expect(readField(field('value'), '{')).toEqual({ slip: { is: 'json' } })
})

it('changes stand in the address and come back from it as they were', () => {
  const address = new URLSearchParams('rule=a&set.options.nonsense={')
  const changes = [
    ['options.above', 9.5],
    ['options.name', 'null'],
    ['options.perDoor', null],
    ['onDelayMs', UNDECLARED],
  ] as const
  for (const [path, value] of changes) {
    const { name, text } = inAddress(path, value)
    address.set(name, text ?? '')
  }
  expect([...changesIn(new URLSearchParams(address.toString()))]).toEqual(changes)
  expect(askedOf(new Map<string, unknown>(changes))).toEqual({
    set: { 'options.above': 9.5, 'options.name': 'null', 'options.perDoor': null },
    unset: ['onDelayMs'],
  })
  expect(inAddress('options.above', undefined).text).toBeUndefined()
})

it('what the file declares is found by its path, and nothing that every object has', () => {
  expect(declaredAt({ options: { above: 8 } }, 'options.above')).toBe(8)
  expect(declaredAt({ options: { above: 8 } }, 'options.constructor')).toBe(UNDECLARED)
  expect(declaredAt({ options: null }, 'options.above')).toBe(UNDECLARED)
})
