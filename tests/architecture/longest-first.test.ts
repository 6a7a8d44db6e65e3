/** A file that was renamed would fall out of the order without a word. */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { LONG } from '../support/longest-first.ts'

it('every test file that is called long is there', () => {
  const files = new Set(globSync('tests/**/*.test.ts').map((file) => basename(file, '.test.ts')))
  expect(LONG.filter((name) => !files.has(name))).toEqual([])
})
