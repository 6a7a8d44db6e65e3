import { describe, expect, it } from 'vitest'
import type { Evidence } from '../model/evidence.ts'
import { reproduce } from './reproduce.ts'

const MINUTE_MS = 60_000
const OPTIONS = { point: 'flow', above: 8, clearBelow: 6, forMs: 2 * MINUTE_MS, heldMs: 10 * MINUTE_MS }

const hot = (minute: number) => ({
  device: 'meter-1',
  at: minute * MINUTE_MS,
  receivedAt: minute * MINUTE_MS + 500,
  values: { flow: 9 },
})

/** Above 8 m³/h from minute 10 on; the breach was waited for. */
const BURST: Evidence = {
  format: 1,
  rule: 'burst',
  version: '0123456789abcdef',
  kind: 'sustained',
  subject: 'meter-1',
  options: OPTIONS,
  at: 12 * MINUTE_MS,
  because: { code: 'above-for', figures: { point: 'flow', value: 9, above: 8, forMs: 2 * MINUTE_MS } },
  before: { is: 'rising', since: 10 * MINUTE_MS, lastAt: 11 * MINUTE_MS, value: 9 },
  moment: { wokenAt: 12 * MINUTE_MS },
  readings: [{ ...hot(9), values: { flow: 1 } }, hot(10), hot(11)],
  from: 5 * MINUTE_MS,
}

describe('an alarm reached again from its evidence', () => {
  it('comes out the same, by its step and by its readings', () => {
    const { step, readings } = reproduce(BURST)
    expect(step).toEqual({ verdict: { at: BURST.at, because: BURST.because }, differs: [] })
    expect(readings).toMatchObject({ differs: [], count: 3 })
  })

  it('says what differs where the evidence does not carry the verdict', () => {
    const told = {
      ...BURST,
      at: 13 * MINUTE_MS,
      because: { ...BURST.because, figures: { ...BURST.because.figures, value: 12 } },
    }
    const { step } = reproduce(told)
    expect(step.differs).toEqual([
      expect.stringContaining('at: '),
      expect.stringContaining('value: 12 was told, now 9'),
    ])
  })

  it('comes out the same where it was a source that had no link', () => {
    const at = 12 * MINUTE_MS
    const lost: Evidence = {
      ...BURST,
      rule: 'source-down',
      kind: 'source-down',
      subject: 'source:plant',
      options: { downMs: 2 * MINUTE_MS },
      at,
      because: { code: 'source-down', figures: { forMs: 2 * MINUTE_MS, detail: 'ECONNREFUSED' } },
      before: { downSince: 10 * MINUTE_MS, breached: false, detail: 'ECONNREFUSED' },
      moment: { wokenAt: at + 700 },
      readings: [],
    }
    expect(reproduce(lost).step.differs).toEqual([])
    expect(reproduce({ ...lost, options: { downMs: MINUTE_MS } }).step.differs).not.toEqual([])
  })

  it('is not reached by readings that are cut too short, and still by its step', () => {
    const { step, readings } = reproduce({ ...BURST, readings: [], cut: 'history-away' })
    expect(step.differs).toEqual([])
    expect(readings.differs).toEqual(['no breach came out'])
  })

  it('is not reached from a state that is not the rule’s own', () => {
    expect(reproduce({ ...BURST, before: { is: 'somewhere' } }).step.differs).toHaveLength(1)
    expect(() => reproduce({ ...BURST, kind: 'psychic' })).toThrow(/no rule kind/)
  })
})
