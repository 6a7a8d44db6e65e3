import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile, ExpressionFault, parseExpression } from './expression-program.ts'

const run = (text: string, values: Record<string, number | string | boolean> = {}) =>
  compile(text, (point) => {
    const type = typeof values[point.replaceAll('-', '_')]
    return type === 'number' || type === 'string' || type === 'boolean' ? type : undefined
  }).run(values)

describe('an expression', () => {
  it.each<[string, Record<string, number | string | boolean>, boolean]>([
    ['a > 3', { a: 3.5 }, true],
    ['a == 3', { a: 3 }, true],
    ['a * 2 + 1 > b / 4 - -1', { a: 1, b: 4 }, true],
    ['-a > -3', { a: 2 }, true],
    ['a in [1, 2, 3]', { a: 2 }, true],
    ['s in ["open", "ajar"]', { s: 'ajar' }, true],
    ['s.startsWith("S-") && !on', { s: 'S-7', on: false }, true],
    ['s.contains("3") || s.endsWith("4")', { s: '24' }, true],
    ['on ? a > 1 : a > 10', { on: true, a: 5 }, true],
    ['abs(a - b) > max(a, b) * 0.1', { a: 100, b: 105 }, false],
    ['min(a, 3) == 3', { a: 7 }, true],
    ['s == "12"', { s: '12' }, true],
    ['a > 1e3', { a: 2000 }, true],
    ['1 / a > 1000', { a: 0 }, true],
  ])('%s', (text, values, wanted) => {
    expect(run(text, values)).toBe(wanted)
  })

  it('knows its names in their order', () => {
    expect(parseExpression('b > 1 && a > b').names).toEqual(['b', 'a'])
  })

  it('is unknown where a value is not there', () => {
    expect(compile('a > 1', () => 'number').run({})).toBeUndefined()
  })

  it('whatever is written, it is a program or a fault with words', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '1',
      '2.5',
      '"s"',
      ' > ',
      '==',
      ' + ',
      '(',
      ')',
      '!',
      '&&',
      '?',
      ':',
      '.',
      ',',
      '[',
      ']',
      'x.map(y, y)',
      '0x1F',
      'true',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const holds = compile(pieces.join(''), () => 'number').run({ a: 1, b: 2 })
          expect([true, false, undefined]).toContain(holds)
        } catch (cause) {
          expect(cause).toBeInstanceOf(ExpressionFault)
          expect((cause as Error).message).not.toBe('')
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('says the same as plain arithmetic', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(number, number, fc.integer({ min: 0, max: 1_000 }), (a, b, limit) => {
        expect(run(`a - b > ${limit} || a < b * 2 + ${limit}`, { a, b })).toBe(
          a - b > limit || a < b * 2 + limit,
        )
      }),
    )
  })
})
