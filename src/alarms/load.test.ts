import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LoadAlarm, loadOf } from './load.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const FROM = Date.UTC(2026, 0, 5)

const alarm = (atMs: number, more: Partial<LoadAlarm> = {}): LoadAlarm => ({
  id: `a-${atMs}`,
  rule: 'burst-pipe',
  subject: 'meter-1',
  device: 'meter-1',
  severity: 'low',
  place: { institution: 'school' },
  raisedAt: FROM + atMs,
  learnedAt: FROM + atMs,
  clearedAt: FROM + atMs + MINUTE,
  ...more,
})

const day = { from: FROM, to: FROM + DAY }
const figure = (alarms: readonly LoadAlarm[], code: string, over = day) =>
  loadOf(alarms, over).figures.find((one) => one.code === code)

describe('the load of a day', () => {
  it('with one alarm in ten minutes is good, with two fair, with more poor', () => {
    const every = (gapMs: number) => Array.from({ length: DAY / gapMs }, (_, i) => alarm(i * gapMs))
    expect(figure(every(10 * MINUTE), 'average-rate')).toMatchObject({ value: 1, verdict: 'good' })
    expect(figure(every(5 * MINUTE), 'average-rate')).toMatchObject({ value: 2, verdict: 'fair' })
    expect(figure(every(4 * MINUTE), 'average-rate')).toMatchObject({ value: 2.5, verdict: 'poor' })
  })

  it('shows the flood that its average hides, and the peak across the edge of two counted stretches', () => {
    const burst = Array.from({ length: 14 }, (_, i) => alarm(6 * MINUTE + i * 30_000))
    const report = loadOf(burst, day)
    expect(report.perTenMinutes.average).toBeCloseTo(14 / 144)
    expect(report.perTenMinutes.peak).toEqual({ from: FROM, count: 8 })
    expect(report.perTenMinutes.sliding).toMatchObject({ count: 14 })
    // From the eleventh alarm until the tenth, then the fifth newest, is ten minutes old.
    expect(report.flood).toMatchObject({ times: 1, forMs: 4.5 * MINUTE + 10 * MINUTE - 5 * MINUTE })
  })

  it('counts the share of a flood that falls into it', () => {
    const burst = Array.from({ length: 11 }, (_, i) => alarm(-5 * MINUTE + i * 1_000))
    const over = -5 * MINUTE + 6_000 + 10 * MINUTE
    expect(loadOf(burst, day)).toMatchObject({ alarms: 0, flood: { times: 1, forMs: over } })
  })

  it('names the ten that gave most, and their share of all', () => {
    const few = Array.from({ length: 30 }, (_, i) => alarm(i * 20 * MINUTE, { subject: `meter-${i}` }))
    const one = Array.from({ length: 30 }, (_, i) =>
      alarm(i * 10 * MINUTE, { subject: 'gate-1', device: 'gate-1' }),
    )
    const { top, topShare } = loadOf([...few, ...one], day)
    expect(top).toHaveLength(10)
    expect(top[0]).toEqual({ rule: 'burst-pipe', subject: 'gate-1', device: 'gate-1', count: 30, share: 0.5 })
    expect(topShare).toBeCloseTo(39 / 60)
  })

  it('judges the ten most frequent only among so many that they could give little', () => {
    const from = (sources: number) =>
      Array.from({ length: sources }, (_, i) => alarm(i * 60_000, { subject: `meter-${i}` }))
    expect(figure(from(10), 'top-ten-share')).toMatchObject({
      value: expect.closeTo(1),
      verdict: 'too-few',
      because: { code: 'too-few-sources', figures: { count: 10, least: 50 } },
    })
    expect(figure(from(49), 'top-ten-share')?.verdict).toBe('too-few')
    expect(figure(from(50), 'top-ten-share')?.verdict).toBe('fair')
    const nuisance = Array.from({ length: 100 }, (_, i) => alarm(i * 1_000, { subject: 'gate-1' }))
    expect(figure([...from(50), ...nuisance], 'top-ten-share')).toMatchObject({ verdict: 'poor' })
  })

  it('judges no severity by a single alarm', () => {
    const low = (count: number) => Array.from({ length: count }, (_, i) => alarm(i * 60_000))
    const critical = alarm(0, { id: 'c', severity: 'critical' })
    expect(figure([critical, ...low(18)], 'critical-share')).toMatchObject({
      because: { code: 'too-few-alarms', figures: { count: 19, least: 20 } },
    })
    expect(figure([critical, ...low(19)], 'critical-share')).toMatchObject({ value: 0.05, verdict: 'fair' })
    expect(figure([critical, ...low(3)], 'high-share')?.verdict).toBe('too-few')
    expect(figure([critical, critical, ...low(3)], 'high-share')?.verdict).toBe('poor')
  })

  it('counts what rang before somebody made it quiet, and not what never rang', () => {
    const shelved = { by: 'shelved', until: FROM + DAY, reason: 'known', who: 'li' } as const
    const shelvedLater = alarm(0, { rangAt: FROM, suppression: { ...shelved, at: FROM + MINUTE } })
    const longQuiet = alarm(1_000, { suppression: { ...shelved, at: FROM + HOUR } }) // the shelf was prolonged
    expect(loadOf([shelvedLater, longQuiet], day).alarms).toBe(1)
  })

  it('lists what chatters with its cure, and what is stale, also where it was raised before', () => {
    const chatter = Array.from({ length: 5 }, (_, i) =>
      alarm(i * 15_000, {
        clearedAt: FROM + i * 15_000 + 10_000,
        clearedBecause: { code: 'below', figures: { limit: 5, backBy: 0.12 } },
      }),
    )
    const { clearedAt: _, ...standing } = alarm(-2 * DAY, { subject: 'gate-1' })
    const { chattering, stale } = loadOf([...chatter, standing, alarm(-3 * DAY)], day)
    expect(chattering).toMatchObject([
      {
        subject: 'meter-1',
        count: 5,
        cures: [{ by: 'off-delay', forMs: 5_000 }],
        deadband: { width: 0.15, alarms: 1 },
      },
    ])
    expect(stale.map(({ subject }) => subject)).toEqual(['gate-1'])
  })

  it('judges what is stale by the most at one time: a month with one every other day is no wall of old alarms', () => {
    const month = { from: FROM, to: FROM + 30 * DAY }
    const every = Array.from({ length: 15 }, (_, i) =>
      alarm(2 * i * DAY, { clearedAt: FROM + 2 * i * DAY + 30 * HOUR }),
    )
    expect(loadOf(every, month).stale).toHaveLength(15)
    expect(figure(every, 'stale', month)).toMatchObject({ value: 1, verdict: 'good' })
    const { clearedAt: _over, ...standing } = alarm(0)
    const wall = Array.from({ length: 6 }, (_, i) => ({ ...standing, id: `s-${i}`, subject: `meter-${i}` }))
    expect(figure(wall, 'stale', month)).toMatchObject({ value: 6, verdict: 'fair' })
    // Over before the stretch began, or stale only after its end.
    const outside = [
      alarm(-3 * DAY, { clearedAt: FROM - HOUR }),
      alarm(29.5 * DAY, { clearedAt: FROM + 40 * DAY }),
    ]
    expect(figure(outside, 'stale', month)).toMatchObject({ value: 0 })
  })

  it('leaves out what did not ring: suppressed, or over before anyone knew', () => {
    const suppression = { by: 'parent', at: FROM, parent: 'x' } as const
    const late = alarm(0, { learnedAt: FROM + HOUR })
    expect(loadOf([alarm(0, { suppression }), late, alarm(1)], day).alarms).toBe(1)
  })

  it('of nothing is nothing, not a division by it', () => {
    const report = loadOf([], day)
    expect(report).toMatchObject({
      alarms: 0,
      topShare: 0,
      perTenMinutes: { average: 0, peak: null, sliding: null },
    })
    expect(report.figures.every(({ value, verdict }) => value === 0 && verdict === 'good')).toBe(true)
    expect(report.series.steps).toHaveLength(144)
  })
})

it('whatever rang, the parts add up: steps, severities, sources', () => {
  const one = fc.record({
    atMs: fc.integer({ min: -DAY, max: 2 * DAY }),
    meter: fc.integer({ min: 1, max: 15 }),
    severity: fc.constantFrom('critical' as const, 'high' as const, 'medium' as const, 'low' as const),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 200 }), (list) => {
      const alarms = list.map(({ atMs, meter, severity }, i) =>
        alarm(atMs, { id: `a-${i}`, subject: `meter-${meter}`, severity }),
      )
      const report = loadOf(alarms, day)
      const inside = list.filter(({ atMs }) => atMs >= 0 && atMs < DAY).length
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
      expect(report.alarms).toBe(inside)
      expect(sum(report.series.steps.map(({ count }) => count))).toBe(inside)
      expect(sum(report.severities.map(({ count }) => count))).toBe(inside)
      expect(report.perTenMinutes.sliding?.count ?? 0).toBeGreaterThanOrEqual(
        report.perTenMinutes.peak?.count ?? 0,
      )
      expect(report.topShare).toBeLessThanOrEqual(1.000001)
      expect(report.flood.share).toBeLessThanOrEqual(1)
      if ((report.perTenMinutes.sliding?.count ?? 0) > 10) expect(report.flood.times).toBeGreaterThan(0)
    }),
    { numRuns: 150 },
  )
})
