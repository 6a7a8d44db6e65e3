/** docs/errors.md is held to the catalogue: every code is explained, and none that is gone. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ERRORS } from '../../src/model/errors.ts'

const page = readFileSync('docs/errors.md', 'utf8')
const sections = [...page.matchAll(/^### ([a-z0-9-]+)\n(.+)$/gm)].map(([, code = '', text = '']) => ({
  code,
  text,
}))

it('every error code is explained, and no code that is gone', () => {
  expect(sections.map(({ code }) => code).sort()).toEqual(Object.keys(ERRORS).sort())
})

it.each(Object.entries(ERRORS))('%s is explained with the status that it has', (code, { title, ...rest }) => {
  const explained = sections.find((section) => section.code === code)?.text ?? ''
  const status = /^(\d{3})\. /.exec(explained)?.[1]
  expect(status && Number(status)).toBe('status' in rest ? rest.status : undefined)
  expect(title['zh-CN']).toMatch(/\p{Script=Han}/u)
  expect(title.en).toMatch(/^[A-Z]/)
})
