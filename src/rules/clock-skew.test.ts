import { describe, expect, it } from 'vitest'
import { resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { clockSkew, clockSkewKind } from './clock-skew.ts'
import type { LiveCommit } from './evaluate.ts'

const MINUTE_MS = 60_000
const OPTIONS = { aboveMs: MINUTE_MS, arrivals: 3, storedMs: 0 }

/** An arrival each minute with the lags, in seconds, of its samples. */
const arrivals = (...lags: readonly number[][]): LiveCommit[] =>
  lags.map((samples, index) => {
    const receivedAt = (index + 100) * 60 * MINUTE_MS
    const readings = samples.map((lag) => ({
      device: 'meter-1',
      at: receivedAt - lag * 1_000,
      receivedAt,
      values: {},
    }))
    return { receivedAt, gaps: [], readings }
  })

const told = (stream: LiveCommit[], options = OPTIONS) =>
  run(clockSkew, options, stream).map(
    ({ at, breached }) => `${breached ? 'B' : 'F'}${stream.findIndex(({ receivedAt }) => receivedAt === at)}`,
  )

describe('clock-skew (more than 60 s in three arrivals in a row)', () => {
  // biome-ignore format: the lags stay aligned
  it.each([
    ['a device on time is fine',                    [[0], [2], [60], [-60]], []],
    ['a clock that is ahead is told',               [[-61], [-70], [-66]], ['B2']],
    ['a clock that is behind is told',              [[3600], [3605], [3601]], ['B2']],
    ['twice is not enough',                         [[3600], [3605], [1]], []],
    ['a backlog on its way catches up',             [[7200], [3600], [1800], [900], [0]], []],
    ['a backlog in one arrival ends with the newest', [[7200, 3600, 1], [7200, 3600, 1], [7200, 3600, 1]], []],
    ['of an arrival the newest sample counts',      [[9000, 3600], [9000, 3600], [9000, 3600]], ['B2']],
    ['it is over with the first sample on time',    [[300], [300], [300], [300], [1]], ['B2', 'F4']],
  ])('%s', (_why, lags, wanted) => {
    expect(told(arrivals(...lags))).toEqual(wanted)
  })

  it('a meter that sends what it has stored has its newest sample as old as its interval', () => {
    const options = { ...OPTIONS, storedMs: 15 * MINUTE_MS }
    expect(told(arrivals([86_400, 900], [86_400, 800], [86_400, 850]), options)).toEqual([])
    expect(told(arrivals([86_400, 4_500], [86_400, 4_400], [86_400, 4_450]), options)).toEqual(['B2'])
  })

  it('what was kept and is sent off at once accuses no clock, however close together it was measured', () => {
    const sentMs = 1_000 * 60 * MINUTE_MS
    const kept = [0, 10, 20, 30, 40].map((second) => sentMs - 7_200_000 + second * 1_000)
    const sent = kept.map((at, nth): LiveCommit => {
      const receivedAt = sentMs + nth * 200
      return { receivedAt, gaps: [], readings: [{ device: 'meter-1', at, receivedAt, values: {} }] }
    })
    expect(run(clockSkew, OPTIONS, sent)).toEqual([])
    // A clock that is wrong shows the same once it has done so for longer than it may be wrong by.
    const slow = [0, 10, 20, 30, 40, 50, 61].map((second): LiveCommit => {
      const receivedAt = sentMs + second * 1_000
      const reading = { device: 'meter-1', at: receivedAt - 7_200_000, receivedAt, values: {} }
      return { receivedAt, gaps: [], readings: [reading] }
    })
    expect(run(clockSkew, OPTIONS, slow)).toMatchObject([{ breached: true, at: sentMs + 61_000 }])
  })

  it('nothing is made where nothing changes', () => {
    const { state } = clockSkew.start(OPTIONS, 0)
    const reading = { device: 'meter-1', at: 1, receivedAt: 1, values: {} }
    expect(clockSkew.step(state, { reading }, OPTIONS).state).toBe(state)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = arrivals([300], [300, 299], [300], [300], [1], [-90], [-90], [-90])
    const whole = run(clockSkew, OPTIONS, all)
    expect(whole).toHaveLength(3)
    for (const one of resumedAnywhere(clockSkew, OPTIONS, all)) expect(one).toEqual(whole)
  })

  it('by default a minute, five arrivals', () => {
    expect(clockSkewKind.declared.parse({})).toEqual({ aboveMs: 60_000, arrivals: 5 })
  })
})
