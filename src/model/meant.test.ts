import fc from 'fast-check'
import { expect, it } from 'vitest'
import { meant } from './meant.ts'

it.each([
  ['libary', ['library', 'archives'], '; did you mean library?'],
  [
    'gatehouse/water-metre',
    ['gatehouse/water-meter', 'neuron/water-meter'],
    '; did you mean gatehouse/water-meter?',
  ],
  ['famliies', ['families', 'devices'], '; did you mean families?'],
  ['Hall', ['hall', 'halls'], '; did you mean hall?'],
  ['family', ['families', 'devices'], '; did you mean families?'],
  ['openTime', ['openTimeMs', 'preAlarmMs'], '; did you mean openTimeMs?'],
  ['colour', ['scope', 'kind'], ''],
  ['x', [], ''],
])('%s among %j', (word, known, hint) => expect(meant(word, known)).toBe(hint))

it('proposes nothing but a word that is known and another one', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 70 }),
      fc.array(fc.string({ maxLength: 70 }), { maxLength: 20 }),
      (word, known) => {
        const [, proposed] = /^; did you mean (.*)\?$/s.exec(meant(word, known)) ?? []
        if (proposed !== undefined)
          expect([known.includes(proposed), proposed === word]).toEqual([true, false])
      },
    ),
  )
})
