import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { nextVisit } from '../model/patrol-plan.ts'
import { missedCheckpoint } from './missed-checkpoint.ts'

const MINUTE_MS = 60_000
const MIDNIGHT = Temporal.ZonedDateTime.from('2026-03-01T00:00[Asia/Shanghai]').epochMilliseconds
const PLAN = { timeZone: 'Asia/Shanghai', starts: { everyMinutes: 10 }, offsetsMinutes: [4] }
const OPTIONS = {
  plan: PLAN,
  earlyMs: 2 * MINUTE_MS,
  missAfterMs: 3 * MINUTE_MS,
  repeatMs: MINUTE_MS,
  graceMs: 2 * MINUTE_MS,
}
const MARKS = { r: { values: { tag: 'T1', guard: 'wang' } }, v: { values: { guard: 'wang' } } }

const told = (picture: string) =>
  drawn(
    picture.length,
    run(missedCheckpoint, OPTIONS, commits(picture, MARKS, MINUTE_MS, MIDNIGHT)),
    MINUTE_MS,
    MIDNIGHT,
  )

describe('missed-checkpoint (a round every 10 min, here at minute 4; 2 min early to 3 min after is in time)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    //                                                           4         4         4
    ['a visit on time is fine',                             '----r---------r-----', '--------------------'],
    ['early and late within the window is fine',            '--r-----------.--r--', '--------------------'],
    ['a read at the very cut-off counts',                   '-------r------r-----', '--------------------'],
    ['no visit breaches at the cut-off, by itself',         '--------------r-----', '-------B------F-----'],
    ['too early is no visit',                               '-r--------', '-------B--'],
    ['a visit after the cut-off clears',                    '--------r-----r-----', '-------BF-----------'],
    ['visits missed in between are not raised again',       '------------------------------r', '-------B----------------------F'],
    ['a message without a tag is no visit',                 '----v-----', '-------B--'],
    ['a window that began before the start is not judged',  '---', '---'],
    ['a visit during an absence is waited for a little longer', '----~~~~------', '----------B---'],
    ['a window that lies in an absence is not judged',      '-~~~~~~~~~----r---', '------------------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('does not judge a visit whose window had begun when it came under the rule', () => {
    const late = commits('----------', MARKS, MINUTE_MS, MIDNIGHT + 3 * MINUTE_MS)
    expect(run(missedCheckpoint, OPTIONS, late)).toEqual([])
  })

  it('a tag shown twice is one visit, not also that of the next round', () => {
    const options = { ...OPTIONS, earlyMs: 8 * MINUTE_MS, repeatMs: 2 * MINUTE_MS }
    const twice = commits('----------------rr------------', MARKS, MINUTE_MS, MIDNIGHT)
    expect(drawn(30, run(missedCheckpoint, options, twice), MINUTE_MS, MIDNIGHT)).toBe(`${'-'.repeat(27)}B--`)
    const again = commits('----------------r-r-----------', MARKS, MINUTE_MS, MIDNIGHT)
    expect(run(missedCheckpoint, options, again)).toEqual([])
  })

  it('a read that was kept during an absence counts by when it was made', () => {
    const stream = commits('----~~~~-r----r-', MARKS, MINUTE_MS, MIDNIGHT)
    const kept = stream.map((commit) => ({
      ...commit,
      readings: commit.readings.map((reading) => ({
        ...reading,
        at: reading.at === MIDNIGHT + 9 * MINUTE_MS ? MIDNIGHT + 6 * MINUTE_MS : reading.at,
      })),
    }))
    expect(run(missedCheckpoint, OPTIONS, kept)).toEqual([])
    expect(run(missedCheckpoint, OPTIONS, stream)).not.toEqual([])
  })

  it('a reader that sends late proves the visit that was missed', () => {
    const stream = commits('----r-----------', MARKS, MINUTE_MS, MIDNIGHT)
    const late = stream.map((commit, minute) => {
      if (minute === 4) return { ...commit, readings: [] }
      return minute === 9 ? { ...commit, readings: stream[4]?.readings ?? [] } : commit
    })
    const told = run(missedCheckpoint, OPTIONS, late)
    expect(told.map(({ at, breached }) => [(at - MIDNIGHT) / MINUTE_MS, breached])).toEqual([
      [7, true],
      [7, false],
    ])
    let state = missedCheckpoint.start(OPTIONS, MIDNIGHT).state
    state = missedCheckpoint.step(state, { wokenAt: MIDNIGHT + 7 * MINUTE_MS }, OPTIONS).state
    const at = MIDNIGHT + 4 * MINUTE_MS
    const reading = { device: 'meter-1', at, receivedAt: at + 5 * MINUTE_MS, values: { tag: 'T1' } }
    expect(missedCheckpoint.step(state, { reading }, OPTIONS).verdict?.because).toEqual({
      code: 'visit-proven',
      figures: { visited: '2026-03-01 00:04' },
    })
  })

  it('of two missed visits a late read of the last proves only that one', () => {
    let { state } = missedCheckpoint.start(OPTIONS, MIDNIGHT)
    for (const minute of [7, 17])
      state = missedCheckpoint.step(state, { wokenAt: MIDNIGHT + minute * MINUTE_MS }, OPTIONS).state
    const at = MIDNIGHT + 14 * MINUTE_MS
    const reading = { device: 'post', at, receivedAt: at + 6 * MINUTE_MS, values: { tag: 'T1' } }
    expect(missedCheckpoint.step(state, { reading }, OPTIONS).verdict?.because).toEqual({
      code: 'visited-again',
      figures: { missed: 2 },
    })
  })

  it('of two in a row rings at the second, not at each, and not for every other one', () => {
    const two = { ...OPTIONS, inARow: 2 }
    const toldOfTwo = (picture: string) => {
      const stream = commits(picture, MARKS, MINUTE_MS, MIDNIGHT)
      for (const again of resumedAnywhere(missedCheckpoint, two, stream))
        expect(again).toEqual(run(missedCheckpoint, two, stream))
      return drawn(picture.length, run(missedCheckpoint, two, stream), MINUTE_MS, MIDNIGHT)
    }
    expect(toldOfTwo('------------------------------r--------')).toBe(
      '-----------------B------------F--------',
    )
    expect(toldOfTwo('----r-------------------r--------------')).toBe('-'.repeat(39))
    expect(toldOfTwo('----r---------------------------------r')).toBe(
      '---------------------------B----------F',
    )
    let { state } = missedCheckpoint.start(two, MIDNIGHT)
    let because: unknown
    for (const minute of [7, 17]) {
      const step = missedCheckpoint.step(state, { wokenAt: MIDNIGHT + minute * MINUTE_MS }, two)
      state = step.state
      because = step.verdict?.because
    }
    expect(because).toEqual({
      code: 'visits-missed',
      figures: { missed: 2, planned: '2026-03-01 00:14', missAfterMs: 3 * MINUTE_MS },
    })
  })

  it('counts every visit for which the wait ended together, after an absence', () => {
    const dense = { ...OPTIONS, plan: { ...PLAN, starts: { everyMinutes: 2 }, offsetsMinutes: [0] } }
    const options = { ...dense, earlyMs: MINUTE_MS, graceMs: 6 * MINUTE_MS }
    const { state } = missedCheckpoint.start(options, MIDNIGHT)
    const minutes = (from: number, to: number) => ({
      from: MIDNIGHT + from * MINUTE_MS,
      to: MIDNIGHT + to * MINUTE_MS,
    })
    const after = missedCheckpoint.afterGap?.(state, minutes(1, 9), options) ?? expect.unreachable()
    expect(after.wakeAt).toBe(MIDNIGHT + 15 * MINUTE_MS)
    const woken = missedCheckpoint.step(after.state, { wokenAt: MIDNIGHT + 15 * MINUTE_MS }, options)
    expect(woken.state.missed, 'at 8, 10 and 12').toBe(3)
    expect(woken.wakeAt).toBe(MIDNIGHT + 17 * MINUTE_MS)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits(
      '----r---------------r---~~~~~------r-r-------------r----',
      MARKS,
      MINUTE_MS,
      MIDNIGHT,
    )
    const whole = run(missedCheckpoint, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const again of resumedAnywhere(missedCheckpoint, OPTIONS, all)) expect(again).toEqual(whole)
  })
})

describe('the plan of a checkpoint', () => {
  const at = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds

  it('starts rounds at local midnight and every so often after it', () => {
    expect(nextVisit(PLAN, at('2026-03-01T23:53'))).toBe(at('2026-03-01T23:54'))
    expect(nextVisit(PLAN, at('2026-03-01T23:54'))).toBe(at('2026-03-02T00:04'))
  })

  it('follows listed times over midnight and the end of a month', () => {
    const plan = { timeZone: 'Asia/Shanghai', starts: { at: ['22:00', '23:50'] }, offsetsMinutes: [5, 20] }
    expect(nextVisit(plan, at('2026-02-28T22:05'))).toBe(at('2026-02-28T22:20'))
    expect(nextVisit(plan, at('2026-02-28T22:20'))).toBe(at('2026-02-28T23:55'))
    expect(nextVisit(plan, at('2026-02-28T23:55'))).toBe(at('2026-03-01T00:10'))
    expect(nextVisit(plan, at('2026-03-01T00:10'))).toBe(at('2026-03-01T22:05'))
  })
})
