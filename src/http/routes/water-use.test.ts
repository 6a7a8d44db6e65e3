import { expect, it } from 'vitest'
import { openApi, START } from '../../../tests/support/api.ts'
import type { UseQuery, UseRow } from '../../metering/water-use.ts'

const HOUR_MS = 3_600_000

/** Two institutions, each hour; the second has no figure. */
async function* hourly({ from, to }: UseQuery): AsyncGenerator<readonly UseRow[]> {
  for (let at = from; at < to; at += HOUR_MS) {
    const interval = { from: at, to: at + HOUR_MS, meterMs: HOUR_MS }
    yield [
      { ...interval, id: 'bureau', name: '机关, "事务"', volumeM3: 1.25, quality: 'measured', coverage: 1 },
      { ...interval, id: 'school', name: '=SUM(A1)', volumeM3: null, quality: 'missing', coverage: 0 },
    ]
  }
}

const url = (query: string) => `/water-use?by=institution&step=hour&${query}`
const RANGE = `from=2026-11-22T10:00:00%2B08:00&to=2026-11-22T13:00:00%2B08:00`

it('JSON comes in pages that neither repeat nor leave out a row', async () => {
  await using api = await openApi({ services: { waterUse: hourly } })
  const seen: string[] = []
  let next = ''
  while (next !== 'end') {
    const answer = await api.as('energy', 'GET', url(`${RANGE}&limit=2${next && `&cursor=${next}`}`))
    const page = answer.json()
    seen.push(...page.items.map((row: { from: string; id: string }) => `${row.from.slice(11, 16)} ${row.id}`))
    next = page.next ?? 'end'
  }
  expect(seen).toEqual([
    '10:00 bureau',
    '10:00 school',
    '11:00 bureau',
    '11:00 school',
    '12:00 bureau',
    '12:00 school',
  ])
})

it('CSV is whole, opens in a spreadsheet with its Chinese, runs no formula, and leaves what is missing empty', async () => {
  await using api = await openApi({ services: { waterUse: hourly } })
  const to = new Date(START + HOUR_MS).toISOString()
  const answer = await api.as(
    'energy',
    'GET',
    url(`from=${new Date(START).toISOString()}&to=${to}&format=csv&limit=1`),
  )
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(answer.body).toBe(
    '\uFEFFfrom,to,id,name,volumeM3,quality,coverage\r\n' +
      '2026-11-22T10:00:00.000+08:00,2026-11-22T11:00:00.000+08:00,bureau,"机关, ""事务""",1.25,measured,1\r\n' +
      "2026-11-22T10:00:00.000+08:00,2026-11-22T11:00:00.000+08:00,school,'=SUM(A1),,missing,0\r\n",
  )
})

it('pages go on behind the row before, whatever has become of the figures meanwhile; those of an interval within a minute are of one moment', async () => {
  let asked = 0
  async function* changing(query: UseQuery): AsyncGenerator<readonly UseRow[]> {
    asked++
    for await (const rows of hourly(query)) yield rows.map((row) => ({ ...row, volumeM3: asked }))
  }
  await using api = await openApi({ services: { waterUse: changing } })
  const seen: string[] = []
  let next = ''
  while (next !== 'end') {
    const answer = await api.as('energy', 'GET', url(`${RANGE}&limit=1${next && `&cursor=${next}`}`))
    const page = answer.json()
    for (const { from, id, volumeM3 } of page.items) seen.push(`${from.slice(11, 16)} ${id} ${volumeM3}`)
    next = page.next ?? 'end'
  }
  expect(seen).toEqual([
    '10:00 bureau 1',
    '10:00 school 1',
    '11:00 bureau 2',
    '11:00 school 2',
    '12:00 bureau 3',
    '12:00 school 3',
  ])
  const page = async (after = '') =>
    (await api.as('energy', 'GET', url(`${RANGE}&limit=1${after && `&cursor=${after}`}`))).json()
  const { next: second } = await page()
  const told = await page(second)
  expect(await page(second), 'asked again').toEqual(told)
  api.clock.pass(60_000)
  const later = await page(second)
  expect(later.items[0].id).toBe('school')
  expect(later.items[0].volumeM3, 'after a minute it is read anew').toBeGreaterThan(told.items[0].volumeM3)
})

it('a CSV of thousands of rows is sent some lines a turn, and no row of it is left out', async () => {
  async function* many({ from, to }: UseQuery): AsyncGenerator<readonly UseRow[]> {
    yield Array.from({ length: 5_010 }, (_, n) => {
      return {
        from,
        to,
        id: `m-${n}`,
        name: 'M',
        volumeM3: n / 8,
        quality: 'measured',
        coverage: 1,
        meterMs: 1,
      }
    })
  }
  await using api = await openApi({ services: { waterUse: many } })
  let turns = 0
  const others = { isOver: false }
  const turn = () => {
    turns++
    if (!others.isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const { body } = await api.as('energy', 'GET', url(`${RANGE}&format=csv`))
  others.isOver = true
  const lines = body.split('\r\n')
  expect(lines).toHaveLength(1 + 5_010 + 1)
  expect(lines.at(-2)).toMatch(/,m-5009,M,626\.125,measured,1$/)
  expect(turns).toBeGreaterThanOrEqual(10)
})

it('whoever holds a month is told 304 until late readings have corrected it', async () => {
  let volumeM3 = 1
  async function* waterUse({ from, to }: UseQuery): AsyncGenerator<readonly UseRow[]> {
    yield [{ from, to, id: 'bureau', name: '机关', volumeM3, quality: 'measured', coverage: 1, meterMs: 1 }]
  }
  await using api = await openApi({ services: { waterUse } })
  const month = 'by=institution&step=month&from=2026-10-01T00:00:00%2B08:00&to=2026-11-01T00:00:00%2B08:00'
  for (const path of [`/water-use?${month}`, `/water-use/totals?${month}`]) {
    const ask = (tag?: string) =>
      api.as('energy', 'GET', path, undefined, tag === undefined ? {} : { 'if-none-match': tag })
    const first = await ask()
    const { etag } = first.headers as { etag: string }
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(tag)
      expect([again.statusCode, again.body, again.headers.etag], tag).toEqual([304, '', etag])
    }
    volumeM3++
    const corrected = await ask(etag)
    expect(corrected.statusCode).toBe(200)
    expect(corrected.headers.etag).not.toBe(etag)
  }
  const csv = await api.as('energy', 'GET', `/water-use?${month}&format=csv`, undefined, {
    'if-none-match': '*',
  })
  expect([csv.statusCode, csv.headers.etag], 'it is sent as it is read').toEqual([200, undefined])
  const refused = await api.as('energy', 'GET', '/water-use', undefined, { 'if-none-match': '*' })
  expect(refused.statusCode).toBe(422)
})

it('a boundary that is none is refused with those that are nearest, in the zone of the site', async () => {
  await using api = await openApi()
  const asked = 'from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00%2B08:00'
  const answer = await api.as('energy', 'GET', `/water-use?by=device&step=month&${asked}`)
  expect(answer.json().errors).toEqual([
    {
      path: 'from',
      message:
        'not where a month of the site begins; the nearest are 2026-10-01T00:00:00.000+08:00 and 2026-11-01T00:00:00.000+08:00',
    },
  ])
})

it.each([
  ['hour', '2026-11-22T10:30:00%2B08:00', '2026-11-22T11:00:00%2B08:00', 'from'],
  ['day', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00%2B08:00', 'from'],
  ['month', '2026-11-01T00:00:00%2B08:00', '2026-11-30T00:00:00%2B08:00', 'to'],
  ['day', '2026-11-22T00:00:00%2B08:00', '2026-11-21T00:00:00%2B08:00', 'to'],
  ['hour', '2020-11-22T00:00:00%2B08:00', '2026-11-21T00:00:00%2B08:00', 'to'],
])('a %s from %s to %s is 422', async (step, from, to, place) => {
  await using api = await openApi()
  const answer = await api.as('energy', 'GET', `/water-use?by=device&step=${step}&from=${from}&to=${to}`)
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors[0].path).toBe(place)
})
