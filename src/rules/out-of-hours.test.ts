import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, JUMP, NO_FIX } from '../../tests/support/places.ts'
import { outOfHours, outOfHoursKind } from './out-of-hours.ts'

const STEP_MS = 5 * 60_000
const bound = (options: object = {}) => boundAlone(outOfHoursKind, outOfHours, options)
const OPTIONS = bound({ graceMs: 0, restMs: 2 * STEP_MS })
const instant = (local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds
const MARKS = {
  p: at(0), // parked
  d: at(80), // drift
  a: at(1_000),
  b: at(2_000),
  c: at(3_000),
  s: at(3_020), // near c
  o: at(1_000, { ignition: false }),
  q: at(2_000, { ignition: false }),
  r: at(3_000, { ignition: false }),
  j: JUMP,
  z: NO_FIX,
}
const told = (local: string, picture: string, options = OPTIONS) => {
  const start = instant(local)
  const verdicts = run(outOfHours, options, commits(picture, MARKS, STEP_MS, start))
  return drawn(picture.length, verdicts, STEP_MS, start)
}
const [SUNDAY, MONDAY_NIGHT, MONDAY_DAY] = ['2026-03-08T15:00', '2026-03-02T23:30', '2026-03-02T15:00']

describe('out-of-hours (weekdays 07:30 to 18:30, over once it stands for 10 min, a character 5 min)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a drive at night breaches',                     MONDAY_NIGHT, 'ppabc', '---B-'],
    ['and on a Sunday',                               SUNDAY,       'ppabc', '---B-'],
    ['within the hours one may drive',                MONDAY_DAY,   'ppabcabcabc', '-----------'],
    ['drift is no drive',                             SUNDAY,       'pdpdpdpd', '--------'],
    ['nor is a jump',                                 SUNDAY,       'ppjpzpjp', '--------'],
    ['nor is one stray fix',                          SUNDAY,       'ppappapp', '--------'],
    ['standing for the rest clears',                  SUNDAY,       'ppabcscscs', '---B---F--'],
    ['a halt at a light does not',                    SUNDAY,       'ppabccabca', '---B------'],
    ['with the ignition off it is towed, not driven', SUNDAY,       'ppoqroqr', '--------'],
  ])('%s', (_why, local, picture, wanted) => {
    expect(told(local, picture)).toBe(wanted)
  })

  it('the beginning of the hours clears', () => {
    expect(told('2026-03-03T07:10', 'ppabcabc')).toBe('---BF---')
  })

  it('and so it does for a tracker that has fallen silent', () => {
    expect(told('2026-03-03T06:00', `ppab${'-'.repeat(16)}`)).toBe('---B--------------F-')
    const graceful = bound({ graceMs: 30 * 60_000, restMs: 2 * STEP_MS })
    expect(told('2026-03-03T06:00', `ppab${'-'.repeat(16)}`, graceful)).toBe('---B--------F-------')
    // From Friday night on there are two days without any hours.
    const monday = (instant('2026-03-09T07:30') - instant('2026-03-06T23:30')) / STEP_MS
    const weekend = told('2026-03-06T23:30', `ppab${'-'.repeat(monday)}`)
    expect([weekend.indexOf('B'), weekend.indexOf('F')]).toEqual([3, monday])
  })

  it('a drive begun in time is a breach once the hours and the grace are over', () => {
    const late = 'abcabcabcabc'
    expect(told('2026-03-02T18:15', late)).toBe('----B-------')
    expect(told('2026-03-02T18:15', late, bound({ graceMs: 30 * 60_000, restMs: STEP_MS }))).toBe(
      '----------B-',
    )
  })

  it('hours may go over midnight', () => {
    const options = bound({ from: '20:00', to: '06:00', graceMs: 0 })
    expect(told(MONDAY_NIGHT, 'ppabc', options)).toBe('-----')
    expect(told(MONDAY_DAY, 'ppabc', options)).toBe('---B-')
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const start = instant('2026-03-02T17:40')
    const all = commits('abcabcabczabcjabcscscs-abcabc---ppppabc', MARKS, STEP_MS, start)
    const whole = run(outOfHours, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(outOfHours, OPTIONS, all)) expect(told).toEqual(whole)
  })

  it('holidays and make-up working days of a calendar go before the weekday', () => {
    const calendars = [
      {
        id: 'office',
        name: 'Office',
        hours: { monday: [{ from: '09:00', to: '17:00' }] },
        makeUpHours: [{ from: '09:00', to: '17:00' }],
        years: { '2026': { holidays: ['2026-03-02'], workdays: ['2026-03-08'] } },
      },
    ]
    const options = boundAlone(outOfHoursKind, outOfHours, { graceMs: 0 }, { calendars })
    expect(told(SUNDAY, 'ppabc', options), 'a Sunday that is worked').toBe('-----')
    expect(told(MONDAY_DAY, 'ppabc', options), 'a Monday that is a holiday').toBe('---B-')
    const named = (calendar: string) => boundAlone(outOfHoursKind, outOfHours, { calendar }, { calendars })
    expect(named('office').hours.stretches).toEqual([{ hours: 'working', calendar: calendars[0] }])
    expect(() => named('school')).toThrow('options.calendar: the site has no calendar school')
  })

  it('hours of its own go with the days of a calendar: noon is no pause for a driver', () => {
    const hours = [
      { from: '09:00', to: '12:00' },
      { from: '14:30', to: '17:00' },
    ]
    const calendar = { id: 'office', name: 'Office', makeUpHours: hours }
    const years = { '2026': { holidays: ['2026-03-02'], workdays: ['2026-03-08'] } }
    const calendars = [{ ...calendar, hours: { monday: hours, tuesday: hours }, years }]
    const noon = (day: string, options: object) =>
      told(
        `${day}T12:30`,
        'ppabc',
        boundAlone(outOfHoursKind, outOfHours, { graceMs: 0, ...options }, { calendars }),
      )
    expect(noon('2026-03-03', {}), 'by the calendar alone').toBe('---B-')
    for (const options of [{ days: ['working', 'make-up'] }, { calendar: 'office', from: '07:30' }]) {
      expect(noon('2026-03-03', options), 'a Tuesday').toBe('-----')
      expect(noon('2026-03-08', options), 'a Sunday that is worked').toBe('-----')
      expect(noon('2026-03-02', options), 'a Monday that is a holiday').toBe('---B-')
    }
  })

  it('weekdays by name need no calendar', () => {
    const { error } = outOfHoursKind.declared.safeParse({ calendar: 'office', days: ['monday'] })
    expect(error?.issues[0]?.path).toEqual(['calendar'])
  })
})
