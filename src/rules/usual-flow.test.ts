import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { meterPicture } from '../../tests/support/meter-picture.ts'
import { drawn, run } from '../../tests/support/pictures.ts'
import { burst, burstKind } from './burst.ts'

const HOUR_MS = 3_600_000
const DAY = 24
/** A Monday. */
const START = Temporal.ZonedDateTime.from('2026-03-02T00:00[Asia/Shanghai]').epochMilliseconds
const OFFICE = [{ from: '08:00', to: '17:00' }]
const CALENDAR = {
  id: 'office',
  name: 'Office',
  hours: { monday: OFFICE, tuesday: OFFICE, wednesday: OFFICE, thursday: OFFICE, friday: OFFICE },
  makeUpHours: OFFICE,
  // Of the third week: a Wednesday off, a Saturday that is worked.
  years: { '2026': { holidays: ['2026-03-18'], workdays: ['2026-03-21'] } },
}

const worked = `${'0'.repeat(8)}${'3'.repeat(9)}${'0'.repeat(7)}`
const rest = '0'.repeat(DAY)
const WEEK = worked.repeat(5) + rest.repeat(2)

const bound = (options: object = {}, calendars: object[] = [CALENDAR]) =>
  boundAlone(
    burstKind,
    burst,
    options,
    { calendars: calendars as [] },
    { measuresEveryMs: HOUR_MS, register: { capacityM3: 1e6, maxRateM3h: 20 } },
    'water-meter',
  )

/** What is told of the days that follow on two weeks of an office. */
function told(picture: string, options = bound(), before = WEEK.repeat(2)) {
  const all = run(burst, options, meterPicture(before + picture, HOUR_MS, { start: START }))
  return drawn(picture.length, all, HOUR_MS, START + before.length * HOUR_MS).replace(/-+$/, '')
}

/** At the first hour of the day; over with the last. */
const SATURDAY_BURST = `${'-'.repeat(5 * DAY + 8)}B--------F`
const WORKED_SATURDAY = worked.repeat(6) + rest

describe('the usual flow of an hour (an office that uses 3 m³/h from seven to four, Monday to Friday)', () => {
  it('two weeks like those before are fine', () => {
    expect(told(WEEK.repeat(2), bound({}, []))).toBe('')
  })

  it('a Saturday that is worked is a working day, and a Wednesday off is none', () => {
    expect(told([worked, worked, rest, worked, worked, worked, rest].join(''))).toBe('')
    expect(told(WEEK), 'on the holiday').toBe(`${'-'.repeat(2 * DAY + 8)}B--------F`)
  })

  it('without a calendar Saturday and Sunday are the days of rest', () => {
    expect(told(WORKED_SATURDAY, bound({}, []))).toBe(SATURDAY_BURST)
  })

  it('by the hour alone all days are alike', () => {
    expect(told(WORKED_SATURDAY + worked.repeat(7), bound({ usualBy: 'hour' }))).toBe('')
  })

  it('of days that were seen fewer than four times the others tell what is usual', () => {
    expect(told(worked.repeat(7), bound({ learnMs: 5 * DAY * HOUR_MS }), worked.repeat(5))).toBe('')
  })

  describe('by the weekday', () => {
    const weekday = bound({ usualBy: 'weekday' })
    /** On Fridays nobody works. */
    const school = worked.repeat(4) + rest.repeat(3)

    it('a Friday like a Thursday is a burst where Fridays are quiet, from the fourth week on', () => {
      const friday = (weeks: number) => told(worked.repeat(5), weekday, school.repeat(weeks))
      expect(friday(2)).toBe('')
      expect(friday(4)).toBe(`${'-'.repeat(4 * DAY + 8)}B--------F`)
    })

    it('a Saturday that is worked is judged by all days, and Saturdays stay as quiet as they were', () => {
      const third = [worked, worked, rest, worked, worked, worked, rest].join('')
      expect(told(third + WORKED_SATURDAY, weekday)).toBe('')
      const fifth = told(third + WEEK.repeat(2) + WORKED_SATURDAY, weekday)
      expect(fifth).toBe(`${'-'.repeat(3 * WEEK.length)}${SATURDAY_BURST}`)
    })
  })

  it('what was learnt by the hour is the usual of all days, until each has been seen anew', () => {
    const kept = new Map()
    const before = meterPicture(WEEK.repeat(2), HOUR_MS, { start: START })
    run(burst, bound({ usualBy: 'hour' }), before, kept)
    const { days: _notKeptBefore, countedFrom: _neither, ...old } = kept.get('meter-1').state
    kept.set('meter-1', { ...kept.get('meter-1'), state: burst.state.parse(old) })
    const picture = meterPicture(WEEK.repeat(2) + WORKED_SATURDAY, HOUR_MS, { start: START })
    expect(run(burst, bound(), picture.slice(before.length), kept)).toEqual([])
    expect(kept.get('meter-1').state.days).toEqual([4, 3])
  })
})
