import { describe, expect, it } from 'vitest'
import { METER_OPTIONS, meterPicture } from '../../tests/support/meter-picture.ts'
import { drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import type { LiveCommit } from './evaluate.ts'
import { stuckMeter, stuckMeterKind } from './stuck-meter.ts'

const HOUR_MS = 3_600_000
const SIX_HOURS_MS = 6 * HOUR_MS
const DAY_MS = 24 * HOUR_MS
const OPTIONS = {
  ...(stuckMeterKind.declared.parse({}) as object),
  ...METER_OPTIONS,
  heldMs: SIX_HOURS_MS,
  timeZone: 'UTC',
} as Parameters<typeof stuckMeter.step>[2]

/**
 * A character a day: a digit is used before six in the morning, `m` is 3 m³ before midnight, `-` says nothing
 * all day; four readings a day from midnight on.
 */
const days = (picture: string): LiveCommit[] =>
  meterPicture(
    [...picture].map((day) => (day === '-' ? '----' : day === 'm' ? '3000' : `0${day}00`)).join(''),
    SIX_HOURS_MS,
  )

/** A month of five days of use and two of rest. */
const MONTH = '2222200'.repeat(4)

/** Verdicts of the days after a month, each under the day in which it falls. */
function told(picture: string, stream = days(MONTH + picture), options = OPTIONS): string {
  const verdicts = run(stuckMeter, options, stream).map((one) => ({
    ...one,
    at: Math.floor(one.at / DAY_MS) * DAY_MS,
  }))
  return drawn(picture.length, verdicts, DAY_MS, MONTH.length * DAY_MS)
}

describe('stuck-meter (48 h without use on days that always had some)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a week like the others is fine',        '22222002', '--------'],
    ['two days of standing still are a breach', '2000000', '--B----'],
    ['it is over with the first use',         '20002',   '--B-F'],
    ['one day is not enough',                 '20222',   '-----'],
    ['days of rest do not count',             '22220000', '-------B'],
    ['silence is not standing still as long as nothing is heard', '2---', '----'],
    ['but a register that shows the same after it stood still', '2---0', '----B'],
    ['one that moved while nobody listened did not', '2---m', '-----'],
    ['a new register moves',                  '20n0',  '----'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('a meter without a past is not judged', () => {
    expect(run(stuckMeter, OPTIONS, days('2220000000'))).toEqual([])
  })

  it('a meter that never had much use is not judged', () => {
    const stream = days(`${MONTH}2000000`).map((commit) => ({
      ...commit,
      readings: commit.readings.map((one) => ({
        ...one,
        values: { volume: Number(one.values.volume) / 10 },
      })),
    }))
    expect(run(stuckMeter, OPTIONS, stream)).toEqual([])
  })

  it('a closed valve explains it, and ends it', () => {
    const valved = (from: number, to: number) =>
      days(`${MONTH}2000000`).map((commit) => ({
        ...commit,
        readings: commit.readings.map((one) => {
          const isClosed = one.at >= (MONTH.length + from) * DAY_MS && one.at < (MONTH.length + to) * DAY_MS
          return { ...one, values: { ...one.values, valve: isClosed ? 'closed' : 'open' } }
        }),
      }))
    expect(told('2000000', valved(1, 7))).toBe('-------')
    expect(told('2000000', valved(4, 7))).toBe('--B-F--')
  })

  it('keeps 28 numbers and no readings', () => {
    const kept = new Map()
    run(stuckMeter, OPTIONS, days(MONTH.repeat(3)), kept)
    expect(kept.get('meter-1').state.days).toHaveLength(28)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = days(`${MONTH}20002-000`)
    const whole = run(stuckMeter, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(1)
    for (const one of resumedAnywhere(stuckMeter, OPTIONS, all)) expect(one).toEqual(whole)
  })
})
