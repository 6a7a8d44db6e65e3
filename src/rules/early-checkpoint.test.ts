import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { earlyCheckpoint } from './early-checkpoint.ts'

const MINUTE_MS = 60_000
const MIDNIGHT = Temporal.ZonedDateTime.from('2026-03-01T00:00[Asia/Shanghai]').epochMilliseconds
const OPTIONS = {
  plan: { timeZone: 'Asia/Shanghai', starts: { everyMinutes: 20 }, offsetsMinutes: [10] },
  earlyMs: 2 * MINUTE_MS,
  upToMs: 5 * MINUTE_MS,
  missAfterMs: 3 * MINUTE_MS,
  repeatMs: MINUTE_MS,
  graceMs: 2 * MINUTE_MS,
}
const MARKS = { r: { values: { tag: 'T1', guard: 'wang' } }, v: { values: { guard: 'wang' } } }

const walked = (picture: string) => commits(picture, MARKS, MINUTE_MS, MIDNIGHT)

describe('early-checkpoint (due at minutes 10 and 30; in time from 2 min before, early up to 5 min before that)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a visit in time is fine',                         '--------r---------------------r-----', '------------------------------------'],
    ['before the window it breaches until the visit is made', '-----r-----r------------------r-----', '-----B-----F------------------------'],
    ['or until the window is over',                     '-------r----------------------r-----', '-------B-----F----------------------'],
    ['a read long before is nobody’s visit',            '--r-------r-------------------r-----', '------------------------------------'],
    ['the first of the minutes that count',             '---r------r-------------------r-----', '---B------F-------------------------'],
    ['early twice is one breach',                       '----r-r---r-------------------r-----', '----B-----F-------------------------'],
    ['a checkpoint touched again soon after is not early for the next', '----------r----r--------------r-----', '------------------------------------'],
    ['nearer to the next plan it is',                   '----------r---------------r---r-----', '--------------------------B---F-----'],
    ['a message without a tag is no visit',             '-----v----r-------', '------------------'],
    ['a breach outlasts an absence',                    '-----r-~~~~~~----', '-----B---------F-'],
  ])('%s', (_why, picture, wanted) => {
    const told = drawn(picture.length, run(earlyCheckpoint, OPTIONS, walked(picture)), MINUTE_MS, MIDNIGHT)
    expect(told).toBe(wanted)
  })

  it('of two plans a read belongs to the nearer one', () => {
    const told = (line: string) =>
      run(earlyCheckpoint, { ...OPTIONS, upToMs: 60 * MINUTE_MS }, walked(line)).map(
        ({ at }) => (at - MIDNIGHT) / MINUTE_MS,
      )
    expect(told('----------r----r--------------r-----')).toEqual([])
    expect(told('----------r----------r--------r-----')).toEqual([21, 30])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = walked(
      '-----r-----r-------------r--------------------r--~~~~~~---r------r---------------r---',
    )
    const whole = run(earlyCheckpoint, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const again of resumedAnywhere(earlyCheckpoint, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
