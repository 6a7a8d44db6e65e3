/** A sender over a real outbox, with a clock moved by hand: what leaves, under which key, when. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { breach, clear, plant, T0 } from '../../tests/support/found-faults.ts'
import { WHOLE_SITE } from '../alarms/seat.ts'
import { SILENT_LOG } from '../model/log.ts'
import { addresseesIn } from './addressees.ts'
import type { Channel, Outcome } from './channel.ts'
import { NotifyOptions } from './options.ts'
import { startSender } from './sender.ts'

const MINUTE = 60_000

const OPTIONS = NotifyOptions.parse({
  channels: [
    { kind: 'dingtalk', name: 'duty', url: 'http://127.0.0.1:1', limits: [{ count: 8, perMs: MINUTE }] },
  ],
  routes: [{ channel: 'duty', events: ['alarm.raised', 'alarm.cleared', 'flood.began', 'flood.ended'] }],
})

type Sent = { readonly key: string; readonly ids: readonly number[]; readonly kinds: readonly string[] }

async function channelOver(
  outcomes: (n: number, ids: readonly number[]) => Outcome = () => ({ is: 'delivered' }),
) {
  const [options = expect.unreachable()] = OPTIONS.channels
  const it = await plant({
    watched: { seats: WHOLE_SITE, escalations: [], factsOf: () => undefined },
    addresseesOf: addresseesIn(OPTIONS, () => undefined),
  })
  const sent: Sent[] = []
  const channel: Channel = {
    async send({ key, notifications }) {
      const ids = notifications.map(({ event }) => event.id)
      sent.push({ key, ids, kinds: notifications.map(({ event }) => event.kind) })
      return outcomes(sent.length - 1, ids)
    },
    close() {},
  }
  const start = () => {
    const { outbox, clock, events } = it
    const sender = startSender({
      options,
      channel,
      outbox,
      clock,
      log: SILENT_LOG,
      random: () => 1,
      waitingMost: 100,
      triesWhenShut: 3,
    })
    events.onEvent(() => sender.wake())
    return sender
  }
  /** Whatever can be done now is done. */
  const quiet = async () => {
    for (let turns = 0; turns < 60; turns++) await turnOfTheLoop()
  }
  return { ...it, sent, start, quiet }
}

const one = (i: number, ms: number) => breach(ms, { subject: `meter-${i}`, order: 'none' })

describe('a channel', () => {
  it('tells each alarm once, under a key of its own', async () => {
    await using it = await channelOver()
    await using _ = it.start()
    await it.commit(0, [one(1, 0), one(2, 0)])
    await it.quiet()
    await it.commit(10, [{ ...clear(10), subject: 'meter-1' }])
    await it.quiet()
    expect(it.sent.map(({ kinds }) => kinds)).toEqual([['alarm.raised'], ['alarm.raised'], ['alarm.cleared']])
    expect(new Set(it.sent.map(({ key }) => key)).size).toBe(3)
    const { items } = await it.outbox.list({ limit: 10 })
    expect(items.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  it('that is away is tried ever more slowly, each message under its own key, until it is back', async () => {
    await using it = await channelOver((n) =>
      n < 12 ? { is: 'later', because: '503' } : { is: 'delivered' },
    )
    await using sender = it.start()
    await it.commit(0, [one(1, 0), one(2, 0)])
    await it.quiet()
    const waits: number[] = []
    let before = it.sent.length
    for (let seconds = 0; it.sent.length < 14 && seconds < 4_000; seconds++) {
      it.clock.pass(1_000)
      await it.quiet()
      if (it.sent.length > before) waits.push(seconds)
      before = it.sent.length
    }
    // In order for a minute, then each in its turn: perhaps it is not the channel.
    expect(it.sent.map(({ ids }) => ids)).toEqual(
      [...Array(6).fill(1), ...Array(6).fill(2), 1, 2].map((id) => [id]),
    )
    expect(new Set(it.sent.map(({ key }) => key)).size).toBe(2)
    const gaps = waits.slice(0, 12).map((at, i) => at - (waits[i - 1] ?? -1))
    expect(gaps.slice(0, 4)).toEqual([1, 2, 4, 8])
    expect(Math.max(...gaps)).toBeLessThanOrEqual(300)
    expect(sender.counts).toMatchObject({ delivered: 2, failedTries: 12, dead: 0 })
    expect(sender.status.state).toBe('idle')
  })

  it('gives up what is refused, keeps it to be seen, and goes on with the next', async () => {
    await using it = await channelOver((n) =>
      n === 0 ? { is: 'refused', because: '400 no' } : { is: 'delivered' },
    )
    await using sender = it.start()
    await it.commit(0, [one(1, 0), one(2, 0)])
    await it.quiet()
    expect(sender.counts).toMatchObject({ delivered: 1, dead: 1 })
    const { items } = await it.outbox.list({ limit: 10, state: 'dead' })
    expect(items).toMatchObject([{ because: '400 no', tries: 1 }])
    const [{ id } = expect.unreachable()] = items
    expect(await it.outbox.again(id, 'li')).toMatchObject({ state: 'waiting', tries: 0 })
    sender.wake()
    await it.quiet()
    expect(it.sent.at(-1)?.key).toBe(it.sent[0]?.key)
    expect((await it.outbox.list({ limit: 10, state: 'dead' })).items).toEqual([])
  })

  it('tries all again that were refused, and says of one alarm what became of its notification', async () => {
    let isMended = false
    await using it = await channelOver(() =>
      isMended ? { is: 'delivered' } : { is: 'refused', because: '400 no' },
    )
    await using sender = it.start()
    await it.commit(0, [one(1, 0), one(2, 0)])
    await it.quiet()
    isMended = true
    expect(await it.outbox.againAll('nobody', 'li')).toBe(0)
    expect(await it.outbox.againAll(undefined, 'li')).toBe(2)
    sender.wake()
    await it.quiet()
    const { items } = await it.outbox.list({ limit: 10 })
    expect(items.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    const about = items[0]?.noun
    expect((await it.outbox.list({ limit: 10, about })).items).toEqual([items[0]])
  })

  it('whose other side fails at one message goes on with the others, and gives that one up once they got through', async () => {
    await using it = await channelOver((_, ids) =>
      ids.includes(1) ? { is: 'later', because: '500 null' } : { is: 'delivered' },
    )
    await using sender = it.start()
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        it.clock.pass(1_000)
        await it.quiet()
      }
    }
    await it.commit(0, [one(1, 0), one(2, 0)])
    await it.quiet()
    expect(sender.counts.delivered, 'for a while it may be the channel').toBe(0)
    await pass(70)
    expect(it.sent.at(-1)?.ids ?? []).toEqual([1])
    expect(sender.counts.delivered).toBe(1)
    // What comes later does not wait for it either, and nothing about the same alarm overtakes it.
    await it.commit(80_000, [{ ...clear(80_000), subject: 'meter-1' }, one(3, 80_000)])
    await it.quiet()
    expect(it.sent.some(({ ids }) => ids.includes(4))).toBe(true)
    expect(it.sent.flatMap(({ ids }) => ids)).not.toContain(3)
    for (let i = 4; i < 10; i++) {
      await it.commit(80_000 * i, [one(i, 80_000 * i)])
      it.clock.pass(310_000)
      await it.quiet()
    }
    const dead = (await it.outbox.list({ limit: 10, state: 'dead' })).items
    expect(dead).toMatchObject([{ event: { id: 1 }, because: '500 null' }])
    expect(sender.counts).toMatchObject({ dead: 1, waiting: 0 })
    expect(it.sent.filter(({ ids }) => ids.includes(1)).length, 'not with whatever comes').toBe(12)
    expect(
      it.sent.flatMap(({ ids }) => ids),
      'the end of its alarm is told',
    ).toContain(3)
    expect(sender.status.state).toBe('idle')
  })

  it('that is shut gives up one notification after three tries and says so', async () => {
    await using it = await channelOver(() => ({ is: 'shut', because: '401' }))
    await using sender = it.start()
    await it.commit(0, [one(1, 0)])
    for (let i = 0; i < 20; i++) {
      it.clock.pass(1_000)
      await it.quiet()
    }
    expect(it.sent).toHaveLength(3)
    expect(sender.status).toMatchObject({ state: 'refused', because: '401', since: T0 + 1_000 })
    expect(sender.counts.dead).toBe(1)
  })

  it('whose messages are refused one after the other says so, also after a restart, until one is delivered', async () => {
    let isMended = false
    await using it = await channelOver(() =>
      isMended ? { is: 'delivered' } : { is: 'refused', because: '400 no such template' },
    )
    const before = it.start()
    await it.commit(0, [one(1, 0), one(2, 0)])
    await it.quiet()
    expect(before.status.state).toBe('idle') // two messages may be at fault themselves
    await it.commit(1_000, [one(3, 1_000)])
    await it.quiet()
    const refused = { state: 'refused', because: '400 no such template', since: T0 + 1_000 }
    expect(before.status).toMatchObject(refused)
    await it.commit(2_000, [one(4, 2_000)])
    await it.quiet()
    expect(before.status).toMatchObject(refused)
    expect(before.counts.dead).toBe(4)
    await before[Symbol.asyncDispose]()

    await using after = it.start()
    await it.quiet()
    expect(after.status).toMatchObject({ ...refused, since: T0 + 2_000 })
    isMended = true
    expect(await it.outbox.againAll('duty', 'li')).toBe(4)
    after.wake()
    await it.quiet()
    expect(after.status.state).toBe('idle')
    expect(after.status.because).toBeUndefined()
  })

  it('in a flood sends a digest a minute instead of each alarm, and says when it is over', async () => {
    await using it = await channelOver()
    await using _ = it.start()
    for (let second = 0; second < 300; second++) {
      await it.commit(second * 1_000, second % 5 === 0 ? [one(second, second * 1_000)] : [])
      await it.quiet()
    }
    expect(it.sent.length).toBeLessThan(20)
    const flood = it.sent.findIndex(({ kinds }) => kinds.includes('flood.began'))
    expect(flood).toBeGreaterThan(0)
    expect(it.sent.slice(flood + 2).every(({ ids }) => ids.length > 1)).toBe(true)
    await it.commit(20 * MINUTE, [])
    await it.quiet()
    const told = it.sent.flatMap(({ ids }) => ids)
    expect(told).toHaveLength(new Set(told).size)
    expect(told).toHaveLength(62) // 60 alarms, the beginning and the end
  })

  it('behind which too much waits drops the oldest, but nothing of the digest that it tried already', async () => {
    let isAway = true
    await using it = await channelOver(() =>
      isAway ? { is: 'later', because: 'away' } : { is: 'delivered' },
    )
    await using sender = it.start()
    const some = (from: number, to: number, at: number) =>
      Array.from({ length: to - from }, (_, i) => one(from + i, at))
    await it.commit(0, some(0, 90, 0))
    await it.quiet()
    const [tried] = it.sent
    expect(tried?.ids.length).toBeGreaterThan(80)
    await it.commit(500, some(90, 150, 500))
    isAway = false
    it.clock.pass(10_000)
    await it.quiet()
    expect(it.sent[1]).toEqual(tried)
    expect(sender.counts.dropped).toBe(51)
  })

  it('killed between sending and noting sends the very same digest again, and knows its limit after the restart', async () => {
    await using it = await channelOver()
    const first = it.start()
    await it.commit(
      0,
      Array.from({ length: 10 }, (_, i) => one(i, 0)),
    )
    await it.quiet()
    const before = [...it.sent]
    await first[Symbol.asyncDispose]()
    expect(before).toHaveLength(1)
    // As a crash leaves it: sealed, sent, not noted. More comes meanwhile.
    const { items } = await it.outbox.list({ limit: 100 })
    await it.outbox.dead({ ids: items.map(({ id }) => id), at: it.clock.now() })
    for (const { id } of items) await it.outbox.again(id, 'test')
    await it.outbox.seal(
      items.map(({ id }) => id),
      before[0]?.key ?? '',
    )
    await it.commit(1_000, [one(99, 1_000)])
    await using _ = it.start()
    await it.quiet()
    expect(it.sent[1]).toEqual(before[0])
    it.clock.pass(MINUTE)
    await it.quiet()
    expect(it.sent[2]?.ids).toHaveLength(2) // the next alarm, and the flood that it began
  })
})
