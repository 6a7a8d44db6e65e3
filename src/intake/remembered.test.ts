import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Sample } from '../model/reading.ts'
import { type Batch, newBatch, samples } from './remembered.ts'
import { seats } from './seats.ts'

const value = fc.oneof({ weight: 6, arbitrary: fc.double() }, fc.boolean(), fc.string())
const point = fc.constantFrom('volume', 'flow', 'battery', '__proto__', 'toString')
const sample = fc
  .record({
    device: fc.constantFrom('m-1', 'm-2'),
    at: fc.integer({ min: 0, max: 8 }),
    values: fc
      .array(fc.tuple(point, value), { minLength: 1, maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs)),
    isDoubted: fc.boolean(),
  })
  .map(
    ({ isDoubted, ...plain }): Sample => (isDoubted ? { ...plain, doubts: { volume: 'uncertain' } } : plain),
  )
const batches = fc.array(fc.record({ said: fc.array(sample, { maxLength: 40 }), isLost: fc.boolean() }), {
  maxLength: 5,
})

it('samples are found by device and instant as they were written, in their order, and not those of a lost batch', () => {
  fc.assert(
    fc.property(batches, batches, fc.integer({ min: 0, max: 3_000 }), (before, after, othersBetween) => {
      const seatOf = seats()
      const kept = samples(seatOf)
      seatOf('m-1')
      for (let other = 0; other < othersBetween; other++) seatOf(`other-${other}`)
      for (const { said } of before) for (const one of said) kept.add(one, newBatch())
      kept.clear()
      const all: { readonly sample: Sample; readonly batch: Batch }[] = []
      for (const { said, isLost } of after) {
        const batch = newBatch()
        for (const one of said) {
          kept.add(one, batch)
          all.push({ sample: one, batch })
          kept.at(one.device, one.at) // whoever asks in between may have an index made
        }
        batch.isLost = isLost
      }
      expect(kept.count).toBe(all.length)
      for (const device of ['m-1', 'm-2', 'm-3']) {
        for (let at = 0; at <= 9; at++) {
          const expected = all.filter(
            ({ sample, batch }) => sample.device === device && sample.at === at && !batch.isLost,
          )
          const found = kept.at(device, at)
          expect(found.map(({ sample }) => sample)).toStrictEqual(expected.map(({ sample }) => sample))
          expect(found.every(({ batch }, n) => batch === expected[n]?.batch)).toBe(true)
        }
      }
    }),
  )
})
