import { describe, expect, it } from 'vitest'
import type { Sample } from '../model/reading.ts'
import type { WorkOrder } from '../model/work-order.ts'
import { next, report } from './lifecycle.ts'
import { goodReadingFor, nextByReadings, verificationAfterMove } from './verification.ts'

const PROOF = { verifyMs: 100, points: ['flow'] }
const BREACH = { code: 'above-for', figures: { value: 9 } }
const GOOD = { at: 1_050, point: 'flow', value: 0 }

/** Called done by li at 1,000. */
function done(faultIsActive = false): WorkOrder {
  const fresh = report({
    id: 'o-1',
    number: 1,
    fault: 'burst-pipe',
    subject: 'meter-1',
    device: 'meter-1',
    severity: 'high',
    title: 'Burst pipe',
    occurrences: ['a-1'],
    at: 0,
    by: 'gateway',
  })
  return (['dispatched', 'accepted', 'done'] as const).reduce((order, to) => {
    const moved = next(order, { to, at: 1_000, by: 'li', assignee: 'Plumbers' })
    if ('refused' in moved) throw new Error(moved.refused)
    return verificationAfterMove(moved.order, { proof: PROOF, faultIsActive })
  }, fresh)
}

describe('the window', () => {
  it('is [done, done + verifyMs) where the fault is over', () => {
    expect(done().verification).toEqual({ state: 'waiting', since: 1_000, until: 1_100 })
  })

  it('has no start while the fault is still active, and starts when it clears', () => {
    const waiting = done(true)
    expect(waiting.verification).toEqual({ state: 'waiting' })
    expect(nextByReadings(waiting, { is: 'time', at: 9_999 }, PROOF)).toBe(waiting)
    const cleared = nextByReadings(waiting, { is: 'clear', at: 1_300 }, PROOF)
    expect(cleared.verification).toEqual({ state: 'waiting', since: 1_300, until: 1_400 })
  })

  it('does not start before done, even where the clear is told late', () => {
    expect(nextByReadings(done(true), { is: 'clear', at: 400 }, PROOF).verification.since).toBe(1_000)
  })

  it('is not moved by a second clear', () => {
    const order = done()
    expect(nextByReadings(order, { is: 'clear', at: 1_050 }, PROOF)).toBe(order)
  })

  it('ends at its last instant, not one sooner', () => {
    const order = done()
    expect(nextByReadings(order, { is: 'time', at: 1_099, good: GOOD }, PROOF)).toBe(order)
    expect(nextByReadings(order, { is: 'time', at: 1_100, good: GOOD }, PROOF).state).toBe('verified')
  })
})

describe('at the end of the window', () => {
  it('a good reading proves it, and the gateway moves it with what it read', () => {
    const order = nextByReadings(done(), { is: 'time', at: 1_500, good: GOOD }, PROOF)
    const evidence = { code: 'no-breach', figures: { verifyMs: 100, point: 'flow', value: 0 } }
    expect(order.history.at(-1)).toEqual({ at: 1_100, by: 'gateway', from: 'done', to: 'verified', evidence })
    expect(order.verification).toEqual({ state: 'passed', since: 1_000, until: 1_100, because: evidence })
  })

  it('silence proves nothing: a person must say', () => {
    const order = nextByReadings(done(), { is: 'time', at: 1_100 }, PROOF)
    expect(order).toMatchObject({ state: 'done', version: 5, verification: { state: 'manual' } })
    expect(next(order, { to: 'verified', at: 2_000, by: 'li' })).toMatchObject({ refused: 'same-person' })
    const verified = next(order, { to: 'verified', at: 2_000, by: 'wang' })
    if ('refused' in verified) throw new Error(verified.refused)
    const judged = verificationAfterMove(verified.order, { proof: PROOF, faultIsActive: false })
    expect(judged).toMatchObject({ state: 'verified', verification: { state: 'manual' } })
  })
})

it('an order that no rule watches is for a person to verify, at once', () => {
  const order = verificationAfterMove(done(), { proof: undefined, faultIsActive: false })
  expect(order.verification).toEqual({ state: 'manual', because: { code: 'no-rule', figures: {} } })
})

describe('a breach', () => {
  it('while done sends it back with the evidence, also at the very instant of done', () => {
    for (const at of [1_000, 1_099]) {
      const order = nextByReadings(done(), { is: 'breach', at, because: BREACH }, PROOF)
      expect(order.history.at(-1)).toMatchObject({ at, by: 'gateway', to: 'accepted', evidence: BREACH })
      expect(order.verification).toMatchObject({ state: 'failed', because: BREACH })
    }
  })

  it('while verified sends it back too', () => {
    const verified = nextByReadings(done(), { is: 'time', at: 1_100, good: GOOD }, PROOF)
    const order = nextByReadings(verified, { is: 'breach', at: 3_000, because: BREACH }, PROOF)
    expect(order).toMatchObject({ state: 'accepted', verification: { state: 'failed' } })
  })

  it('of before done, told late, only says that the fault was still active', () => {
    const order = nextByReadings(done(), { is: 'breach', at: 900, because: BREACH }, PROOF)
    expect(order).toMatchObject({ state: 'done', verification: { state: 'waiting' } })
    expect(order.verification.since).toBeUndefined()
  })

  it('leaves an order alone that nobody has called done, and one that is closed', () => {
    const accepted = { ...done(), state: 'accepted' } as const
    const closed = { ...done(), state: 'closed' } as const
    for (const order of [accepted, closed]) {
      expect(nextByReadings(order, { is: 'breach', at: 5_000, because: BREACH }, PROOF)).toBe(order)
    }
  })

  it('stays readable until it is called done again', () => {
    const back = nextByReadings(done(), { is: 'breach', at: 1_050, because: BREACH }, PROOF)
    const again = next(back, { to: 'done', at: 4_000, by: 'li' })
    if ('refused' in again) throw new Error(again.refused)
    expect(verificationAfterMove(again.order, { proof: PROOF, faultIsActive: false }).verification).toEqual({
      state: 'waiting',
      since: 4_000,
      until: 4_100,
    })
  })
})

describe('a good reading', () => {
  const sample = (at: number, more: Partial<Sample> = {}): Sample => ({
    device: 'meter-1',
    at,
    values: { flow: 0 },
    ...more,
  })
  // biome-ignore format: one line a case
  it.each<[string, Sample, boolean]>([
    ['at the first instant counts',             sample(1_000), true],
    ['at the last instant counts',              sample(1_099), true],
    ['at the end is too late',                  sample(1_100), false],
    ['before the start is too early',           sample(999), false],
    ['of another device says nothing',          sample(1_050, { device: 'meter-2' }), false],
    ['of another point says nothing',           sample(1_050, { values: { volume: 3 } }), false],
    ['in doubt is not good',                    sample(1_050, { doubts: { flow: 'uncertain' } }), false],
    ['that is bad is not good',                 sample(1_050, { doubts: { flow: 'bad' } }), false],
    ['that is not a number is not good',        sample(1_050, { values: { flow: Number.NaN } }), false],
  ])('%s', (_why, reading, counts) => {
    expect(goodReadingFor(done(), reading, PROOF) !== undefined).toBe(counts)
  })

  it('may be of any point where the rule names none', () => {
    const any = { verifyMs: 100, points: [] }
    expect(goodReadingFor(done(), sample(1_050, { values: { door: 'closed' } }), any)).toEqual({
      at: 1_050,
      point: 'door',
      value: 'closed',
    })
  })
})
