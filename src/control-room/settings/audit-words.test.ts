import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ACTIONS, NOUNS } from './audit-words.ts'

const SRC = join(import.meta.dirname, '../..')
const noted = globSync('{operations,http,cli,main,gateway}/**/*.ts', { cwd: SRC })
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => [
    ...readFileSync(join(SRC, file), 'utf8').matchAll(/\baction: (?:'|`)([a-z]+\.[a-z-]+)['`]/g),
  ])
  .map(([, action]) => action ?? '')

it('whatever the gateway notes in its audit has words on the page, and can be asked for', () => {
  expect(new Set(noted).size).toBeGreaterThan(20)
  expect(noted.filter((action) => !(action in ACTIONS))).toEqual([])
  const nouns: readonly string[] = NOUNS
  expect(noted.filter((action) => !nouns.includes(action.slice(0, action.indexOf('.'))))).toEqual([])
})
