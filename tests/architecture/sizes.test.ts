/** Files that can be read in one sitting: 400 lines is the wall, tables of words excepted. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const TABLES = [/\/i18n\//, /\/model\/words/, /\.d\.ts$/]

const files = globSync('{src,simulators,tests,bench,scripts}/**/*.{ts,tsx}', {
  exclude: ['**/node_modules/**'],
})

it('no file is longer than 400 lines', () => {
  expect(files.length).toBeGreaterThan(50)
  const long = files
    .filter((file) => !TABLES.some((table) => table.test(file)))
    .map((file) => [file, readFileSync(file, 'utf8').split('\n').length] as const)
    .filter(([, lines]) => lines > 400)
  expect(long).toEqual([])
})

it('every file opens by saying what it is', () => {
  const silent = files.filter(
    (file) =>
      !file.endsWith('.d.ts') &&
      !file.endsWith('.test.ts') &&
      !/^(?:#!.*\n)?\/(?:\*|\/)/.test(readFileSync(file, 'utf8')),
  )
  expect(silent).toEqual([])
})
