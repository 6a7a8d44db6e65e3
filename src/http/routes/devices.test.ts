import { expect, it } from 'vitest'
import { openApi, START } from '../../../tests/support/api.ts'
import { statusOf } from '../show.ts'

const sample = (at: number, flow: number, doubts?: Record<string, 'bad'>) => ({
  is: 'reading' as const,
  device: 'meter-1',
  at,
  values: { flow },
  ...(doubts && { doubts }),
})

it('a device says what it is, where it stands, and the newest of each point with unit, age and quality', async () => {
  await using api = await openApi()
  api.shadows.set('meter-1', {
    device: 'meter-1',
    lastSeenAt: START,
    latest: {
      flow: { value: 0.4, at: START - 1_000, quality: 'good' },
      valve: { value: 'open', at: START, quality: 'uncertain' },
    },
  })
  expect((await api.as('energy', 'GET', '/devices/meter-1')).json()).toEqual({
    id: 'meter-1',
    name: 'Main',
    family: 'water-meter',
    profile: 'gatehouse/meter',
    place: { institution: 'bureau', building: 'east' },
    reportsEveryMs: 60_000,
    status: 'online',
    lastSeenAt: '2026-11-22T10:00:00.000+08:00',
    latest: {
      flow: { value: 0.4, unit: 'm³/h', at: '2026-11-22T09:59:59.000+08:00', quality: 'good' },
      valve: { value: 'open', unit: null, at: '2026-11-22T10:00:00.000+08:00', quality: 'uncertain' },
    },
  })
  api.clock.pass(10 * 60_000)
  expect((await api.as('energy', 'GET', '/devices/meter-1')).json().status).toBe('silent')
  expect((await api.as('energy', 'GET', '/devices/meter-2')).json()).toMatchObject({
    status: 'never-seen',
    lastSeenAt: null,
    latest: {},
  })
})

it.each([
  [undefined, 60_000, 'never-seen'],
  [START, 60_000, 'online'],
  [START - 150_000, 60_000, 'online'],
  [START - 150_001, 60_000, 'silent'],
  [START - 31_000, 1_000, 'online'],
  [START - 31_001, 1_000, 'silent'],
  [START - 9e9, undefined, 'online'],
] as const)('last seen at %s, reporting every %s ms: %s', (lastSeenAt, everyMs, status) => {
  expect(statusOf(lastSeenAt === undefined ? undefined : { lastSeenAt }, everyMs, START)).toBe(status)
})

it('devices come by id, in pages, and can be narrowed', async () => {
  await using api = await openApi()
  const page = async (query: string) => (await api.as('viewer', 'GET', `/devices?${query}`)).json()
  const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id)
  const first = await page('limit=3')
  expect(ids(first)).toEqual(['car-1', 'gate-1', 'meter-1'])
  const second = await page(`limit=3&cursor=${first.next}`)
  expect([ids(second), second.next]).toEqual([['meter-2'], null])
  expect(ids(await page('family=water-meter&institution=school'))).toEqual(['meter-2'])
  expect(ids(await page('status=online'))).toEqual([])
})

it('readings come oldest first, half-open, each once, also where a page ends within an instant', async () => {
  await using api = await openApi()
  // A door says three things in one instant; each is an event of its own.
  const records = [0, 1_000, 1_000, 1_000, 2_000, 3_000].map((after, nth) => ({
    is: 'reading' as const,
    device: 'gate-1',
    at: START + after,
    values: { nth },
  }))
  await api.historian.write([{ offset: 1, receivedAt: START + 5_000, records }])
  const range = `from=${new Date(START).toISOString()}&to=${new Date(START + 3_000).toISOString()}`
  const seen: unknown[] = []
  let next = ''
  while (next !== 'end') {
    const page = (
      await api.as('energy', 'GET', `/devices/gate-1/readings?${range}&limit=2${next && `&cursor=${next}`}`)
    ).json()
    seen.push(...page.items.map(({ values }: { values: { nth: number } }) => values.nth))
    next = page.next ?? 'end'
  }
  expect(seen).toEqual([0, 1, 2, 3, 4])
})

it('a doubted value says so, and the last day is the default', async () => {
  await using api = await openApi()
  await api.historian.write([
    {
      offset: 1,
      receivedAt: START,
      records: [sample(START - 25 * 3_600_000, 1), sample(START - 1_000, 2, { flow: 'bad' })],
    },
  ])
  expect((await api.as('energy', 'GET', '/devices/meter-1/readings')).json()).toEqual({
    items: [
      {
        at: '2026-11-22T09:59:59.000+08:00',
        receivedAt: '2026-11-22T10:00:00.000+08:00',
        values: { flow: 2 },
        quality: { flow: 'bad' },
      },
    ],
    next: null,
  })
})
