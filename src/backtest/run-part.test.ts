import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryHistorian } from '../historian/memory.ts'
import { commitOf } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import type { Reading } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from '../rules/bind.ts'
import { createEngine } from '../rules/engine.ts'
import { RulesOptions } from '../rules/index.ts'
import { historianRows } from './historian-rows.ts'
import { runPart } from './run-part.ts'

const MINUTE_MS = 60_000
const PROFILE = { measuresEveryMs: MINUTE_MS, reportsEveryMs: MINUTE_MS, points: { flow: {}, volume: {} } }
const DEVICES: Device[] = ['meter-1', 'meter-2', 'meter-3'].map((id) => ({
  id,
  name: id,
  family: 'water-meter',
  profile: 'p',
  place: { institution: 'i' },
}))
const SITE: Site = {
  id: 's',
  name: 's',
  timeZone: 'Asia/Shanghai',
  institutions: [],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: DEVICES,
}
const base = { severity: 'low', verifyMs: 1, scope: { families: ['water-meter'] } }
const { rules: CONFIGS } = RulesOptions.parse({
  rules: [
    {
      ...base,
      id: 'hot',
      kind: 'sustained',
      options: { point: 'flow', above: 5, clearBelow: 4, forMs: 3 * MINUTE_MS, heldMs: 5 * MINUTE_MS },
    },
    { ...base, id: 'silent', kind: 'silent', options: { forMs: 10 * MINUTE_MS } },
  ],
})
const bound = () => bindRules(CONFIGS, SITE, () => PROFILE)
const INTERVAL = { from: 0, to: 200 * MINUTE_MS }

const inOrder = (
  alarms: readonly { rule: string; subject: string; raisedAt: number; clearedAt?: number }[],
) =>
  alarms
    .map(
      ({ rule, subject, raisedAt, clearedAt }) => `${raisedAt} ${rule} ${subject} ${clearedAt ?? 'stands'}`,
    )
    .sort()

/** As they come, one commit a reading and one a second in which nothing comes: the gateway itself. */
function asLive(readings: readonly Reading[]) {
  const engine = createEngine(bound())
  const alarms: { rule: string; subject: string; raisedAt: number; clearedAt?: number }[] = []
  let offset = 0
  const take = (receivedAt: number, own: readonly Reading[]) => {
    for (const { rule, subject, at, breached } of engine.take(
      commitOf({ offset: ++offset, receivedAt, records: [] }, { readings: own, remarks: [] }),
    )) {
      if (at >= INTERVAL.to) continue
      if (breached) alarms.push({ rule, subject, raisedAt: at })
      else
        for (const alarm of alarms)
          if (alarm.rule === rule && alarm.subject === subject) alarm.clearedAt ??= at
    }
  }
  const left = readings.toSorted((a, b) => a.receivedAt - b.receivedAt)
  for (let now = 0; now <= INTERVAL.to; now += 1_000) {
    const own = left.filter(({ receivedAt }) => receivedAt === now)
    take(now, own)
  }
  return inOrder(alarms)
}

const sample = fc.record({
  device: fc.constantFrom('meter-1', 'meter-2', 'meter-3'),
  minute: fc.integer({ min: 0, max: 190 }),
  flow: fc.integer({ min: 0, max: 9 }),
})

const readingsOf = (samples: readonly { device: string; minute: number; flow: number }[]): Reading[] => {
  const once = new Map(samples.map((one) => [`${one.device} ${one.minute}`, one]))
  return [...once.values()].map(({ device, minute, flow }) => {
    const at = minute * MINUTE_MS
    return { device, at, receivedAt: at, values: { flow } }
  })
}

async function* measured(readings: readonly Reading[], order: 'measured' | 'received') {
  const inOrder = readings.toSorted((a, b) =>
    order === 'measured' ? a.at - b.at : a.receivedAt - b.receivedAt,
  )
  for (let from = 0; from < inOrder.length; from += 7) yield inOrder.slice(from, from + 7)
}

describe('a part of the site run over history', () => {
  it('raises what the gateway raised, where every reading came when it was measured', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { maxLength: 120 }), async (samples) => {
        const readings = readingsOf(samples)
        const rules = { draft: bound(), running: [] }
        const { found, late } = await runPart(rules, INTERVAL, [], (order) => measured(readings, order))
        expect(inOrder(found.draft)).toEqual(asLive(readings))
        expect(late).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('judges silence by when it was heard, and heat by when it was measured', async () => {
    // Measured every minute, uploaded at once after half an hour: hot from minute 10 to 20.
    const readings = Array.from({ length: 30 }, (_, minute) => ({
      device: 'meter-1',
      at: minute * MINUTE_MS,
      receivedAt: 30 * MINUTE_MS,
      values: { flow: minute >= 10 && minute < 20 ? 9 : 1 },
    }))
    const { found } = await runPart({ draft: bound(), running: [] }, INTERVAL, [], (order) =>
      measured(readings, order),
    )
    const own = inOrder(found.draft.filter(({ subject }) => subject === 'meter-1'))
    expect(own).toEqual(
      [
        `${10 * MINUTE_MS} silent meter-1 ${30 * MINUTE_MS}`,
        `${13 * MINUTE_MS} hot meter-1 ${20 * MINUTE_MS}`,
        `${40 * MINUTE_MS} silent meter-1 stands`,
      ].sort(),
    )
  })

  it('asks the history again in the order of arrival, where a clock ran so far ahead that what had arrived was passed on', async () => {
    const readings = Array.from({ length: 150 }, (_, minute) => ({
      device: minute % 2 === 0 ? 'meter-1' : 'meter-2',
      at: minute * MINUTE_MS,
      // The second one is 25 minutes ahead, and heard no more from the 75th on.
      receivedAt: (minute % 2 === 0 ? minute : Math.max(0, minute - 25)) * MINUTE_MS,
      values: { flow: 1 },
    })).filter(({ device, receivedAt }) => device === 'meter-1' || receivedAt < 75 * MINUTE_MS)
    const asked: string[] = []
    const { found } = await runPart({ draft: bound(), running: [] }, INTERVAL, [], (order) => {
      asked.push(order)
      return measured(readings, order)
    })
    expect(asked).toEqual(['measured', 'received'])
    expect(inOrder(found.draft)).toEqual(asLive(readings))
  })

  it('tells where readings came late', async () => {
    const readings = [1, 2, 3, 4].map((minute) => ({
      device: 'meter-1',
      at: minute * MINUTE_MS,
      values: { flow: 1 },
      receivedAt: (minute === 2 ? 9 : minute) * MINUTE_MS,
    }))
    const { late } = await runPart({ draft: bound(), running: [] }, INTERVAL, [], (order) =>
      measured(readings, order),
    )
    expect(late).toEqual([{ device: 'meter-1', from: 2 * MINUTE_MS, to: 3 * MINUTE_MS }])
  })

  it('counts nothing of the time in which its rules only get to know what is usual', async () => {
    // Hot from minute 1 to 5, over the beginning of what counts, and from 30 to 40.
    const readings = Array.from({ length: 60 }, (_, minute) => ({
      device: 'meter-1',
      at: minute * MINUTE_MS,
      receivedAt: minute * MINUTE_MS,
      values: { flow: (minute >= 1 && minute < 5) || (minute >= 30 && minute < 40) ? 9 : 1 },
    }))
    const run = (countedFrom?: number) =>
      runPart(
        { draft: bound(), running: [] },
        { from: 0, to: 60 * MINUTE_MS },
        [],
        (order) => measured(readings, order),
        countedFrom,
      )
    const hot = ({ found }: Awaited<ReturnType<typeof run>>) =>
      found.draft.filter(({ rule }) => rule === 'hot').map(({ raisedAt }) => raisedAt / MINUTE_MS)
    expect(hot(await run())).toEqual([4, 33])
    const counted = await run(20 * MINUTE_MS)
    expect(hot(counted)).toEqual([33])
    expect(counted.readings).toBe(40)
  })

  it('leaves out what the gateway was not there to hear', async () => {
    const gap = { is: 'gap', source: 'gateway', from: MINUTE_MS, to: 9 * MINUTE_MS, reason: 'away' } as const
    const rules = { draft: bound(), running: [] }
    const records = [{ receivedAt: 9 * MINUTE_MS, record: gap }]
    const { found } = await runPart(rules, { from: 0, to: 15 * MINUTE_MS }, records, (order) =>
      measured([], order),
    )
    expect(found.draft).toEqual([])
  })
})

it('any history serves by its port, whole and in either order, beyond one page', async () => {
  const historian = memoryHistorian({ repeatsBy: () => 'sample' })
  const records = Array.from({ length: 25_000 }, (_, n) => ({
    is: 'reading' as const,
    device: 'gate-1',
    at: Math.floor(n / 3),
    values: { seq: n },
  }))
  await historian.write([{ offset: 1, receivedAt: 50_000, records }])
  await using rows = historianRows(historian)
  const read: Reading[] = []
  for await (const some of rows.read({ devices: ['gate-1'], from: 0, to: 50_000, order: 'measured' }))
    read.push(...some)
  expect(read.map(({ values }) => values.seq).sort((a, b) => Number(a) - Number(b))).toEqual(
    records.map(({ values }) => values.seq),
  )
})
