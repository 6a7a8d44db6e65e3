import { expect, it } from 'vitest'
import { retold } from '../model/retold.ts'
import { parsedYaml } from './syntax.ts'

const wrong = (text: string): string => {
  try {
    parsedYaml('site.yaml', text)
    return ''
  } catch (cause) {
    return (cause as Error).message
  }
}

it('a place may be written once for all meters that share it', () => {
  const meters = Array.from({ length: 20_000 }, (_, i) => `  - { id: meter-${i}, place: *hall }\n`)
  const { tree } = parsedYaml(
    'site.yaml',
    `hall: &hall { institution: bureau }\ndevices:\n${meters.join('')}`,
  )
  const { devices } = tree as { devices: { place: object }[] }
  expect(devices).toHaveLength(20_000)
  expect(devices.at(-1)).toEqual({ id: 'meter-19999', place: { institution: 'bureau' } })
})

it('an alias is what was last called so, and each has its own', () => {
  const { tree } = parsedYaml('a.yaml', 'a: &x [1]\nb: *x\nc: &x [2]\nd: [*x, *x]\n')
  expect(tree).toMatchObject({ a: [1], b: [1], c: [2], d: [[2], [2]] })
  const { b } = tree as Record<string, unknown[]>
  b?.push('mine')
  expect(tree).toMatchObject({ a: [1] })
})

it('a mistake below an alias is said of the line where it was written', () => {
  const { lineOf } = parsedYaml('a.yaml', 'usual: &usual\n  level: loud\nlog: *usual\n')
  expect(lineOf(['log', 'level'])).toBe(2)
})

const LAUGHS = 'abcdefgh'.split('').map((name, at, all) => {
  const below = at === 0 ? 'x' : `*${all[at - 1]}`
  return `${name}: &${name} [${Array.from({ length: 9 }, () => below).join(', ')}]`
})

it.each([
  ['a: 1\nb: *c\n', 'site.yaml:2: Unresolved alias c'],
  ['a: &a\n  b: [1, *a]\n', 'site.yaml:2: a would contain itself'],
  [LAUGHS.join('\n'), 'site.yaml:7: the aliases up to here stand for more than 1000000 values'],
  [
    `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    'site.yaml:1: lists and keys stand in each other too deeply',
  ],
])(
  '%#: what an alias cannot be is refused at once, with its line and in both languages',
  (text, sentence) => {
    const [first = ''] = wrong(text).split('\n')
    expect(first).toBe(sentence)
    expect(retold(first, 'zh-CN')).not.toMatch(/原文|[a-z]{6}/)
  },
)
