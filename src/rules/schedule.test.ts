import { describe, expect, it } from 'vitest'
import type { Site } from '../model/site.ts'
import { dayKindOf, type WorkCalendar, yearsWithoutData } from '../model/work-calendar.ts'
import { activityAt, Stretch, scheduleOf, When } from './schedule.ts'

const hours = [
  { from: '08:30', to: '12:00' },
  { from: '14:00', to: '18:00' },
]

const OFFICE: WorkCalendar = {
  id: 'office',
  name: 'Office',
  hours: { monday: hours, tuesday: hours, wednesday: hours, thursday: hours, friday: hours },
  makeUpHours: [{ from: '09:00', to: '15:00' }],
  years: { 2026: { holidays: ['2026-10-01', '2026-10-02'], workdays: ['2026-10-10'] } },
}
const SCHOOL: WorkCalendar = { ...OFFICE, id: 'school', hours: { saturday: hours } }

const site = (timeZone: string, calendars: readonly WorkCalendar[] = [OFFICE, SCHOOL]): Site => ({
  id: 'campus',
  name: 'Campus',
  timeZone,
  calendars,
  institutions: [],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: [],
})
const CAMPUS = site('Asia/Shanghai')

const at = (local: string, timeZone = 'Asia/Shanghai') =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds

const text = (instant: number, timeZone = 'Asia/Shanghai') =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()

const isActive = (when: When, local: string, usual?: string) =>
  activityAt(scheduleOf(when, CAMPUS, usual), at(local)).active

describe('a schedule', () => {
  it.each([
    ['working-hours', '2026-09-30T09:00', true],
    ['working-hours', '2026-09-30T08:29:59.999', false],
    ['working-hours', '2026-09-30T08:30', true],
    ['working-hours', '2026-09-30T12:00', false],
    ['outside-working-hours', '2026-09-30T12:00', true],
    ['outside-working-hours', '2026-09-30T14:00', false],
    ['working-hours', '2026-10-01T09:00', false],
    ['outside-working-hours', '2026-10-01T09:00', true],
    ['holidays', '2026-10-01T00:00', true],
    ['holidays', '2026-10-02T23:59', true],
    ['holidays', '2026-10-03T12:00', false],
    ['rest-days', '2026-10-03T12:00', true],
    ['working-days', '2026-10-10T12:00', true],
    ['working-hours', '2026-10-10T12:30', true],
    ['working-hours', '2026-10-10T15:00', false],
    ['night', '2026-10-10T02:00', true],
    ['night', '2026-10-10T05:00', false],
  ] as const)('%s at %s: %s', (when, local, expected) => {
    expect(isActive(when, local)).toBe(expected)
  })

  it('crosses midnight with the day on which it begins', () => {
    const fridayNight: When = { days: ['friday'], from: '22:00', to: '06:00' }
    expect(isActive(fridayNight, '2026-10-09T21:59')).toBe(false)
    expect(isActive(fridayNight, '2026-10-10T05:59')).toBe(true)
    expect(isActive(fridayNight, '2026-10-10T22:00')).toBe(false)
  })

  it('is any of a list', () => {
    const when: When = ['night', { days: ['holiday'] }]
    expect(isActive(when, '2026-10-01T12:00')).toBe(true)
    expect(isActive(when, '2026-10-05T03:00')).toBe(true)
    expect(isActive(when, '2026-10-05T12:00')).toBe(false)
  })

  it("goes by the calendar it names, else by the institution's, else by the first", () => {
    const saturday = '2026-10-17T09:00'
    expect(isActive('working-hours', saturday)).toBe(false)
    expect(isActive('working-hours', saturday, 'school')).toBe(true)
    expect(isActive({ hours: 'working', calendar: 'office' }, saturday, 'school')).toBe(false)
  })

  it('says until when it is known, never beyond the next change', () => {
    const schedule = scheduleOf('working-hours', CAMPUS)
    const morning = activityAt(schedule, at('2026-09-30T09:00'))
    expect([text(morning.from), text(morning.to)]).toEqual(['2026-09-30T08:30:00', '2026-09-30T12:00:00'])
    // Over the holidays it looks no further than it has to, and then again.
    const holiday = activityAt(schedule, at('2026-09-30T18:00'))
    expect([holiday.active, text(holiday.to)]).toEqual([false, '2026-10-05T08:30:00'])
    const always = activityAt(scheduleOf({ from: '00:00', to: '00:00' }, CAMPUS), at('2026-09-30T09:00'))
    expect(always.active).toBe(true)
    expect(always.to).toBeGreaterThan(at('2026-10-06T00:00'))
  })

  it('agrees with itself at each minute of a week, remembered or not', () => {
    const when: When = ['working-hours', { days: ['sunday'], from: '23:00', to: '01:00' }]
    const kept = scheduleOf(when, CAMPUS)
    for (let minute = 0; minute < 7 * 1440; minute += 7) {
      const instant = at('2026-09-28T00:00') + minute * 60_000
      const fresh = activityAt(scheduleOf(when, CAMPUS), instant)
      const { active, from, to } = activityAt(kept, instant)
      expect(active).toBe(fresh.active)
      expect(from <= instant && instant < to).toBe(true)
    }
  })

  it('has its local times on days of 23 and of 25 hours', () => {
    const athens = site('Europe/Athens')
    const lengthOf = (date: string) => {
      const activity = activityAt(scheduleOf('night', athens), at(`${date}T02:30`, 'Europe/Athens'))
      return (activity.to - activity.from) / 3_600_000
    }
    // The clock goes from 03:00 to 04:00, and back from 04:00 to 03:00.
    expect(lengthOf('2026-03-28')).toBe(3)
    expect(lengthOf('2026-03-29')).toBe(2)
    expect(lengthOf('2026-10-25')).toBe(4)
  })

  it('needs a calendar only where it speaks of work', () => {
    const bare = site('Asia/Shanghai', [])
    expect(scheduleOf('night', bare).stretches).toEqual([{ from: '02:00', to: '05:00' }])
    expect(scheduleOf({ days: ['monday'] }, bare).stretches).toEqual([{ days: ['monday'] }])
    expect(() => scheduleOf('holidays', bare)).toThrow('the site has no calendar')
    expect(() => scheduleOf({ hours: 'free', calendar: 'moon' }, CAMPUS)).toThrow('no calendar moon')
  })

  it('is refused where it says nothing', () => {
    expect(Stretch.safeParse({ from: '08:00' }).success).toBe(false)
    expect(Stretch.safeParse({ calendar: 'office' }).success).toBe(false)
    expect(When.safeParse([]).success).toBe(false)
    expect(When.safeParse('noon').success).toBe(false)
  })
})

describe('a working calendar', () => {
  it('takes the weekday where a year has no list, and says which years those are', () => {
    expect(dayKindOf(OFFICE, Temporal.PlainDate.from('2027-10-01'))).toBe('working')
    expect(yearsWithoutData(OFFICE, 'Asia/Shanghai', at('2026-06-01T00:00'))).toEqual([])
    expect(yearsWithoutData(OFFICE, 'Asia/Shanghai', at('2026-12-01T00:00'))).toEqual([2027])
    expect(yearsWithoutData(OFFICE, 'Asia/Shanghai', at('2027-01-01T00:00'))).toEqual([2027])
    expect(yearsWithoutData(OFFICE, 'Asia/Shanghai', at('2025-12-31T00:00'))).toEqual([2025])
  })
})
