import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { drainerTo, type Reply, scripted } from '../../tests/support/scripted-influx.ts'
import { setApart } from './influx-set-apart.ts'

it.each([
  ['m,device=a volume=1,received.at=2 3', 'm,device=a volume,received.at'],
  ['m,device=a note.text="a b=c, d \\" e",volume=1 3', 'm,device=a note.text,volume'],
  ['m,device=a note.text="",door.switch=T -3', 'm,device=a note.text,door.switch'],
  ['m,device=a note.text="one\ntwo 1" 3', 'm,device=a note.text'],
])('is the same for all values and instants: %s', (line, kind) => {
  const kinds = setApart(handClock(0))
  kinds.became([line], [])
  const others = [`${kind.replace(/,received.*/, '')}_other=1 4`, 'm,device=b volume=1 3']
  const again = line.replace('3', '77')
  expect(kinds.apart([...others, again])).toEqual({ refused: [again], others })
})

it('what a server has taken again, or has not been asked for an hour, is sent with all others', () => {
  const clock = handClock(0)
  const kinds = setApart(clock)
  const [a, b] = ['m,device=a x=1 1', 'm,device=b x=1 1']
  kinds.became([a, b], [])
  kinds.became([], [a])
  expect(kinds.apart([a, b])).toEqual({ refused: [b], others: [a] })
  clock.pass(3_600_000)
  expect(kinds.apart([a, b])).toEqual({ refused: [], others: [a, b] })
})

it('what was refused and taken at once is still looked at by itself', () => {
  const kinds = setApart(handClock(0))
  kinds.became(['m,device=a x=9 1'], ['m,device=a x=1 2'])
  expect(kinds.apart(['m,device=a x=2 3']).refused).toHaveLength(1)
})

it('a plant that is refused altogether does not fill the memory', () => {
  const kinds = setApart(handClock(0))
  const lines = Array.from({ length: 10_001 }, (_, n) => `m,device=${n} x=1 1`)
  kinds.became(lines, [])
  expect(kinds.apart(lines).others).toEqual(['m,device=0 x=1 1'])
})

/**
 * Refuses lines of these devices while `isStrict`, and takes the others beside them, as InfluxDB does; it
 * says how many it dropped, or not.
 */
function typed(devices: readonly string[], tells: boolean) {
  const server = { isStrict: true }
  const reply: Reply = (response, lines) => {
    const dropped = lines.filter((line) => devices.some((device) => line.includes(`device=${device} `)))
    if (!server.isStrict || dropped.length === 0) return response.writeHead(204).end()
    const error = tells
      ? `partial write: field type conflict: x dropped=${dropped.length}`
      : 'field type conflict'
    return response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  }
  return { server, reply }
}

/** So many readings of each device, as one commit. */
const said = (offset: number, devices: readonly string[], each: number) => ({
  offset,
  receivedAt: offset,
  records: Array.from({ length: each }, (_, n) =>
    devices.map((device) => ({ is: 'reading' as const, device, at: offset * 1_000 + n, values: { x: n } })),
  ).flat(),
})

const PLANT = Array.from({ length: 100 }, (_, n) => `meter-${n}`)

it.each([
  ['says how many it dropped', true, 2],
  ['does not say how many', false, 1 + (2 * 10 - 1)],
])(
  'a server that refuses one device again and again and %s is not searched again',
  async (_what, tells, requests) => {
    const { server, reply } = typed(['meter-7'], tells)
    await using influx = await scripted(reply)
    const { historian } = drainerTo(influx.url)
    await using _closed = historian
    await historian.write([said(1, PLANT, 10)])
    expect(historian.counts).toMatchObject({ stored: 990, rejected: 10 })
    for (const offset of [2, 3]) {
      const before = historian.counts.requests
      await historian.write([said(offset, PLANT, 10)])
      expect(historian.counts.requests - before).toBe(requests)
    }
    expect(historian.counts).toMatchObject({ stored: 3 * 990, rejected: 30 })
    server.isStrict = false
    await historian.write([said(4, PLANT, 10)])
    const before = historian.counts.requests
    await historian.write([said(5, PLANT, 10)])
    expect(historian.counts.requests - before, 'taken again').toBe(1)
    expect(historian.counts).toMatchObject({ stored: 3 * 990 + 2_000, rejected: 30 })
    const written = influx.stored.map((line) => `${line.split(' ')[0]} ${line.split(' ').at(-1)}`)
    expect(new Set(written).size).toBe(written.length)
    expect(written.length).toBe(historian.counts.stored)
  },
)
