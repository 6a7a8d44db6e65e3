import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { lateCheckpoint, lateCheckpointKind } from './late-checkpoint.ts'

const MINUTE_MS = 60_000
const MIDNIGHT = Temporal.ZonedDateTime.from('2026-03-01T00:00[Asia/Shanghai]').epochMilliseconds
const OPTIONS = {
  plan: { timeZone: 'Asia/Shanghai', starts: { everyMinutes: 20 }, offsetsMinutes: [4] },
  earlyMs: 2 * MINUTE_MS,
  lateMs: 2 * MINUTE_MS,
  missAfterMs: 6 * MINUTE_MS,
  repeatMs: MINUTE_MS,
  graceMs: 2 * MINUTE_MS,
}
const MARKS = { r: { values: { tag: 'T1', guard: 'wang' } }, v: { values: { guard: 'wang' } } }

const walked = (picture: string) => commits(picture, MARKS, MINUTE_MS, MIDNIGHT)

describe('late-checkpoint (due at minutes 4 and 24; late after 2 min, missed after 6)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a visit on time is fine',                       '----r-------------------r----', '-----------------------------'],
    ['early is on time',                              '--r------------------r-------', '--------------------------B--'],
    ['a visit at the very limit is on time',          '------r-----------------r----', '-----------------------------'],
    ['overdue, it breaches by itself until somebody comes', '--------r---------------r----', '------B-F--------------------'],
    ['or until it is missed',                         '------------------------r----', '------B---F------------------'],
    ['a message without a tag is no visit',           '----v-------', '------B---F-'],
    ['a window that began before the start is not judged', '-', '-'],
    ['a visit during an absence is waited for a little longer', '---~~~~------', '---------BF--'],
    ['a window that lies in an absence is not judged', '-~~~~~~~~~~~~---------r----', '---------------------------'],
    ['a breach outlasts an absence, and ends after it', '-------~~~~~-----', '------B-------F--'],
  ])('%s', (_why, picture, wanted) => {
    const told = drawn(picture.length, run(lateCheckpoint, OPTIONS, walked(picture)), MINUTE_MS, MIDNIGHT)
    expect(told).toBe(wanted)
  })

  it('a reader that sends late proves that the visit was on time', () => {
    const stream = walked('----r---------').map((commit, minute, all) => {
      if (minute === 4) return { ...commit, readings: [] }
      return minute === 8 ? { ...commit, readings: all[4]?.readings ?? [] } : commit
    })
    const told = run(lateCheckpoint, OPTIONS, stream)
    expect(told.map(({ at, breached }) => [(at - MIDNIGHT) / MINUTE_MS, breached])).toEqual([
      [6, true],
      [6, false],
    ])
  })

  it('says by how much a visit was late, or that it was in time and told late', () => {
    const { state } = lateCheckpoint.step(
      lateCheckpoint.start(OPTIONS, MIDNIGHT).state,
      { wokenAt: MIDNIGHT + 6 * MINUTE_MS },
      OPTIONS,
    )
    const because = (minute: number) => {
      const reading = {
        device: 'meter-1',
        at: MIDNIGHT + minute * MINUTE_MS,
        receivedAt: MIDNIGHT + 8 * MINUTE_MS,
        values: { tag: 'T1' },
      }
      return lateCheckpoint.step(state, { reading }, OPTIONS).verdict?.because
    }
    expect(because(8)).toEqual({ code: 'visited-late', figures: { lateByMs: 4 * MINUTE_MS } })
    expect(because(5)).toEqual({ code: 'visit-proven', figures: { visited: '2026-03-01 00:05' } })
  })

  it('a visit that is late only when it is missed is refused', () => {
    const { error } = lateCheckpointKind.declared.safeParse({ lateMs: 900_000 })
    expect(error?.issues).toMatchObject([{ path: ['lateMs'] }])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = walked('----r----------------------r----------------~~~~~~~-----r-----------------r---')
    const whole = run(lateCheckpoint, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const again of resumedAnywhere(lateCheckpoint, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
