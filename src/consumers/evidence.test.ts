import { describe, expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Commit } from '../model/commit.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Reading } from '../model/reading.ts'
import type { Breach, CommitFindings } from '../operations/findings.ts'
import { evidenceGatherer, spanOf } from './evidence.ts'

const MINUTE_MS = 60_000
const NOW = 600 * MINUTE_MS
const reading = (minute: number, flow: number, receivedAt = minute * MINUTE_MS): Reading => ({
  device: 'meter-1',
  at: minute * MINUTE_MS,
  receivedAt,
  values: { flow },
})
const decided = reading(600, 9)
const EVIDENCE: Evidence = {
  format: 1,
  rule: 'burst',
  version: 'v',
  kind: 'sustained',
  subject: 'meter-1',
  at: NOW,
  options: { forMs: 10 * MINUTE_MS, above: 8 },
  because: { code: 'above-for', figures: {} },
  before: {},
  moment: { reading: decided },
  readings: [decided],
  from: NOW,
}
const span = spanOf({ device: 'meter-1' }, EVIDENCE)

/** Breaches of one commit, as the consumer hands them over. */
const found = (breaches = 1, evidence = EVIDENCE): CommitFindings[] => [
  {
    offset: 7,
    receivedAt: NOW,
    learnedAt: NOW,
    readings: [],
    findings: Array.from({ length: breaches }, () => ({ is: 'breach', evidence, span }) as unknown as Breach),
  },
]
const BATCH: Commit[] = [
  {
    offset: 7,
    receivedAt: NOW,
    records: [{ is: 'reading', device: 'meter-1', at: NOW, values: { flow: 9 } }],
  },
]

const gathered = (commits: readonly CommitFindings[]) =>
  commits.flatMap(({ findings }) => findings.map((finding) => (finding as Breach).evidence as Evidence))

const historyOf = (readings: readonly Reading[]) => ({
  reached: async () => {},
  readings: async ({ from, to, limit }: { from: number; to: number; limit: number }) =>
    readings.filter(({ at }) => at >= from && at < to).slice(0, limit),
})

it('the stretch of an evidence is twice its longest duration, the common options among them', () => {
  const spanMs = (options: object) => {
    const { from, to } = spanOf({ device: 'meter-1' }, { ...EVIDENCE, options })
    return to - 1 - from
  }
  const own = { forMs: 20 * MINUTE_MS, above: 8 }
  expect(spanMs(own)).toBe(40 * MINUTE_MS)
  expect(spanMs({ ...own, conditions: { onDelayMs: 30 * MINUTE_MS } })).toBe(60 * MINUTE_MS)
  const optionsWhen = [{ when: {}, options: { ...own, forMs: 50 * MINUTE_MS } }]
  expect(spanMs({ ...own, conditions: { onDelayMs: 1, optionsWhen } })).toBe(100 * MINUTE_MS)
})

describe('the readings of an evidence', () => {
  it('are what the rule had heard: once, in order, nothing late, nothing that came afterwards', async () => {
    const late = reading(590, 5, NOW - 1) // received after minutes 591 to 599
    const heard = Array.from({ length: 15 }, (_, n) => reading(585 + n, 1)).filter(({ at }) => at !== late.at)
    const afterwards = reading(599.5, 3, NOW + 5_000)
    const history = historyOf([...heard, late, decided, afterwards].sort((a, b) => a.at - b.at))
    const gatherer = evidenceGatherer({ history, clock: handClock(NOW) })
    const [evidence] = gathered(await gatherer.gather(found(), BATCH))
    expect(evidence?.readings).toEqual([...heard, decided])
    expect(evidence).toMatchObject({ from: span.from })
    expect(evidence).not.toHaveProperty('cut')
  })

  it('have an instant once where the rule minds who speaks, and as often as it was heard where it minds what', async () => {
    const [first, second] = [reading(595, 1), { ...reading(595, 2), receivedAt: 598 * MINUTE_MS }]
    const readingsBy = async (kind: string) => {
      const history = historyOf([first, second, decided])
      const gatherer = evidenceGatherer({ history, clock: handClock(NOW) })
      const [evidence] = gathered(await gatherer.gather(found(1, { ...EVIDENCE, kind }), BATCH))
      return evidence?.readings
    }
    expect(await readingsBy('clock-skew')).toEqual([first, decided])
    expect(await readingsBy('sustained')).toEqual([first, second, decided])
  })

  it('are the newest five hundred where there are more, and the evidence says so', async () => {
    const many = Array.from({ length: 5_000 }, (_, n) => ({
      ...reading(600, 1),
      at: span.from + n * 200,
      receivedAt: span.from + n * 200,
    }))
    const gatherer = evidenceGatherer({ history: historyOf(many), clock: handClock(NOW) })
    const [evidence] = gathered(await gatherer.gather(found(), BATCH))
    expect(evidence?.cut).toBe('too-many')
    expect(evidence?.readings).toHaveLength(500)
    expect(evidence?.readings.at(-1)).toEqual(decided)
  })

  it('are those at hand where the history does not answer in time, and it is left alone for a while', async () => {
    const clock = handClock(NOW)
    let asked = 0
    const history = {
      reached: async () => {},
      readings: () => {
        asked++
        return new Promise<never>(() => {})
      },
    }
    const gatherer = evidenceGatherer({ history, clock })
    const first = gatherer.gather(found(), BATCH)
    await Promise.resolve()
    clock.pass(250)
    expect(gathered(await first)).toMatchObject([{ cut: 'history-away', readings: [decided] }])
    expect(gathered(await gatherer.gather(found(), BATCH))).toMatchObject([{ cut: 'history-away' }])
    expect(asked).toBe(1)
    expect(gatherer.counts.incomplete).toBe(2)
  })

  it('are asked for by a few alarms only, where many come at once', async () => {
    const gatherer = evidenceGatherer({ history: historyOf([decided]), clock: handClock(NOW) })
    const all = gathered(await gatherer.gather(found(40), BATCH))
    expect(all.filter(({ cut }) => cut === 'flood')).toHaveLength(8)
    expect(all.every(({ readings }) => readings.length === 1)).toBe(true)
  })
})
