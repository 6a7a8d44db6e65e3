import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DataChange } from './connector.ts'
import { fillFromHistory, type HistoryPage, type ReadHistory } from './opcua-history.ts'

const change = (nodeId: string, at: number): DataChange => ({
  is: 'data-change',
  source: 'plant',
  nodeId,
  value: at,
  statusCode: 0,
  sourceTimestamp: at,
})

type Past = Readonly<Record<string, readonly number[]>>

/**
 * A server that remembers `past`, pages by the values asked for, and refuses the nodes it does not historize.
 * By the specification the end of a stretch does not belong to it (Part 11 §3.1.9); there are servers to
 * which it does. `places` are the pages that it can go on from at a time; more are refused, or push out the
 * oldest (Part 4 §7.9).
 */
function historian(
  past: Past,
  { withEnd = false, places = 50, letsGo = false } = {},
): ReadHistory & { calls: number } {
  const goingOn = new Set<string>()
  const read = async (...[asked, from, to, valuesPerNode]: Parameters<ReadHistory>) => {
    server.calls++
    return asked.map(({ nodeId, more }): HistoryPage => {
      if (more && letsGo && !goingOn.has(nodeId)) return { again: 'BadContinuationPointInvalid' }
      goingOn.delete(nodeId)
      const all = past[nodeId]?.filter((at) => at >= from && (at < to || (withEnd && at === to)))
      if (!all) return { refusal: 'BadHistoryOperationUnsupported' }
      const begin = more ? Number(Buffer.from(more).toString()) : 0
      const values = all.slice(begin, begin + valuesPerNode).map((at) => change(nodeId, at))
      const end = begin + values.length
      if (end === all.length) return { values }
      if (goingOn.size >= places && !letsGo) return { later: 'BadNoContinuationPoints' }
      for (const other of goingOn) if (goingOn.size >= places) goingOn.delete(other)
      goingOn.add(nodeId)
      return { values, more: Buffer.from(String(end)) }
    })
  }
  const server = Object.assign(read, { calls: 0 })
  return server
}

async function filled(
  past: Past,
  after: Readonly<Record<string, number>>,
  limits?: Parameters<typeof fillFromHistory>[3],
  server?: Parameters<typeof historian>[1],
) {
  const heard: DataChange[] = []
  const read = historian(past, server)
  const missed = Object.entries(after).map(([nodeId, at]) => ({ nodeId, samplingMs: 10, after: at }))
  const unfilled = await fillFromHistory(
    missed,
    10_000,
    {
      read,
      async deliver(changes) {
        heard.push(...changes)
      },
      lacking() {},
    },
    limits,
  )
  const atOf = (nodeId: string) => heard.filter((one) => one.nodeId === nodeId).map(({ value }) => value)
  return { heard, atOf, unfilled, calls: read.calls }
}

const instants = fc.uniqueArray(fc.integer({ min: 0, max: 9_999 }), { maxLength: 60 })

it('brings each value measured since once and in order, whatever the pages and however long ago each node was heard', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ past: instants, after: fc.integer({ min: 0, max: 9_999 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.record({
        nodesPerCall: fc.integer({ min: 1, max: 4 }),
        valuesPerNode: fc.integer({ min: 1, max: 70 }),
      }),
      fc.record({ withEnd: fc.boolean(), places: fc.integer({ min: 1, max: 3 }) }),
      async (nodes, limits, server) => {
        const sorted = nodes.map(({ past }) => past.toSorted((one, other) => one - other))
        const past = Object.fromEntries(sorted.map((instants, index) => [`n${index}`, instants]))
        const after = Object.fromEntries(nodes.map((node, index) => [`n${index}`, node.after]))
        const { atOf, unfilled } = await filled(past, after, limits, server)
        for (const [index, node] of nodes.entries()) {
          expect(atOf(`n${index}`)).toEqual(sorted[index]?.filter((at) => at > node.after))
        }
        expect(unfilled).toEqual([])
      },
    ),
    { numRuns: 60 },
  )
})

it('brings together what several nodes measured at one instant', async () => {
  const { heard } = await filled({ flow: [100, 200], volume: [100, 200] }, { flow: 50, volume: 50 })
  expect(heard.map(({ nodeId, value }) => `${nodeId} ${value}`)).toEqual([
    'flow 100',
    'volume 100',
    'flow 200',
    'volume 200',
  ])
})

it('names the nodes that the server keeps no history of, and fills the others', async () => {
  const { atOf, unfilled } = await filled({ flow: [100] }, { flow: 50, valve: 50 })
  expect(atOf('flow')).toEqual([100])
  expect(unfilled).toEqual([{ nodeId: 'valve', reason: 'BadHistoryOperationUnsupported' }])
})

it('asks in ever longer slices where nothing was measured', async () => {
  const { calls } = await filled({ valve: [9_999] }, { valve: 0 }, { nodesPerCall: 1, valuesPerNode: 1 })
  expect(calls).toBeLessThan(20) // 1,000 slices of 10 ms
})

it.each([
  ['with', true],
  ['without', false],
])(
  'brings a meter that measures at a beat, one page a slice, from a server that answers %s the end of what it is asked for',
  async (_end, withEnd) => {
    const past = Array.from({ length: 999 }, (_, n) => 10 * (n + 1))
    const limits = { nodesPerCall: 1, valuesPerNode: 100 }
    const { atOf, calls } = await filled({ flow: past }, { flow: 0 }, limits, { withEnd })
    expect(atOf('flow')).toEqual(past)
    expect(calls).toBeLessThan(12)
  },
)

it('fills node after node where the server can go on with few of them at a time', async () => {
  const past = Array.from({ length: 50 }, (_, n) => n + 1)
  const nodes = ['a', 'b', 'c', 'd', 'e']
  const { atOf, unfilled } = await filled(
    Object.fromEntries(nodes.map((node) => [node, past])),
    Object.fromEntries(nodes.map((node) => [node, 0])),
    { nodesPerCall: 5, valuesPerNode: 7 },
    { places: 1 },
  )
  expect(nodes.map(atOf)).toEqual(nodes.map(() => past))
  expect(unfilled).toEqual([])
})

it('begins a slice once more where the server lets go of what it was to go on from', async () => {
  const past = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((id, n) => [id, Array.from({ length: 100 }, (_, i) => 5 * i + n)]),
  )
  const after = Object.fromEntries(Object.keys(past).map((id) => [id, 0]))
  for (const places of [1, 2, 4]) {
    const { heard, unfilled } = await filled(
      past,
      after,
      { nodesPerCall: 5, valuesPerNode: 10 },
      { places, letsGo: true },
    )
    expect(unfilled).toEqual([])
    for (const [id, ats] of Object.entries(past))
      expect(heard.filter(({ nodeId }) => nodeId === id).map(({ value }) => value)).toEqual(
        ats.filter((at) => at > 0),
      )
  }
})

it('gives up a server that keeps no promise to go on', async () => {
  const read: ReadHistory = async (asked) =>
    asked.map(({ nodeId, more }) =>
      more
        ? { again: 'BadContinuationPointInvalid' }
        : { values: [change(nodeId, 5)], more: Buffer.from('5') },
    )
  const heard: DataChange[] = []
  const parts = {
    read,
    deliver: async (changes: readonly DataChange[]) => void heard.push(...changes),
    lacking() {},
  }
  const missed = ['a', 'b', 'c'].map((nodeId) => ({ nodeId, samplingMs: 10, after: 0 }))
  const unfilled = await fillFromHistory(missed, 10, parts)
  expect(unfilled.map(({ reason }) => reason)).toEqual(Array(3).fill('BadContinuationPointInvalid'))
  expect(heard).toHaveLength(3)
})

it('takes a value that only the server has dated', async () => {
  const heard: DataChange[] = []
  const { sourceTimestamp: at, ...undated } = change('a', 5)
  await fillFromHistory([{ nodeId: 'a', samplingMs: 10, after: 1 }], 10, {
    read: async () => [{ values: [{ ...undated, serverTimestamp: 5 }] }],
    async deliver(changes) {
      heard.push(...changes)
    },
    lacking() {},
  })
  expect(heard).toMatchObject([{ serverTimestamp: at }])
})

it('names the nodes that a server never has a place for', async () => {
  const past = { flow: [1, 2, 3], volume: [4] }
  const limits = { nodesPerCall: 2, valuesPerNode: 1 }
  const { atOf, unfilled } = await filled(past, { flow: 0, volume: 0 }, limits, { places: 0 })
  expect(atOf('volume')).toEqual([4])
  expect(unfilled).toEqual([{ nodeId: 'flow', reason: 'BadNoContinuationPoints' }])
})

it('asks for the next slice only once the last is durable', async () => {
  const read = historian({ flow: [5, 15, 25] })
  const parts = {
    read,
    async deliver(changes: readonly DataChange[]) {
      if (changes.some(({ value }) => value === 15)) throw new Error('stopped')
    },
    lacking() {},
  }
  const missed = [{ nodeId: 'flow', samplingMs: 10, after: 0 }]
  const limits = { nodesPerCall: 1, valuesPerNode: 1 }
  await expect(fillFromHistory(missed, 10_000, parts, limits)).rejects.toThrow('stopped')
  expect(read.calls).toBe(2)
})

it('gives up a server that promises more for ever', async () => {
  const parts = {
    read: async () => [{ values: [], more: new Uint8Array([1]) }],
    async deliver() {},
    lacking() {},
  }
  const unfilled = await fillFromHistory([{ nodeId: 'flow', samplingMs: 10, after: 0 }], 10_000, parts)
  expect(unfilled).toMatchObject([{ nodeId: 'flow' }])
})

it('tells that the history of a node begins later, before it brings what the history has', async () => {
  const told: string[] = []
  const read: ReadHistory = async (asked, from, to) => {
    const values = [400, 500].filter((at) => at >= from && at <= to)
    return asked.map(({ nodeId }) => ({
      values: values.map((at) => change(nodeId, at)),
      ...(from < 300 && { lacking: 'BadDataUnavailable' }),
    }))
  }
  const unfilled = await fillFromHistory(
    [{ nodeId: 'flow', samplingMs: 10, after: 50 }],
    1_000,
    {
      read,
      async deliver(changes) {
        told.push(`heard ${changes.map(({ value }) => value).join()}`)
      },
      lacking(stretches) {
        told.push(
          ...stretches.map(({ nodeId, stretch }) => `${nodeId} lacks ${stretch.from} to ${stretch.to}`),
        )
      },
    },
    { nodesPerCall: 1, valuesPerNode: 7 },
  )
  // slices of 50 ms, twice as long while they are empty: 50, 100, 200
  expect(told).toEqual(['flow lacks 50 to 400', 'heard 400', 'heard 500'])
  expect(unfilled).toEqual([])
})
