import { expect, it } from 'vitest'
import { finds } from './find.ts'

it.each([
  ['', ['School'], true],
  [null, [], true],
  ['main school', ['School', 'Main building'], true],
  ['学校 42', ['实验学校', 'm-0042'], true],
  ['school gate', ['School', 'Main building'], false],
] as const)('%j finds %j: %s', (typed, texts, found) => expect(finds(typed)(...texts)).toBe(found))
