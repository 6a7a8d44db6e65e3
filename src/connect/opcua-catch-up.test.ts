import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type HandClock, handClock } from '../../tests/support/hand-clock.ts'
import type { Instant } from '../model/instant.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { DataChange } from './connector.ts'
import { type CatchUpParts, catchUp } from './opcua-catch-up.ts'
import type { HistoryPage, ReadHistory } from './opcua-history.ts'
import type { MonitoredNode } from './opcua-monitoring.ts'

const NOW = 100_000
const HOLD_MS = 30_000

/** One slice of history is 498 values: 4.98 s of these. */
const node = (nodeId: string): MonitoredNode => ({
  nodeId,
  device: `meter of ${nodeId}`,
  samplingMs: 10,
  queueSize: 10,
  trigger: 'status-value',
})

const change = (nodeId: string, at: Instant): DataChange => ({
  is: 'data-change',
  source: 'plant',
  nodeId,
  value: at,
  statusCode: 0,
  sourceTimestamp: at,
})

type Past = Readonly<Record<string, readonly Instant[]>>

/** Everything that left the source in its order: `live`, `history` (durable) and `gap`. */
function plant(past: Past, more: Partial<CatchUpParts> = {}) {
  const clock = handClock(NOW)
  const told: string[] = []
  const asked: string[] = []
  /** What the server does before it answers a question; the first is number 1. */
  let script: (question: number) => Promise<void> | void = () => {}
  const read: ReadHistory = async (nodes, from, to) => {
    asked.push(`${nodes.map(({ nodeId }) => nodeId).join()} from ${from}`)
    await script(asked.length)
    return nodes.map(({ nodeId }): HistoryPage => {
      const all = past[nodeId]
      if (!all) return { refusal: 'BadHistoryOperationUnsupported' }
      return { values: all.filter((at) => at >= from && at <= to).map((at) => change(nodeId, at)) }
    })
  }
  const stopping = new AbortController()
  const source = catchUp({
    source: 'plant',
    items: [node('flow')],
    historyBackMs: 1_000_000,
    historyHoldMs: HOLD_MS,
    mostHeld: 3,
    lastSeen: () => undefined,
    async deliver(changes) {
      for (const { nodeId, value } of changes) told.push(`history ${nodeId} ${value}`)
    },
    pass: ({ nodeId, value }) => told.push(`live ${nodeId} ${value}`),
    gap: ({ device, from, to, reason }) =>
      told.push(`gap ${device ? `${device} ` : ''}${from} to ${to}: ${reason}`),
    clock,
    log: SILENT_LOG,
    stopped: stopping.signal,
    ...more,
  })
  return {
    source,
    clock,
    told,
    asked,
    read,
    stop: () => stopping.abort(),
    scripted(script_: typeof script) {
      script = script_
    },
  }
}

/** A server that is asked and does not answer until it is told to. */
function silence() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  return { promise, answer: () => resolve(), breaks: () => reject(new Error('the connection was lost')) }
}

/** Lets time pass until it has ended. */
async function ended(running: Promise<void>, clock: HandClock): Promise<void> {
  let isOver = false
  void running.finally(() => {
    isOver = true
  })
  for (await turn(); !isOver; await turn()) clock.pass(1_000)
}

it('brings what was missed before what comes now', async () => {
  const { source, told, read } = plant({ flow: [1_000, 2_000, 7_000] })
  source.begin(1_000)
  source.live(change('flow', 99_000))
  await source.run(read)
  source.live(change('flow', 100_000))
  expect(told).toEqual(['history flow 2000', 'history flow 7000', 'live flow 99000', 'live flow 100000'])
  expect(source.counts).toEqual({ fromHistory: 2, historyReads: 1 })
})

it('goes on after a second loss from what is durable, and brings nothing twice', async () => {
  const { source, told, asked, read, scripted } = plant({ flow: [1_000, 2_000, 7_000, 13_000] })
  scripted((question) => {
    if (question !== 3) return
    source.interrupt() // 2,000 and 7,000 are durable
    throw new Error('the connection was lost')
  })
  source.begin(1_000)
  await source.run(read)
  expect(told).toEqual(['history flow 2000', 'history flow 7000'])
  scripted(() => {})
  source.begin(1_000)
  source.live(change('flow', 99_000))
  await source.run(read)
  expect(asked[3]).toBe('flow from 7000')
  expect(told.slice(2)).toEqual(['history flow 13000', 'live flow 99000'])
})

it('lets nothing of an answer through that comes when the connection has ended', async () => {
  const { source, told, read, scripted } = plant({ flow: [1_000, 2_000] })
  const answer = silence()
  scripted(() => answer.promise)
  source.begin(1_000)
  const running = source.run(read)
  source.interrupt()
  answer.answer()
  await running
  expect(told).toEqual([])
})

it('writes a gap before it lets go what waited when the connection ended, and fetches the missed all the same', async () => {
  const { source, clock, told, asked, read, scripted } = plant({ flow: [1_000, 2_000] })
  const answer = silence()
  scripted(() => answer.promise)
  source.begin(1_000)
  source.live(change('flow', 99_000))
  const running = source.run(read)
  source.interrupt()
  answer.breaks()
  await running
  const gap = 'gap 1000 to 100000: The connection ended while its history was read'
  expect(told).toEqual([gap, 'live flow 99000'])
  scripted(() => {})
  clock.pass(1_000)
  source.begin(99_000)
  source.live(change('flow', 101_000))
  await source.run(read)
  expect(asked[1]).toBe('flow from 1000') // what passed behind a gap is not believed to be all
  expect(told.slice(2)).toEqual(['history flow 2000', 'live flow 101000'])
})

it('lets live values wait no longer than it may, behind a gap, and brings the history late', async () => {
  const { source, clock, told, read, scripted } = plant({ flow: [1_000, 2_000] })
  const answer = silence()
  scripted(() => answer.promise)
  source.begin(1_000)
  const running = source.run(read)
  source.live(change('flow', 99_000))
  clock.pass(HOLD_MS - 1)
  expect(told).toEqual([])
  clock.pass(1)
  const gap = 'gap 1000 to 130000: It could not be heard; its history is being fetched and comes later'
  expect(told).toEqual([gap, 'live flow 99000'])
  source.live(change('flow', 129_000))
  answer.answer()
  await running
  expect(told.slice(2)).toEqual(['live flow 129000', 'history flow 2000'])
})

it('says once that it does not know, though the history then fails as well', async () => {
  const { source, clock, told, read, scripted } = plant({})
  const answer = silence()
  scripted(() => answer.promise)
  source.begin(1_000)
  const running = source.run(read)
  clock.pass(HOLD_MS)
  answer.breaks()
  await ended(running, clock)
  expect(told).toHaveLength(1)
})

it('asks a server again that did not answer, and brings all of it without a gap', async () => {
  const { source, clock, told, asked, read, scripted } = plant({ flow: [1_000, 2_000, 7_000] })
  scripted((question) => {
    if (question === 2 || question === 3) throw new Error('Transaction has timed out')
  })
  source.begin(1_000)
  source.live(change('flow', 99_000))
  await ended(source.run(read), clock)
  expect(asked.slice(1, 4)).toEqual(Array(3).fill('flow from 5980'))
  expect(told).toEqual(['history flow 2000', 'history flow 7000', 'live flow 99000'])
})

it('says nothing of what it is fetching when it is stopped, for it is fetched after the next start', async () => {
  const { source, told, read, scripted, stop } = plant({ flow: [1_000, 2_000] })
  const answer = silence()
  scripted(() => answer.promise)
  source.begin(1_000)
  const running = source.run(read)
  source.live(change('flow', 99_000))
  stop()
  answer.breaks()
  await running
  expect(told).toEqual([])
})

it('writes a gap of what a server does not answer the third time either', async () => {
  const { source, clock, told, asked, read, scripted } = plant({ flow: [1_000, 2_000, 7_000] })
  scripted((question) => {
    if (question > 1) throw new Error('Transaction has timed out')
  })
  source.begin(1_000)
  await ended(source.run(read), clock)
  expect(asked).toHaveLength(4)
  const gap = 'It could not be heard, nor its history read: Transaction has timed out'
  expect(told).toEqual(['history flow 2000', `gap 2000 to 112000: ${gap}`])
})

it('lets no more values wait than it may hold', async () => {
  const { source, told, read, scripted } = plant({ flow: [1_000] })
  const answer = silence()
  scripted(() => answer.promise)
  source.begin(1_000)
  const running = source.run(read)
  for (const at of [95_000, 96_000, 97_000]) source.live(change('flow', at))
  expect(told).toEqual([])
  source.live(change('flow', 98_000))
  const gap = 'gap 1000 to 100000: Too many values came while its history was read'
  expect(told).toEqual([gap, ...[95_000, 96_000, 97_000, 98_000].map((at) => `live flow ${at}`)])
  answer.answer()
  await running
})

it('asks for nothing where nothing was missed', async () => {
  const { source, told, asked, read } = plant({ flow: [1_000, 2_000] })
  source.begin(undefined) // never heard, in this life or before
  source.live(change('flow', 99_000))
  await source.run(read)
  expect(asked).toEqual([])
  expect(told).toEqual(['live flow 99000'])
})

it('knows from before a restart what is durable, and of an impossible instant nothing', async () => {
  const lastSeen = (nodeId: string) => (nodeId === 'flow' ? 2_000 : NOW + 3_600_000)
  const items = [node('flow'), node('ahead')]
  const past = { flow: [1_000, 2_000, 7_000], ahead: [99_000, 99_500] }
  const { source, told, asked, read } = plant(past, { items, lastSeen })
  source.begin(undefined)
  await source.run(read)
  expect(asked[0]).toBe('flow from 2000')
  expect(told).toEqual(['history flow 7000'])
  source.live(change('ahead', NOW + 3_600_000))
  source.live(change('ahead', 99_000))
  source.interrupt()
  source.begin(99_000)
  await source.run(read)
  expect(told.at(-1)).toBe('history ahead 99500') // an impossible instant hides no loss
})

it('writes the gap of a server whose history begins later, before it brings what there is', async () => {
  const { source, told, read } = plant({ flow: [41_000, 42_000] })
  const partly: ReadHistory = async (...question) => {
    const pages = await read(...question)
    const [, from] = question
    return pages.map((page) => (from < 40_000 ? { ...page, lacking: 'BadDataUnavailable' } : page))
  }
  source.begin(1_000)
  source.live(change('flow', 99_000))
  await source.run(partly)
  // empty slices are twice as long each: 1 s to 5.98, 15.94, 35.86 and 75.7 s
  const gap = 'gap 1000 to 75700: It could not be heard, and its history is not whole: BadDataUnavailable'
  expect(told).toEqual([gap, 'history flow 41000', 'history flow 42000', 'live flow 99000'])
})

it('needs no history of the time in which it was heard, and of a node that was at rest', async () => {
  const { source, told, read } = plant({ flow: [] })
  const lacking: ReadHistory = async (...question) => {
    const pages = await read(...question)
    return pages.map((page) => (question[1] < 50_000 ? { ...page, lacking: 'BadDataLost' } : page))
  }
  source.begin(undefined)
  await source.run(lacking)
  source.live(change('flow', 1_000)) // and it stays so
  source.interrupt()
  source.begin(90_000)
  await source.run(lacking)
  expect(told).toEqual(['live flow 1000'])
})

it('writes a gap of what is longer ago than it may ask for', async () => {
  const { source, told, asked, read } = plant({ flow: [1_000, 60_000] }, { historyBackMs: 50_000 })
  source.begin(1_000)
  await source.run(read)
  const reason = 'It could not be heard, and its history is not whole: it is longer ago than historyBackMs'
  expect(told).toEqual([`gap 1000 to 50000: ${reason}`, 'history flow 60000'])
  expect(asked[0]).toBe('flow from 50000')
})

it('writes the gap at once where history is not to be asked for', async () => {
  const { source, told, asked, read } = plant({ flow: [1_000, 2_000] }, { historyBackMs: 0 })
  source.begin(1_000)
  source.live(change('flow', 99_000))
  await source.run(read)
  expect(asked).toEqual([])
  expect(told).toEqual([
    'gap 1000 to 100000: It could not be heard, and has no history: not asked for',
    'live flow 99000',
  ])
})

it('tells the loss of as many nodes as a server may have', async () => {
  const items = Array.from({ length: 150_000 }, (_, n) => node(`n${n}`))
  const lastSeen = () => 1_000
  const { source, told, read } = plant({}, { items, lastSeen, historyBackMs: 0 })
  source.begin(undefined)
  await source.run(read)
  expect(told).toEqual(['gap 1000 to 100000: It could not be heard, and has no history: not asked for'])
})

it('blames the device alone whose history the server refuses', async () => {
  const items = [node('flow'), node('valve')]
  const { source, told, read } = plant({ flow: [1_000, 2_000] }, { items })
  source.begin(1_000)
  await source.run(read)
  const reason = 'It could not be heard, and has no history: BadHistoryOperationUnsupported'
  expect(told).toEqual(['history flow 2000', `gap meter of valve 1000 to 100000: ${reason}`])
})

it('fetches in a moment what a connection that goes on has lost, and lets live values pass meanwhile', async () => {
  const { source, clock, told, asked, read } = plant({ flow: [99_000, 99_500, 99_900] })
  source.begin(undefined)
  await source.run(read)
  source.live(change('flow', 99_000))
  source.suspect(['flow'], read)
  source.suspect(['flow'], read) // as often as it likes
  source.live(change('flow', 99_900))
  clock.pass(4_999)
  expect(asked).toEqual([])
  clock.pass(1)
  while (source.counts.fromHistory === 0) await turn()
  expect(told).toEqual(['live flow 99000', 'live flow 99900', 'history flow 99500', 'history flow 99900'])
})

it('leaves a loss to the next connection where this one ends first', async () => {
  const { source, clock, told, asked, read } = plant({ flow: [99_000, 99_500, 99_900] })
  source.begin(undefined)
  await source.run(read)
  source.live(change('flow', 99_000))
  source.suspect(['flow'], read)
  source.suspect(['flow'], read)
  source.live(change('flow', 99_900))
  source.interrupt()
  clock.pass(10_000)
  expect(asked).toEqual([])
  source.begin(99_900)
  await source.run(read)
  expect(told.slice(2)).toEqual(['history flow 99500', 'history flow 99900'])
})
