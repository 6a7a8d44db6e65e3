import { expect, it } from 'vitest'
import { table } from './text.ts'

it('columns stand below each other where a seat has a Chinese name, which is twice as wide', () => {
  expect(
    table(
      ['seat', 'alarms'],
      [
        ['主控室', '12'],
        ['roof', '7'],
      ],
    ),
  ).toEqual([
    'seat    alarms', //
    '主控室      12',
    'roof         7',
  ])
})
