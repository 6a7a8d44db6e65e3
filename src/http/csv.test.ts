import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvCell, csvLine } from './csv.ts'

it.each([
  ['=1+1', "'=1+1"],
  ['+8613800000000', "'+8613800000000"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\n=1', '"\'\n=1"'],
  ['＝1+1', "'＝1+1"],
  ['机关', '机关'],
  [-2.5, '-2.5'],
  [0, '0'],
  [null, ''],
])('%j is written %s', (cell, written) => {
  expect(csvCell(cell)).toBe(written)
})

/** As a spreadsheet reads one record. */
function cellsOf(line: string): string[] {
  const cells = ['']
  let quoted = false
  for (const character of line.slice(0, -2)) {
    if (character === '"') quoted = !quoted
    else if (character === ',' && !quoted) cells.push('')
    else cells[cells.length - 1] += character
  }
  return cells
}

it('whatever a name is, a line has as many cells as it was given, and none runs as a formula', () => {
  const cells = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(cells, (given) => {
      const read = cellsOf(csvLine(given))
      expect(read).toHaveLength(given.length)
      for (const cell of read) expect(cell).not.toMatch(/^[=+\-@＝＋－＠]/)
    }),
  )
})
