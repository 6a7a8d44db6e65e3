import { expect, it } from 'vitest'
import { openApi } from '../../../tests/support/api.ts'
import type {
  BalanceRow,
  NightQuery,
  NightRow,
  QuotaRow,
  WaterReports,
} from '../../metering/water-reports.ts'
import type { UseQuery, UseRow } from '../../metering/water-use.ts'

const at = (text: string) => Date.parse(`${text}+08:00`)
const SPAN = '2026-11-01T00:00:00.000+08:00,2026-11-03T00:00:00.000+08:00'
const NOV = 'from=2026-11-01T00:00:00%2B08:00&to=2026-11-03T00:00:00%2B08:00'

const reports = (some: Partial<WaterReports>): WaterReports => ({
  nights: async () => ({ nights: [], rows: [] }),
  balances: async () => [],
  quotas: async () => [],
  ...some,
})

const quota = (id: string, share: number | null): QuotaRow => ({
  id,
  name: `=${id}`,
  yearM3: 365,
  monthsM3: [31, 28],
  usedM3: 10,
  daysPassed: 12,
  daysKnown: 10,
  allowedM3: 10,
  share,
  forecastM3: null,
  state: share === null ? 'unknown' : 'near',
})

it('quotas come in pages, for the year that was asked and by the clock of the gateway', async () => {
  const asked: number[] = []
  const quotas = async (year: number, now: number) => {
    asked.push(year, now)
    return [quota('a', 1), quota('b', null)]
  }
  await using api = await openApi({ services: { waterReports: reports({ quotas }) } })
  const first = (await api.as('energy', 'GET', '/water-quotas?year=2026&limit=1')).json()
  expect(first.items).toEqual([quota('a', 1)])
  const second = (
    await api.as('energy', 'GET', `/water-quotas?year=2026&limit=1&cursor=${first.next}`)
  ).json()
  expect(second).toEqual({ items: [quota('b', null)], next: null })
  expect(asked.slice(0, 2)).toEqual([2026, api.clock.now()])
  const { body } = await api.as('energy', 'GET', '/water-quotas?year=2026&format=csv')
  expect(body.split('\r\n').slice(0, 3)).toEqual([
    '\uFEFFid,name,yearM3,usedM3,daysPassed,daysKnown,allowedM3,share,forecastM3,state,year',
    "a,'=a,365,10,12,10,10,1,,near,2026",
    "b,'=b,365,10,12,10,10,,,unknown,2026",
  ])
  const tiers = [{ above: 0, surcharge: 0.2, usedM3: 3, forecastM3: null }]
  await using tiered = await openApi({
    services: { waterReports: reports({ quotas: async () => [{ ...quota('a', 1), tiers }, quota('b', 1)] }) },
  })
  expect((await tiered.as('energy', 'GET', '/water-quotas?year=2026')).json().items[0].tiers).toEqual(tiers)
  const inTiers = await tiered.as('energy', 'GET', '/water-quotas?year=2026&format=csv&words=en')
  expect(inTiers.body.split('\r\n').map((line) => line.split(',').slice(-3))).toMatchObject([
    ['State', 'Used in tier 1 (m³)', 'Year'],
    ['near the quota', '3', '2026'],
    ['near the quota', '', '2026'],
    [''],
  ])
  const stretch = { from: '2026-01-01', until: '2026-09-01', count: 850, days: 243 }
  const basis = {
    ...({ per: 'head', perUnitM3: 10, count: 866.7 } as const),
    stretches: [stretch, { from: '2026-09-01', until: '2027-01-01', count: 900, days: 122 }],
  }
  const some = [
    { ...quota('a', 1), basis, tiers },
    quota('b', 1),
    { ...quota('c', 1), basis: { ...basis, stretches: [stretch] } },
  ]
  await using byHead = await openApi({ services: { waterReports: reports({ quotas: async () => some }) } })
  expect((await byHead.as('energy', 'GET', '/water-quotas?year=2026')).json().items[0].basis).toEqual(basis)
  const withBasis = await byHead.as('energy', 'GET', '/water-quotas?year=2026&format=csv&words=zh-CN')
  expect(withBasis.body.split('\r\n').map((line) => line.split(',').slice(10))).toEqual([
    [
      '超定额第1档用水量（m³）',
      '定额按',
      '单位定额（m³/人或平方米·年）',
      '人数或面积（按天加权年均）',
      '其中（数量 × 天数）',
      '年度',
    ],
    ['3', '人', '10', '866.7', '850 × 243 d + 900 × 122 d', '2026'],
    ['', '', '', '', '', '2026'],
    ['', '人', '10', '866.7', '', '2026'],
    [],
  ])
  for (const year of ['1999', '2026.5', '', '99999'])
    expect((await api.as('energy', 'GET', `/water-quotas?year=${year}`)).statusCode, year).toBe(422)
})

it('nights are asked for by the local hour, whole days and not too many', async () => {
  const asked: NightQuery[] = []
  const night = { from: at('2026-11-01T02:00'), to: at('2026-11-01T04:00') }
  const row: NightRow = { id: 'm', name: 'M', flowsM3h: [null], lastM3h: null, usualM3h: 0.2, riseM3h: null }
  const nights = async (query: NightQuery) => {
    asked.push(query)
    return { nights: [night], rows: [row] }
  }
  await using api = await openApi({ services: { waterReports: reports({ nights }) } })
  const get = async (query: string) => api.as('energy', 'GET', `/night-flows?by=device&${query}`)
  expect((await get(`${NOV}&institution=bureau`)).json().items).toEqual([row])
  expect(asked).toEqual([
    {
      from: at('2026-11-01T00:00'),
      to: at('2026-11-03T00:00'),
      by: 'device',
      institution: 'bureau',
      fromHour: 2,
      toHour: 4,
    },
  ])
  expect((await get(`${NOV}&format=csv`)).body).toContain(
    'm,M,2026-11-01T02:00:00.000+08:00,2026-11-01T04:00:00.000+08:00,,0.2',
  )
  const wrong = async (query: string) => (await get(query)).json().errors[0].path
  expect(await wrong(`${NOV}&fromHour=4&toHour=2`)).toBe('toHour')
  expect((await get(`${NOV}&fromHour=2&toHour=2`)).json().errors[0].message).toMatch(/^not after `fromHour`/)
  expect(await wrong('from=2026-11-01T01:00:00%2B08:00&to=2026-11-03T00:00:00%2B08:00')).toBe('from')
  expect(await wrong('from=2026-08-01T00:00:00%2B08:00&to=2026-11-03T00:00:00%2B08:00')).toBe('to')
})

it('a balance is a row with its meters, and as CSV a line a meter and one for what is missing', async () => {
  const volume = (device: string, volumeM3: number) => ({ device, name: device, volumeM3, daysKnown: 2 })
  const row: BalanceRow = {
    id: 'campus',
    name: 'Campus',
    parent: null,
    days: 2,
    daysCompared: 2,
    sum: {
      supplyM3: 20,
      meteredM3: 12,
      unmeteredM3: 3,
      missingM3: 5,
      missingShare: 0.25,
      toleranceM3: 1,
      state: 'lost',
    },
    main: [volume('main', 20)],
    subs: [volume('sub', 12)],
  }
  await using api = await openApi({ services: { waterReports: reports({ balances: async () => [row] }) } })
  expect((await api.as('energy', 'GET', `/water-balances?${NOV}`)).json()).toEqual({
    items: [row],
    next: null,
  })
  const { body } = await api.as('energy', 'GET', `/water-balances?${NOV}&format=csv`)
  expect(body.trim().split('\r\n').slice(1)).toEqual([
    `campus,Campus,main,main,main,20,2,2,,,,${SPAN}`,
    `campus,Campus,sub,sub,sub,12,2,2,,,,${SPAN}`,
    `campus,Campus,unmetered,,,3,2,2,,,,${SPAN}`,
    `campus,Campus,missing,,,5,2,2,1,lost,0.25,${SPAN}`,
  ])
  const inWords = await api.as('energy', 'GET', `/water-balances?${NOV}&format=csv&words=zh-CN`)
  expect(inWords.body.trim().split('\r\n')).toEqual([
    '水平衡编号,名称,进出,水表编号,水表,水量（m³）,比较天数,查询天数,水表误差可解释（m³）,评估,漏失率（0 至 1）,起,止（不含）',
    `campus,Campus,进,main,main,20,2,2,,,,${SPAN}`,
    `campus,Campus,出,sub,sub,12,2,2,,,,${SPAN}`,
    `campus,Campus,未计量,,,3,2,2,,,,${SPAN}`,
    `campus,Campus,去向不明,,,5,2,2,1,有漏失,0.25,${SPAN}`,
  ])
})

it('every column of every table has a title in both languages', async () => {
  const row: QuotaRow = quota('a', 1)
  const night = { from: at('2026-11-01T02:00'), to: at('2026-11-01T04:00') }
  const waterReports = reports({
    quotas: async () => [row],
    nights: async () => ({ nights: [night], rows: [] }),
  })
  await using api = await openApi({ services: { waterReports } })
  const paths = ['/water-quotas?year=2026', `/night-flows?by=device&${NOV}`, `/water-balances?${NOV}`]
  for (const path of [
    ...paths,
    ...['', '/totals'].map((sums) => `/water-use${sums}?by=device&step=day&${NOV}`),
  ]) {
    const titles = async (words: string) =>
      (await api.as('energy', 'GET', `${path}&format=csv${words}`)).body.split('\r\n')[0]?.split(',') ?? []
    const names = await titles('')
    for (const words of ['zh-CN', 'en']) {
      const worded = await titles(`&words=${words}`)
      expect(worded.length, path).toBe(names.length)
      expect(
        worded.filter((title, n) => title === names[n]),
        `${path} ${words}`,
      ).toEqual([])
    }
  }
})

it('totals of two hours are one row a subject and one an hour, within the scope that was asked', async () => {
  const asked: UseQuery[] = []
  async function* waterUse(query: UseQuery): AsyncGenerator<readonly UseRow[]> {
    asked.push(query)
    for (const [hour, volumeM3] of [1, null].entries()) {
      const from = query.from + hour * 3_600_000
      yield [
        {
          from,
          to: from + 3_600_000,
          id: 'a',
          name: 'A',
          volumeM3,
          quality: 'measured',
          coverage: 1,
          meterMs: 1,
        },
      ]
    }
  }
  await using api = await openApi({ services: { waterUse } })
  const range = 'from=2026-11-01T00:00:00%2B08:00&to=2026-11-01T02:00:00%2B08:00'
  const path = `/water-use/totals?step=hour&by=building&institution=bureau&water=intake&${range}`
  const { subjects, intervals, whole } = (await api.as('energy', 'GET', path)).json()
  expect(subjects).toEqual([
    { id: 'a', name: 'A', volumeM3: 1, quality: 'measured', coverage: 1, missing: 1 },
  ])
  expect(intervals.map(({ from, volumeM3 }: { from: string; volumeM3: number }) => [from, volumeM3])).toEqual(
    [
      ['2026-11-01T00:00:00.000+08:00', 1],
      ['2026-11-01T01:00:00.000+08:00', null],
    ],
  )
  expect(whole).toMatchObject({ volumeM3: 1, missing: 1 })
  expect(asked[0]).toMatchObject({ by: 'building', institution: 'bureau', water: 'intake' })
  expect(
    (await api.as('energy', 'GET', path.replace('T02', 'T02:30').replace(':30:00:00', ':30:00'))).statusCode,
  ).toBe(422)
})
