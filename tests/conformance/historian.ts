/**
 * What every history must do, whatever it is made of. Each adapter runs this suite; one that
 * cannot keep a promise leaves that test out by its name, so the exception is on the record.
 */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Historian } from '../../src/historian/historian.ts'
import { memoryHistorian } from '../../src/historian/memory.ts'
import type { RepeatsByDevice } from '../../src/historian/repeats.ts'
import type { Commit } from '../../src/model/commit.ts'
import type { Reading, Sample, Value } from '../../src/model/reading.ts'

type Opened = {
  readonly historian: Historian
  /** Brings everything written so far to where it stays, where that is something else than `write`. */
  settle?(): Promise<void>
  /** After the historian itself has been closed. */
  close?(): PromiseLike<void>
}

export type OpenHistorian = (repeatsBy: RepeatsByDevice) => Promise<Opened>

/** Devices of the suite: `meter…` repeat by point, all others by sample. */
const repeatsBy: RepeatsByDevice = (device) => (device.startsWith('meter') ? 'point' : 'sample')

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 2, 1)
const ALL = { from: START - 400 * DAY_MS, to: START + 400 * DAY_MS, limit: 10_000 }

export const METER_CONFLICT =
  'of two values of a meter point at one instant, the one first in the journal wins'

export function describeHistorian(
  name: string,
  open: OpenHistorian,
  { without = [] as readonly string[] } = {},
) {
  describe(`${name} keeps what the journal tells it`, () => {
    /** A history that keeps the last of two keeps it of repeats too: when it was received may move. */
    const keepsLast = without.includes(METER_CONFLICT)
    let opened: Opened
    let offset = 0
    beforeAll(async () => {
      opened = await open(repeatsBy)
    })
    afterAll(async () => {
      await opened?.historian[Symbol.asyncDispose]()
      await opened?.close?.()
    })

    const promise = (what: string, test: () => Promise<void>) => {
      if (!without.includes(what)) it(what, test)
    }
    const fresh = (kind: 'meter' | 'gate') => `${kind}-${randomUUID().slice(0, 8)}`

    /** One commit a call, with its samples in order; the commits that were written. */
    async function write(...samplesOfCommits: readonly (readonly Sample[])[]): Promise<Commit[]> {
      const commits = samplesOfCommits.map((samples): Commit => {
        offset++
        const records = samples.map((sample) => ({ is: 'reading' as const, ...sample }))
        return { offset, receivedAt: START + offset * 10, records }
      })
      await opened.historian.write(commits)
      return commits
    }
    const all = (device: string, over: object = {}) => opened.historian.readings({ device, ...ALL, ...over })
    const instants = (readings: readonly Reading[]) => readings.map(({ at }) => at - START)
    const sample = (device: string, at: number, values: Record<string, Value>): Sample => ({
      device,
      at: START + at,
      values,
    })
    /** Both as they stand in memory and as they stand once settled. */
    async function hotAndSettled(check: () => Promise<void>) {
      await check()
      await opened.settle?.()
      await check()
    }

    promise(
      'a reading comes back as it was told, with when it was measured and when it was received',
      async () => {
        const device = fresh('meter')
        const [commit] = await write([
          { device, at: START + 5, values: { volume: 12.5, flow: 3 }, doubts: { flow: 'uncertain' } },
        ])
        await hotAndSettled(async () => {
          expect(await all(device)).toEqual([
            {
              device,
              at: START + 5,
              receivedAt: commit?.receivedAt,
              values: { volume: 12.5, flow: 3 },
              doubts: { flow: 'uncertain' },
            },
          ])
        })
      },
    )

    promise('numbers, texts and switches keep their kind, whole numbers beside broken ones', async () => {
      const device = fresh('gate')
      const said = [
        { count: 7, ratio: 0.1, door: 'open', locked: true },
        { count: 7.25, ratio: 1, door: '', locked: false },
        { count: -9_007_199_254_740_991, ratio: 1e-300, door: '0', locked: true },
        { count: 1.7e308, ratio: 0, door: 'true', locked: false },
      ]
      await write(said.map((values, at) => sample(device, at, values)))
      await hotAndSettled(async () => {
        expect((await all(device)).map(({ values }) => values)).toEqual(said)
      })
    })

    promise('a point that is a number today and a text tomorrow is kept as both', async () => {
      const device = fresh('gate')
      await write(
        [sample(device, 1, { level: 4 })],
        [sample(device, 2, { level: 'low' })],
        [sample(device, 3, { level: false })],
      )
      await hotAndSettled(async () => {
        expect((await all(device)).map(({ values }) => values.level)).toEqual([4, 'low', false])
      })
    })

    promise(
      'a write that is called off ends at once, and what it held is taken when it is fed again',
      async () => {
        const device = fresh('meter')
        offset++
        const record = { is: 'reading' as const, ...sample(device, 1, { volume: 7 }) }
        const commits: Commit[] = [{ offset, receivedAt: START + offset * 10, records: [record] }]
        const calledOff = opened.historian.write(commits, AbortSignal.abort())
        await expect(calledOff).rejects.toMatchObject({ code: 'historian-busy' })
        expect(await all(device)).toEqual([])
        await opened.historian.write(commits, new AbortController().signal)
        expect((await all(device)).map(({ values }) => values)).toEqual([{ volume: 7 }])
      },
    )

    promise('a point that is bad and has no value is remembered as bad', async () => {
      const device = fresh('meter')
      await write([{ device, at: START, values: { volume: 1 }, doubts: { flow: 'bad' } }])
      await hotAndSettled(async () => {
        expect(await all(device)).toMatchObject([{ values: { volume: 1 }, doubts: { flow: 'bad' } }])
      })
    })

    promise('a late reading stands where it was measured', async () => {
      const device = fresh('meter')
      await write([sample(device, 100, { volume: 1 })], [sample(device, 300, { volume: 3 })])
      await opened.settle?.()
      await write([sample(device, 200, { volume: 2 }), sample(device, 50, { volume: 0 })])
      await hotAndSettled(async () => expect(instants(await all(device))).toEqual([50, 100, 200, 300]))
    })

    promise('a batch that is written again changes nothing', async () => {
      const [meter, gate] = [fresh('meter'), fresh('gate')]
      const commits = await write(
        [sample(meter, 1, { volume: 1 }), sample(gate, 1, { door: 'open' })],
        [sample(meter, 2, { volume: 2 }), sample(gate, 1, { door: 'closed' })],
      )
      const before = [await all(meter), await all(gate)]
      await opened.historian.write(commits)
      await hotAndSettled(async () => expect([await all(meter), await all(gate)]).toEqual(before))
      await opened.historian.write(commits)
      await hotAndSettled(async () => expect([await all(meter), await all(gate)]).toEqual(before))
    })

    promise(METER_CONFLICT, async () => {
      const device = fresh('meter')
      const [first] = await write([sample(device, 1, { volume: 10 })])
      await opened.settle?.()
      await write([sample(device, 1, { volume: 11, flow: 2 }), sample(device, 1, { flow: 3 })])
      await hotAndSettled(async () => {
        expect(await all(device)).toEqual([
          { device, at: START + 1, receivedAt: first?.receivedAt, values: { volume: 10, flow: 2 } },
        ])
      })
    })

    promise('a meter that sends the same sample twice has said it once', async () => {
      const device = fresh('meter')
      await write([sample(device, 1, { volume: 10 })], [sample(device, 1, { volume: 10 })])
      await hotAndSettled(async () =>
        expect((await all(device)).map(({ values }) => values)).toEqual([{ volume: 10 }]),
      )
    })

    promise(
      'two different events of a door at one instant are both kept, in the order of the journal',
      async () => {
        const device = fresh('gate')
        const said = [{ door: 'open' }, { door: 'closed' }, { access: 'granted', credential: 'card-1' }]
        await write(
          [sample(device, 1, said[0] ?? {})],
          [sample(device, 1, said[1] ?? {}), sample(device, 1, said[2] ?? {})],
        )
        await hotAndSettled(async () => expect((await all(device)).map(({ values }) => values)).toEqual(said))
      },
    )

    promise('an event that is told twice word for word is one event', async () => {
      const device = fresh('gate')
      const said = { door: 'open', access: 'granted' }
      await write([sample(device, 1, said)])
      await opened.settle?.()
      await write([sample(device, 1, { access: 'granted', door: 'open' })], [sample(device, 2, said)])
      await hotAndSettled(async () => expect(instants(await all(device))).toEqual([1, 2]))
    })

    promise('the interval is half-open: its beginning belongs to it, its end does not', async () => {
      const device = fresh('meter')
      await write([10, 20, 30].map((at) => sample(device, at, { volume: at })))
      await hotAndSettled(async () => {
        expect(instants(await all(device, { from: START + 10, to: START + 30 }))).toEqual([10, 20])
        expect(await all(device, { from: START + 11, to: START + 20 })).toEqual([])
      })
    })

    promise('asked for one point, only readings that speak of it answer', async () => {
      const device = fresh('meter')
      await write([
        sample(device, 1, { volume: 1 }),
        sample(device, 2, { flow: 2 }),
        { device, at: START + 3, values: { volume: 3 }, doubts: { flow: 'bad' } },
        sample(device, 4, { volume: 4, flow: 4 }),
      ])
      await hotAndSettled(async () => {
        expect(instants(await all(device, { point: 'flow' }))).toEqual([2, 3, 4])
        expect(instants(await all(device, { point: 'volume', limit: 1, skip: 1 }))).toEqual([3])
        expect(await all(device, { point: 'battery' })).toEqual([])
      })
    })

    promise(
      'pages follow each other without gap or repeat, also across what is settled and what is not',
      async () => {
        const device = fresh('meter')
        await write(Array.from({ length: 25 }, (_, i) => sample(device, i * 2, { volume: i })))
        await opened.settle?.()
        await write(Array.from({ length: 25 }, (_, i) => sample(device, i * 2 + 1, { volume: i })))
        await hotAndSettled(async () => {
          const seen: number[] = []
          for (let skip = 0; skip < 60; skip += 7)
            seen.push(...instants(await all(device, { limit: 7, skip })))
          expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i))
        })
      },
    )

    promise('one device says nothing about another, whatever it is called', async () => {
      const names = [
        "meter'; drop table readings; --",
        'meter,place=x value=1',
        'meter\\',
        'meter "quoted"',
        'meter=1 2\n3',
        '水表-一号',
        'meter%2C',
      ]
      await write(names.map((device, i) => sample(device, 1, { volume: i })))
      await hotAndSettled(async () => {
        for (const [i, device] of names.entries()) {
          expect(await all(device), device).toMatchObject([{ device, values: { volume: i } }])
        }
        expect(await all("' or '1'='1")).toEqual([])
      })
    })

    promise('points and texts may hold any sign', async () => {
      const device = fresh('gate')
      const odd = [
        'time',
        'a b',
        'a,b=c',
        'a"b',
        "a'b",
        'a\\',
        'a\nb',
        '温度',
        'a.b',
        'a.text',
        '%',
        'constructor',
        'received_at',
        'offset',
      ]
      await write(
        odd.map((point, at) => sample(device, at, { [point]: at })),
        odd.map((text, at) => sample(device, 100 + at, { reason: text, note: `${text}\\"` })),
      )
      await hotAndSettled(async () => {
        const readings = await all(device)
        expect(readings.slice(0, odd.length).map(({ values }) => Object.entries(values))).toEqual(
          odd.map((point, at) => [[point, at]]),
        )
        expect(readings.slice(odd.length).map(({ values }) => [values.reason, values.note])).toEqual(
          odd.map((text) => [text, `${text}\\"`]),
        )
      })
    })

    promise('whatever is told in whatever order, it answers as a list in memory would', async () => {
      const value = fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
        fc.string(),
        fc.boolean(),
      )
      const said = fc.record({
        at: fc.integer({ min: 0, max: 6 }),
        values: fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1, noNullPrototype: true }),
      })
      const script = fc.array(
        fc.oneof(fc.array(said, { minLength: 1, maxLength: 4 }), fc.constant('settle' as const)),
        {
          maxLength: 8,
        },
      )
      await fc.assert(
        fc.asyncProperty(script, fc.constantFrom('meter', 'gate'), async (steps, kind) => {
          const device = fresh(keepsLast ? 'gate' : kind)
          let told = 0
          const unique = (at: number, values: Record<string, Value>) =>
            sample(device, at, keepsLast ? { ...values, told: told++ } : values)
          const model = memoryHistorian({ repeatsBy })
          for (const step of steps) {
            if (step === 'settle') await opened.settle?.()
            else await model.write(await write(step.map(({ at, values }) => unique(at, values))))
          }
          expect(await all(device)).toEqual(await model.readings({ device, ...ALL }))
          const some = { from: START + 1, to: START + 5, point: 'b', skip: 1, limit: 3 }
          expect(await all(device, some)).toEqual(await model.readings({ device, ...some }))
        }),
        { numRuns: 25 },
      )
    })
  })
}
