import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import {
  commit,
  drainerTo,
  type Reply,
  scripted,
  status,
  strict,
} from '../../tests/support/scripted-influx.ts'
import { SILENT_LOG } from '../model/log.ts'
import { InfluxOptions, influxHistorian } from './influx.ts'
import { type Refusal, refusals, sentenceOf } from './influx-refusals.ts'

const told = (...reasons: readonly string[]): readonly Refusal[] => {
  const book = refusals()
  for (const [n, reason] of reasons.entries()) book.add({ lines: 1, example: `line ${n}`, reason })
  return book.list
}

it('lines that are refused alike are told of together, though each is repeated in what is said of it', () => {
  expect(
    told(
      "400 unable to parse 'meter,device=a volume=x 1': invalid number",
      '422 points beyond retention policy dropped=1',
      "400 unable to parse 'meter,device=b volume=y 2': invalid number",
      '422 points beyond retention policy dropped=17',
    ),
  ).toEqual([
    {
      lines: 2,
      example: 'line 0',
      reason: "400 unable to parse 'meter,device=a volume=x 1': invalid number",
    },
    { lines: 2, example: 'line 1', reason: '422 points beyond retention policy dropped=1' },
  ])
})

it('another status, field or measurement is another reason', () => {
  const reasons = [
    '400 field type conflict: input field "volume" on measurement "water-meter"',
    '400 field type conflict: input field "flow" on measurement "water-meter"',
    '422 field type conflict: input field "volume" on measurement "water-meter"',
  ]
  expect(told(...reasons).map(({ reason }) => reason)).toEqual(reasons)
})

it('however many reasons a server gives, few are told, and every line is counted', () => {
  const list = told(...Array.from({ length: 1_000 }, (_, n) => `400 no "${'x'.repeat(n)}"`))
  expect(list).toHaveLength(20)
  expect(list.reduce((sum, { lines }) => sum + lines, 0)).toBe(1_000)
})

it('one line needs no number', () => {
  const refusal = { lines: 1, example: 'line', reason: '413 too large' }
  expect(sentenceOf(refusal)).toBe('413 too large')
  expect(sentenceOf({ ...refusal, lines: 2 })).toBe(
    '2 lines were refused, the first of them with: 413 too large',
  )
})

/** Takes nothing, as a server does whose retention all of it is beyond. */
const takesNone: Reply = (response, lines) =>
  response
    .writeHead(400, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: `partial write: points beyond retention policy dropped=${lines.length}` }))

it('a backlog that the server refuses is one letter for each reason, and after the first one a minute', async () => {
  await using server = await scripted(takesNone)
  const { historian, refused, hand } = drainerTo(server.url)
  await using _closed = historian
  const told: number[][] = []
  for (let offset = 1; offset <= 4; offset++) {
    await historian.write([commit(offset, ...Array.from({ length: 7_000 }, (_, i) => i))])
    told.push(refused.splice(0).map(({ lines }) => lines))
    hand.pass(25_000)
  }
  expect(told).toEqual([[7_000], [], [], [21_000]])
  expect(historian.counts).toMatchObject({ rejected: 28_000, requests: 8 })
})

it('a refusal that could not be noted is noted later, and until then it is not taken for stored', async () => {
  await using server = await scripted(strict(/=2\b/))
  const letters: Refusal[] = []
  let isFull = true
  const hand = handClock(0)
  await using historian = influxHistorian({
    options: InfluxOptions.parse({ url: server.url, org: 'campus', bucket: 'gatehouse' }),
    repeatsBy: () => 'point',
    durable: 6,
    clock: hand,
    log: SILENT_LOG,
    async noteRefused(refused) {
      if (isFull) throw new Error('the disk is full')
      letters.push(...refused)
    },
  })
  await historian.write([commit(7, 1, 2, 3), commit(8, 4)])
  await historian.write([commit(9, 5)])
  expect({ durable: historian.durable, letters }).toEqual({ durable: 6, letters: [] })
  isFull = false
  hand.pass(60_000)
  await historian.write([commit(10)])
  expect(letters).toMatchObject([{ lines: 1, example: expect.stringContaining('volume=2') }])
  expect(historian.durable).toBe(10)
})

it('what was refused of a write that was called off is told once, when it is made again', async () => {
  await using server = await scripted(status(400), status(503), strict(/=1\b/))
  const hand = handClock(0)
  const letters: Refusal[] = []
  await using historian = influxHistorian({
    options: InfluxOptions.parse({ url: server.url, org: 'campus', bucket: 'gatehouse', maxLines: 1 }),
    repeatsBy: () => 'point',
    clock: hand,
    log: SILENT_LOG,
    noteRefused: async (refused) => letters.push(...refused),
  })
  const stopping = new AbortController()
  const written = historian.write([commit(1, 1, 2)], stopping.signal)
  await expect.poll(() => historian.state.is).toBe('waiting')
  stopping.abort()
  await expect(written).rejects.toMatchObject({ code: 'historian-busy' })
  await historian.write([commit(1, 1, 2)])
  expect(letters.map(({ lines }) => lines)).toEqual([1])
})
