import { expect, it } from 'vitest'
import { usesOf } from '../../tests/support/uses-of.ts'
import { calendarOf } from '../metering/calendar.ts'
import { rounded } from '../metering/water-use.ts'
import type { Site } from '../model/site.ts'
import type { HourUse } from '../model/water-use.ts'
import { waterReports } from './water-reports.ts'

const ZONE = 'Asia/Shanghai'
const calendar = calendarOf(ZONE)
const at = (text: string) => Date.parse(`${text}+08:00`)
const JANUARY = at('2026-01-01T00:00')
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const NOW = at('2026-06-01T09:00')

const meter = (id: string, institution: string) =>
  ({ id, name: `Meter ${id}`, family: 'water-meter', profile: 'a/meter', place: { institution } }) as const
const institution = (id: string, more: Partial<Site['institutions'][number]> = {}) =>
  ({ id, name: id, type: 'office', headCount: 10, areaM2: 100, ...more }) as const

const site = {
  timeZone: ZONE,
  institutions: [
    institution('bureau', { quota: { perHeadM3: 36.5 } }),
    institution('school'),
    institution('no-meter'),
  ],
  devices: [meter('main', 'bureau'), meter('sub', 'bureau'), meter('other', 'school')],
  balances: [{ id: 'bureau', name: 'Bureau', main: ['main'], subs: ['sub'], counts: 'main' as const }],
}

type Use = Partial<HourUse> | undefined

/** What a meter used in an hour or day; nothing is known where the answer is undefined. */
const reports = (
  useOf: (device: string, start: number, step: 'hour' | 'day') => Use,
  otherEveryMs = HOUR_MS,
) => {
  const read = (start: number, step: 'hour' | 'day') =>
    site.devices.flatMap(({ id: device }) => {
      const use = useOf(device, start, step)
      if (!use) return []
      const interval = calendar.intervalAt(start, step)
      const knownMs = use.knownMs ?? interval.to - interval.from
      return [
        {
          device,
          use: {
            ...interval,
            volumeM3: 0,
            measuredMs: knownMs,
            estimatedFrom: false,
            estimatedTo: false,
            exactFrom: true,
            exactTo: true,
            ...use,
            knownMs,
          },
        },
      ]
    })
  return waterReports({
    book: usesOf(read),
    site,
    meters: [{ device: 'other', measuresEveryMs: otherEveryMs }],
  })
}

it('a quota is held against the days that have passed and are known of the meters that count', async () => {
  const rows = await reports((device, start) =>
    device === 'main' && start < JANUARY + 8 * DAY_MS
      ? { volumeM3: 1.2 }
      : { volumeM3: 50, knownMs: HOUR_MS },
  ).quotas(2026, at('2026-01-11T09:00'))
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ id: 'bureau', yearM3: 365, daysPassed: 10, daysKnown: 8, state: 'over' })
  expect(rows[0]?.share).toBeCloseTo(1.2, 6)
  expect(rows[0]?.usedM3).toBeCloseTo(8 * 1.2 + 2 * 50, 6)
  expect(rows[0]?.monthsM3[1]).toBeCloseTo(28, 6)
})

it('a year that has not begun has no days, one that is over has all of them', async () => {
  const all = reports(() => ({ volumeM3: 1 }))
  expect(await all.quotas(2027, at('2026-06-01T00:00'))).toMatchObject([{ daysPassed: 0, state: 'unknown' }])
  expect(await all.quotas(2026, at('2027-06-01T00:00'))).toMatchObject([{ daysPassed: 365, daysKnown: 365 }])
})

it('the year begins anew at the midnight of the site: what ran before it is of the old year, also over a leap day', async () => {
  const { quotas } = reports((_, start) => ({ volumeM3: start < at('2028-01-01T00:00') ? 9 : 0.5 }))
  const [row] = await quotas(2028, at('2028-03-02T00:30'))
  expect(row).toMatchObject({
    daysPassed: 61,
    daysKnown: 61,
    usedM3: 30.5,
    allowedM3: rounded((61 * 365) / 366),
  })
  expect(row?.monthsM3[1]).toBeCloseTo((29 * 365) / 366, 6)
  const firstNight = await quotas(2028, at('2028-01-01T23:59'))
  expect(firstNight, 'a day under way is not held against it').toMatchObject([
    { daysPassed: 0, usedM3: null },
  ])
  expect(await quotas(2027, at('2028-03-02T00:30'))).toMatchObject([{ daysPassed: 365, usedM3: 9 * 365 }])
})

it('an institution with a quota and no meter is on the list, and of its use nothing is known', async () => {
  const unmetered = { ...site, institutions: [institution('no-meter', { quota: { yearM3: 100 } })] }
  const { quotas } = waterReports({ book: usesOf(() => []), site: unmetered })
  expect(await quotas(2026, at('2026-03-01T00:00'))).toMatchObject([
    {
      id: 'no-meter',
      yearM3: 100,
      usedM3: null,
      daysPassed: 59,
      daysKnown: 0,
      share: null,
      state: 'unknown',
    },
  ])
})

it('a quota by the head allows each day what those may use who were there', async () => {
  const grown = { formerly: [{ until: '2026-01-06', headCount: 5 }], quota: { perHeadM3: 36.5 } }
  const { quotas } = waterReports({
    book: usesOf((start) => [
      {
        device: 'main',
        use: {
          ...calendar.intervalAt(start, 'day'),
          volumeM3: 1,
          knownMs: DAY_MS,
          measuredMs: DAY_MS,
          estimatedFrom: false,
          estimatedTo: false,
          exactFrom: true,
          exactTo: true,
        },
      },
    ]),
    site: { ...site, institutions: [institution('bureau', grown)] },
  })
  const [row] = await quotas(2026, at('2026-01-11T09:00'))
  // Five days of 5 heads and five of 10, a tenth of a m³ a head and day
  expect(row).toMatchObject({ daysKnown: 10, usedM3: 10, allowedM3: 7.5, state: 'over' })
  expect(row?.basis?.stretches.map(({ count, days }) => [count, days])).toEqual([
    [5, 5],
    [10, 360],
  ])
  expect(row?.yearM3).toBeCloseTo((36.5 * (5 * 5 + 10 * 360)) / 365, 6)
})

it('a quota counts what was taken in, and not what is used again', async () => {
  const again = {
    ...site,
    devices: [...site.devices, { ...meter('garden', 'bureau'), water: 'reclaimed' as const }],
  }
  const day = (start: number) => calendar.intervalAt(start, 'day')
  const known = { knownMs: DAY_MS, measuredMs: DAY_MS, exactFrom: true, exactTo: true }
  const { quotas } = waterReports({
    book: usesOf((start) =>
      ['main', 'garden'].map((device) => ({
        device,
        use: { ...day(start), ...known, volumeM3: 1, estimatedFrom: false, estimatedTo: false },
      })),
    ),
    site: again,
  })
  expect(await quotas(2026, at('2026-01-11T09:00'))).toMatchObject([{ id: 'bureau', usedM3: 10 }])
})

it('a day whose share of a long gap across midnight is a guess is not held against the quota', async () => {
  const rows = await reports(() => ({ volumeM3: 1, estimatedFrom: true })).quotas(
    2026,
    at('2026-03-01T00:00'),
  )
  expect(rows).toMatchObject([{ daysPassed: 59, daysKnown: 0, usedM3: 59, share: null }])
})

it('is reckoned once for all who ask within a minute, and anew after it', async () => {
  let reads = 0
  const { quotas } = reports(() => {
    reads++
    return { volumeM3: 1 }
  })
  const now = at('2026-01-03T09:00')
  expect(
    (await Promise.all([quotas(2026, now), quotas(2026, now + 1_000)])).map(({ length }) => length),
  ).toEqual([1, 1])
  const once = reads
  await quotas(2026, now + 60_000)
  expect(reads).toBe(2 * once)
})

it('pages of nights and balances are of one moment, and another question is another answer', async () => {
  let reads = 0
  const { nights, balances } = reports(() => {
    reads++
    return { volumeM3: 1 }
  })
  const query = { from: JANUARY, to: JANUARY + DAY_MS, fromHour: 2, toHour: 4, by: 'device' } as const
  const first = await nights(query, NOW)
  const days = await balances({ from: JANUARY, to: JANUARY + DAY_MS }, NOW)
  const once = reads
  expect(await nights({ ...query }, NOW + 59_000)).toBe(first)
  expect(await balances({ from: JANUARY, to: JANUARY + DAY_MS }, NOW + 59_000)).toBe(days)
  expect(reads).toBe(once)
  expect(await nights({ ...query, device: 'sub' }, NOW)).not.toBe(first)
  expect(await nights(query, NOW)).not.toBe(first)
})

it('a night is the least of its hours by the clocks of the site, for all meters together', async () => {
  const { nights } = reports((device, start, step) => {
    if (step !== 'hour') return undefined
    const hour = ((start - JANUARY) / HOUR_MS) % 24
    if (hour < 2 || hour >= 4) return { volumeM3: 0 } // outside the window nothing counts
    return { volumeM3: (device === 'main' ? 1 : 0.25) * (hour === 3 ? 1 : 2) }
  })
  const query = { from: JANUARY, to: JANUARY + 2 * DAY_MS, fromHour: 2, toHour: 4 }
  const all = await nights({ ...query, by: 'institution' }, NOW)
  const [bureau, school, ...none] = all.rows
  expect(none, 'who has no meter has no night').toEqual([])
  expect(all.nights).toEqual([
    { from: at('2026-01-01T02:00'), to: at('2026-01-01T04:00') },
    { from: at('2026-01-02T02:00'), to: at('2026-01-02T04:00') },
  ])
  expect(bureau?.flowsM3h, 'the sub meter counts its water once more').toEqual([1, 1])
  expect(school).toMatchObject({ lastM3h: 0.25, usualM3h: null })
  expect(
    (await nights({ ...query, by: 'device', device: 'sub' }, NOW)).rows.map(({ id, lastM3h }) => [
      id,
      lastM3h,
    ]),
  ).toEqual([['sub', 0.25]])
})

it('an hour within a long gap is not known, whatever ran through', async () => {
  const { nights } = reports(() => ({ volumeM3: 1, measuredMs: 0 }))
  const range = { from: JANUARY, to: JANUARY + DAY_MS }
  const { rows } = await nights({ ...range, fromHour: 2, toHour: 4, by: 'device' }, NOW)
  expect(rows.map(({ lastM3h }) => lastM3h)).toEqual([null, null, null])
})

it('a meter that measures once a day has no night, though each hour has its share of the day', async () => {
  const range = { from: JANUARY, to: JANUARY + DAY_MS, fromHour: 2, toHour: 4 }
  const { nights } = reports(() => ({ volumeM3: 0.5 }), DAY_MS)
  const { rows } = await nights({ ...range, by: 'institution' }, NOW)
  expect(rows.map(({ id, lastM3h }) => [id, lastM3h])).toEqual([
    ['bureau', 0.5],
    ['school', null],
  ])
})

it('a balance compares only days that are known of all of its meters', async () => {
  const { balances } = reports((device, start) => {
    if (device === 'sub' && start === JANUARY) return undefined
    return { volumeM3: device === 'main' ? 10 : 6 }
  })
  expect(await balances({ from: JANUARY, to: JANUARY + 3 * DAY_MS }, NOW)).toEqual([
    {
      id: 'bureau',
      name: 'Bureau',
      parent: null,
      days: 3,
      daysCompared: 2,
      sum: {
        supplyM3: 20,
        meteredM3: 12,
        unmeteredM3: 0,
        missingM3: 8,
        missingShare: 0.4,
        toleranceM3: 1,
        state: 'lost',
      },
      main: [{ device: 'main', name: 'Meter main', volumeM3: 20, daysKnown: 3 }],
      subs: [{ device: 'sub', name: 'Meter sub', volumeM3: 12, daysKnown: 2 }],
    },
  ])
  const { balances: unknown } = reports(() => undefined)
  expect(await unknown({ from: JANUARY, to: JANUARY + DAY_MS }, NOW)).toMatchObject([
    { daysCompared: 0, sum: null, main: [{ volumeM3: null }] },
  ])
})

it('a balance within a balance is judged by itself, and what is lost behind its meter is no loss of the outer one', async () => {
  const used: Readonly<Record<string, number>> = { main: 100, tower: 60, canteen: 30, low: 25, high: 20 }
  const nested = {
    timeZone: ZONE,
    institutions: [institution('bureau')],
    devices: Object.keys(used).map((id) => meter(id, 'bureau')),
    balances: [
      { id: 'campus', name: 'Campus', main: ['main'], subs: ['tower', 'canteen'], counts: 'main' as const },
      { id: 'tower', name: 'Tower', main: ['tower'], subs: ['low', 'high'], counts: 'main' as const },
    ],
  }
  const silent = JANUARY + DAY_MS
  const read = (from: number) =>
    Object.entries(used).flatMap(([device, volumeM3]) => {
      if (device === 'high' && from === silent) return []
      const whole = { knownMs: DAY_MS, measuredMs: DAY_MS, exactFrom: true, exactTo: true }
      return [
        {
          device,
          use: { from, to: from + DAY_MS, volumeM3, ...whole, estimatedFrom: false, estimatedTo: false },
        },
      ]
    })
  const { balances } = waterReports({ book: usesOf(read), site: nested })
  const rows = await balances({ from: JANUARY, to: JANUARY + 3 * DAY_MS }, NOW)
  expect(rows.map(({ id, parent, daysCompared, sum }) => [id, parent, daysCompared, sum?.missingM3])).toEqual(
    [
      ['campus', null, 3, 30],
      ['tower', 'campus', 2, 30],
    ],
  )
})
