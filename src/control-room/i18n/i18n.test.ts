/** Two languages, one meaning: the same keys, the same figures in them, none unused and none that nobody wrote. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { en } from './en.ts'
import { i18n } from './index.ts'
import { preferred } from './language.ts'
import { zhCN } from './zh-CN.ts'

const root = join(import.meta.dirname, '..')
const source = globSync('**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !file.startsWith('i18n/') && !/\.(test|d)\.ts/.test(file))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

const base = (key: string) => key.replace(/_(one|other)$/, '')
const figures = (text: string) => [...text.matchAll(/\{\{([^}]+)\}\}/g)].map(([, name]) => name).sort()
const keys = [...new Set(Object.keys(en).map(base))]

/** `t('a.b')`, a name handed on as `'a.b'`, or the beginning of a key that ends in a state or a kind. */
const isUsed = (key: string) =>
  source.includes(`'${key}'`) || source.includes(`\`${key.replace(/[^.]+$/, '')}$\{`)

it('both catalogues have the same keys', () => {
  expect(Object.keys(zhCN).map(base).sort()).toEqual(keys.sort())
})

it.each(Object.entries(zhCN))('%s has the same figures in both languages', (key, text) => {
  expect(figures(text)).toEqual(figures(en[key as keyof typeof en]))
})

it('no key is unused', () => {
  expect(keys.filter((key) => !isUsed(key))).toEqual([])
})

it('no key is missing', () => {
  const asked = [...source.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => key)
  expect(asked.filter((key) => key && !keys.includes(key))).toEqual([])
})

it('counts are written as numbers are: 5,010 in both languages', () => {
  expect(i18n.t('needs.silent', { count: 5_010, lng: 'en' })).toBe('5,010 devices silent')
  expect(i18n.t('needs.silent', { count: 5_010, lng: 'zh-CN' })).toBe('5,010 台设备未上报')
  expect(
    [...Object.entries(en), ...Object.entries(zhCN)].filter(([, text]) => text.includes('{{count}}')),
  ).toEqual([])
})

it('a unit of measure is its symbol in Chinese too', () => {
  expect(Object.values(zhCN).filter((text) => /[升吨]\/|立方米|公里|千米|毫升/.test(text))).toEqual([])
})

it('the language is the chosen one, else the first of the browser that there is, else Chinese', () => {
  expect(preferred('en', ['zh-CN'])).toBe('en')
  expect(preferred(null, ['fr-FR', 'en-GB', 'zh-CN'])).toBe('en')
  expect(preferred(null, ['zh-TW'])).toBe('zh-CN')
  expect(preferred('klingon', ['fr'])).toBe('zh-CN')
})
