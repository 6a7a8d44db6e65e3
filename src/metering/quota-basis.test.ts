import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Institution } from '../model/site.ts'
import { calendarOf } from './calendar.ts'
import { figuresOn, yearQuotaOf } from './quota-basis.ts'

const calendar = calendarOf('Asia/Shanghai')
const monthsOf = (year: number, of = calendar) => [
  ...of.intervals({ from: of.startOf(`${year}-01-01`), to: of.startOf(`${year + 1}-01-01`) }, 'month'),
]
const school: Institution = { id: 'school', name: 'School', type: 'school', headCount: 900, areaM2: 2_000 }
const quotaOf = (more: Partial<Institution>, year = 2026) =>
  yearQuotaOf({ ...school, ...more }, year, monthsOf(year), calendar)
const dayM3 = (quota: ReturnType<typeof quotaOf>, date: string) => {
  const day = calendar.intervalAt(calendar.startOf(date), 'day')
  return quota?.dayM3(day, Number(date.slice(5, 7)) - 1)
}

describe('the quota of a year', () => {
  it('is given as a whole, by the head, by the standard head, or by m²', () => {
    expect(quotaOf({})).toBeUndefined()
    expect(quotaOf({ quota: { yearM3: 300 } })).toMatchObject({ yearM3: 300 })
    expect(quotaOf({ quota: { yearM3: 300 } })).not.toHaveProperty('basis')
    expect(quotaOf({ quota: { perHeadM3: 12.5 } })).toMatchObject({
      yearM3: 11_250,
      basis: { per: 'head', perUnitM3: 12.5, count: 900 },
    })
    expect(quotaOf({ quota: { perHeadM3: 10 }, standardHeads: 1_050.5 })?.yearM3).toBe(10_505)
    expect(quotaOf({ quota: { perM2M3: 0.6 } })).toMatchObject({ yearM3: 1_200, basis: { per: 'm2' } })
  })

  it('is shared by the weights of its months, and by their days where none are given', () => {
    expect(quotaOf({ quota: { yearM3: 365 } })?.monthsM3.slice(0, 2)).toEqual([31, 28])
    const weighed = quotaOf({ quota: { yearM3: 130, months: [2, ...Array<number>(11).fill(1)] } })
    expect(weighed?.monthsM3.slice(0, 2)).toEqual([20, 10])
    expect(dayM3(weighed, '2026-02-10')).toBeCloseTo(10 / 28, 9)
  })

  it('goes by the heads of each day where their number changed, and says which they were', () => {
    // 850 heads for 243 days and 900 for 122: (850 × 243 + 900 × 122) ÷ 365
    const quota = quotaOf({
      quota: { perHeadM3: 10 },
      formerly: [{ until: '2026-09-01', headCount: 850 }],
    })
    expect(quota?.basis).toEqual({
      per: 'head',
      perUnitM3: 10,
      count: 866.712328767,
      stretches: [
        { from: '2026-01-01', until: '2026-09-01', count: 850, days: 243 },
        { from: '2026-09-01', until: '2027-01-01', count: 900, days: 122 },
      ],
    })
    expect(quota?.yearM3).toBeCloseTo((10 * (850 * 243 + 900 * 122)) / 365, 6)
    expect(dayM3(quota, '2026-08-31')).toBeCloseTo(8_500 / 365, 6)
    expect(dayM3(quota, '2026-09-01')).toBeCloseTo(9_000 / 365, 6)
    expect(quota?.monthsM3[7]).toBeCloseTo((31 * 8_500) / 365, 6)
  })

  it('changes within a month on that day', () => {
    const quota = quotaOf({ quota: { perHeadM3: 10 }, formerly: [{ until: '2026-03-11', headCount: 300 }] })
    expect(dayM3(quota, '2026-03-10')).toBeCloseTo(3_000 / 365, 6)
    expect(dayM3(quota, '2026-03-11')).toBeCloseTo(9_000 / 365, 6)
    expect(quota?.monthsM3[2]).toBeCloseTo((10 * 3_000 + 21 * 9_000) / 365, 6)
  })

  it('of a leap year has 366 days', () => {
    const quota = quotaOf(
      { quota: { perHeadM3: 10 }, formerly: [{ until: '2028-03-01', headCount: 800 }] },
      2028,
    )
    expect(quota?.basis?.stretches.map(({ days }) => days)).toEqual([60, 306])
    expect(quota?.yearM3).toBeCloseTo((10 * (800 * 60 + 900 * 306)) / 366, 6)
  })

  it('that is over is what it was: heads and quotas of later years do not reach it', () => {
    const later = {
      quota: { yearM3: 500 },
      formerly: [
        { until: '2025-07-01', headCount: 700 },
        { until: '2026-01-01', headCount: 800, quota: { perHeadM3: 10 } },
      ],
    }
    expect(quotaOf(later)).toMatchObject({ yearM3: 500 })
    expect(quotaOf(later, 2024)?.yearM3, 'the oldest of them holds for all before').toBe(7_000)
    expect(quotaOf(later, 2025)?.basis?.stretches.map(({ count }) => count)).toEqual([700, 800])
  })
})

it('what an entry does not name was as it was afterwards', () => {
  const institution: Institution = {
    ...school,
    formerly: [
      { until: '2025-05-01', areaM2: 1_000 },
      { until: '2026-05-01', headCount: 500 },
    ],
  }
  expect(figuresOn(institution, '2025-04-30')).toEqual({ headCount: 500, areaM2: 1_000 })
  expect(figuresOn(institution, '2025-05-01')).toEqual({ headCount: 500, areaM2: 2_000 })
  expect(figuresOn(institution, '2026-05-01')).toEqual({ headCount: 900, areaM2: 2_000 })
})

it.each(['Asia/Shanghai', 'Europe/Berlin'])(
  'in %s months and days have all of the year, whatever changed and when',
  (zone) => {
    const local = calendarOf(zone)
    const change = fc.record({
      day: fc.integer({ min: 2, max: 360 }),
      headCount: fc.integer({ min: 1, max: 5_000 }),
    })
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(
        fc.uniqueArray(change, { selector: ({ day }) => day, maxLength: 4 }),
        fc.option(weights),
        (changes, months) => {
          const formerly = changes
            .sort((a, b) => a.day - b.day)
            .map(({ day, headCount }) => ({
              until: Temporal.PlainDate.from('2026-01-01').add({ days: day }).toString(),
              headCount,
            }))
          const ofYear = monthsOf(2026, local)
          const quota = yearQuotaOf(
            { ...school, quota: { perHeadM3: 10, ...(months && { months }) }, formerly },
            2026,
            ofYear,
            local,
          )
          const days = ofYear.flatMap((month, at) =>
            [...local.intervals(month, 'day')].map((day) => quota?.dayM3(day, at) ?? 0),
          )
          const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
          expect(sum(days)).toBeCloseTo(quota?.yearM3 ?? 0, 4)
          expect(sum(quota?.monthsM3 ?? [])).toBeCloseTo(quota?.yearM3 ?? 0, 4)
        },
      ),
      { numRuns: 40 },
    )
  },
)
