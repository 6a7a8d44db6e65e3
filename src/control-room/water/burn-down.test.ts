import { expect, it } from 'vitest'
import type { WaterUseTotals } from '../api/types.ts'
import { burnDown } from './burn-down.ts'

const DAY = 86_400_000
const months = Array.from({ length: 13 }, (_, at) => at * 30 * DAY)
const quota = { yearM3: 120, monthsM3: Array<number>(12).fill(10), forecastM3: null }

const day = (at: number, volumeM3: number | null): WaterUseTotals['intervals'][number] => ({
  ...{ from: new Date(at * DAY).toISOString(), to: new Date((at + 1) * DAY).toISOString() },
  ...{ volumeM3, quality: volumeM3 === null ? 'missing' : 'measured', coverage: 1, missing: 0 },
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
  const { forecast } = burnDown({ ...quota, forecastM3: 150 }, [day(0, 4)], months)
  expect(forecast).toEqual([
    [DAY, 116],
    [360 * DAY, -30],
  ])
  const over = Array.from({ length: 360 }, (_, at) => day(at, 0.3))
  expect(burnDown({ ...quota, forecastM3: 108 }, over, months).forecast).toEqual([])
})
