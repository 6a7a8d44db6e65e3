import { expect, it } from 'vitest'
import { boundary, dayStart, dayText, typedDay, weeksIn } from './calendar.ts'

const ZONE = 'Asia/Shanghai'
const at = (text: string) => Date.parse(text)

it('a day of the site begins at its own midnight, wherever the desk stands', () => {
  const now = at('2026-11-22T17:30:00Z') // 01:30 on the 23rd in Shanghai
  expect(boundary('day', now, ZONE)).toBe(at('2026-11-23T00:00:00+08:00'))
  expect(boundary('day', now, ZONE, -7)).toBe(at('2026-11-16T00:00:00+08:00'))
  expect(boundary('hour', now, ZONE, 1)).toBe(at('2026-11-23T02:00:00+08:00'))
  expect(boundary('month', now, ZONE, -11)).toBe(at('2025-12-01T00:00:00+08:00'))
})

it('a day may have 23 or 25 hours', () => {
  const zone = 'Europe/Berlin'
  const spring = dayStart('2026-03-29', zone) ?? 0
  expect(boundary('day', spring, zone, 1) - spring).toBe(23 * 3_600_000)
  const autumn = dayStart('2026-10-25', zone) ?? 0
  expect(boundary('day', autumn, zone, 1) - autumn).toBe(25 * 3_600_000)
})

it('what is written in a date field is read back as it was', () => {
  expect(dayText(dayStart('2026-02-28', ZONE) ?? 0, ZONE)).toBe('2026-02-28')
  expect(dayStart('yesterday', ZONE)).toBeUndefined()
})

it('a day that there is not is none, and does not run over into the next month', () => {
  expect(dayStart('2026-02-29', ZONE)).toBeUndefined()
  expect(dayStart('2026-13-01', ZONE)).toBeUndefined()
  expect(dayStart('2028-02-29', ZONE)).toBe(at('2028-02-29T00:00:00+08:00'))
})

it('a day may be typed in more ways than one, always with the year first', () => {
  for (const text of ['2026-11-05', '2026-11-5', '2026/11/05', '2026.11.5', '20261105', ' 2026年11月5日 ']) {
    expect(typedDay(text, ZONE)).toBe('2026-11-05')
  }
  for (const text of ['05/11/2026', '11-05-2026', '2026-11', '2026-11-31', 'today', '']) {
    expect(typedDay(text, ZONE)).toBeUndefined()
  }
})

it('a month stands in whole weeks from Monday', () => {
  const weeks = weeksIn(at('2026-11-01T00:00:00+08:00'), ZONE)
  expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7, 7])
  expect(weeks[0]?.map(({ text, isInMonth }) => isInMonth && text).at(-1)).toBe('2026-11-01')
  expect(weeks[0]?.[0]?.text).toBe('2026-10-26')
})
