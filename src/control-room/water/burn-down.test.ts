import { expect, it } from 'vitest'
import type { WaterUseTotals } from '../api/types.ts'
import { burnDown } from './burn-down.ts'

const DAY = 86_400_000
const months = Array.from({ length: 13 }, (_, at) => at * 30 * DAY)
const quota = { yearM3: 120, monthsM3: Array<number>(12).fill(10), forecastM3: null, share: 1, allowedM3: 0 }

const day = (at: number, volumeM3: number | null): WaterUseTotals['intervals'][number] => ({
  from: new Date(at * DAY).toISOString(),
  to: new Date((at + 1) * DAY).toISOString(),
  volumeM3,
  quality: volumeM3 === null ? 'missing' : 'measured',
  coverage: 1,
  missing: 0,
})

it('goes down by what was used, and the plan by the months', () => {
  const { plan, left, gaps, forecast } = burnDown(quota, [day(0, 4), day(1, 5)], months)
  expect(left).toEqual([
    [0, 120],
    [DAY, 116],
    [2 * DAY, 111],
  ])
  expect(plan.map(([, m3]) => m3)).toEqual([120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0])
  expect({ gaps, forecast }).toEqual({ gaps: [], forecast: [] })
})

it('is never drawn through days that are missing', () => {
  const { left, gaps } = burnDown(quota, [day(0, 4), day(1, null), day(2, null), day(3, 1)], months)
  expect(gaps).toEqual([[DAY, 3 * DAY]])
  expect(left.filter(([, m3]) => m3 === null).map(([at]) => at)).toEqual([DAY + 1, 2 * DAY + 1])
  expect(left.at(-1)).toEqual([4 * DAY, 115])
})

it('the forecast leads from today to the end of the year, below zero where the quota will not do', () => {
  // A third of a m³ a day is planned; one day of 1/2 m³ is known, and so it goes on
  const late = { ...quota, forecastM3: 180, share: 1.5, allowedM3: 1 / 3 }
  const { left, forecast } = burnDown(late, [day(0, 0.5)], months)
  const [start, end] = forecast
  expect(start?.[0]).toBe(DAY)
  expect(start?.[1], 'where nothing is missing it goes on from what is left').toBeCloseTo(
    left.at(-1)?.[1] ?? 0,
    6,
  )
  expect(end).toEqual([360 * DAY, -60])
})

it('days that are not known are taken at the pace of the known ones, from the first of them on: the line begins where the other breaks, and falls off no cliff', () => {
  const half = { ...quota, forecastM3: 180, share: 1.5, allowedM3: 1 / 3 }
  const days = [...Array.from({ length: 179 }, (_, at) => day(at, null)), day(179, 0.5)]
  const { left, forecast } = burnDown(half, days, months)
  expect(forecast[0], 'nothing is known from the first day on').toEqual(left[0])
  expect(forecast.at(-2)?.[0]).toBe(180 * DAY)
  expect(forecast.at(-2)?.[1]).toBeCloseTo(120 - 180 * 0.5, 6)
  const falls = forecast.slice(1).map(([at, m3], n) => {
    const [before = 0, was] = forecast[n] ?? []
    return ((was ?? 0) - (m3 ?? 0)) / ((at - before) / DAY)
  })
  for (const fall of falls) expect(fall).toBeCloseTo(0.5, 6)
})

it('where a few days in the middle are not known, both lines go together up to there', () => {
  const half = { ...quota, forecastM3: 180, share: 1.5, allowedM3: 28 / 3 }
  const days = Array.from({ length: 30 }, (_, at) => day(at, at === 10 || at === 11 ? null : 0.5))
  const { left, forecast } = burnDown(half, days, months)
  expect(forecast[0]).toEqual([10 * DAY, 115])
  expect(left.filter(([at]) => at === 10 * DAY)).toEqual([[10 * DAY, 115]])
  expect(left.at(-1)?.[1], 'what ran on the two days is not in it').toBeCloseTo(106, 6)
  expect(forecast.at(-2)?.[1]).toBeCloseTo(105, 6)
})

it('a year that is over, or of which too little is known, has no forecast', () => {
  const over = Array.from({ length: 360 }, (_, at) => day(at, 0.3))
  expect(burnDown({ ...quota, forecastM3: 108 }, over, months).forecast).toEqual([])
  expect(burnDown({ ...quota, forecastM3: 108, share: null }, [day(0, 1)], months).forecast).toEqual([])
})
