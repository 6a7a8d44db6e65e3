/** The manner of the code where neither the formatter nor the linter knows it. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** The formatter leaves comments as they are; wider than this nobody reads them in one look. */
const COMMENT_WIDTH = 120

const files = globSync('{src,simulators,tests,bench,scripts,examples}/**/*.{ts,tsx}', {
  exclude: ['**/node_modules/**', '**/*.d.ts'],
})

const linesWhere = (holds: (line: string) => boolean) =>
  files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (holds(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )

it('no literal is spread into another: it is written out', () => {
  const spread = ['..', '.{'].join('') // or this line would be found
  expect(linesWhere((line) => line.includes(spread))).toEqual([])
})

it(`no comment is wider than ${COMMENT_WIDTH} signs`, () => {
  const isComment = (line: string) => /^\s*(?:\/\*\*|\*|\/\/)\s/.test(line) && !line.includes('biome-ignore')
  expect(linesWhere((line) => line.length > COMMENT_WIDTH && isComment(line))).toEqual([])
})
