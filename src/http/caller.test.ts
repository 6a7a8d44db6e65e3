import { expect, it } from 'vitest'
import { languageOf } from './caller.ts'

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['zh', 'zh-CN'],
  ['zh-TW,en;q=0.5', 'zh-CN'],
  ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
  ['fr, zh;q=0.3, en;q=0.2', 'zh-CN'],
  ['zh;q=0, en;q=0.1', 'en'],
  ['de-DE', 'en'],
])('Accept-Language %s reads %s', (header, language) => {
  expect(languageOf({ headers: header === undefined ? {} : { 'accept-language': header } })).toBe(language)
})
