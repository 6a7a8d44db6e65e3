import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AT, anAlarm, anOrder, notification, raised } from '../../tests/support/notifications.ts'
import { type Circumstances, planNext } from './plan.ts'

const LIMITS = [{ count: 20, perMs: 60_000 }]

const at = (more: Partial<Circumstances> = {}): Circumstances => ({
  now: AT,
  limits: LIMITS,
  tries: [],
  digest: true,
  digestEveryMs: 60_000,
  lastDigestAt: undefined,
  ...more,
})

const tried = (count: number) => Array.from({ length: count }, (_, i) => AT - 1_000 + i)
const some = (count: number) => Array.from({ length: count }, (_, i) => raised(i + 1))
const ids = (plan: ReturnType<typeof planNext>) =>
  plan.is === 'send' ? plan.notifications.map(({ id }) => id) : plan

describe('a channel', () => {
  it('sends each alarm alone while its limit allows it', () => {
    expect(ids(planNext(some(3), at()))).toEqual([1])
  })

  it('sends all in one where the limit does not allow each its own', () => {
    expect(ids(planNext(some(16), at()))).toEqual(some(16).map(({ id }) => id))
    expect(ids(planNext(some(15), at()))).toEqual([1])
  })

  it('keeps a quarter of its limit for what is critical', () => {
    expect(planNext(some(1), at({ tries: tried(15) }))).toEqual({ is: 'wait', until: AT - 1_000 + 60_000 })
    expect(ids(planNext([...some(1), raised(2, 'critical')], at({ tries: tried(15) })))).toEqual([2])
  })

  it('waits once its limit is used up, whatever is critical', () => {
    expect(planNext([raised(1, 'critical')], at({ tries: tried(20) }))).toMatchObject({ is: 'wait' })
  })

  it('sends a digest a minute in a flood, and what is critical at once', () => {
    const flood = [raised(1, 'high', { inFlood: true }), raised(2, 'low', { inFlood: true })]
    expect(ids(planNext(flood, at()))).toEqual([1, 2])
    const lastDigestAt = AT - 10_000
    expect(planNext(flood, at({ lastDigestAt }))).toEqual({ is: 'wait', until: AT + 50_000 })
    expect(ids(planNext([...flood, raised(3, 'critical', { inFlood: true })], at({ lastDigestAt })))).toEqual(
      [3],
    )
    const over = notification(4, {
      kind: 'flood.ended',
      flood: { seat: 'a', since: AT - 60_000, until: AT, count: 30 },
    })
    expect(ids(planNext([...flood, over], at({ lastDigestAt })))).toEqual([1, 2, 4])
  })

  it('without digests sends each alone, flood or not', () => {
    const flood = Array.from({ length: 40 }, (_, i) => raised(i + 1, 'high', { inFlood: true }))
    expect(ids(planNext(flood, at({ digest: false })))).toEqual([1])
  })

  it('sends again what was sealed, as it was sealed', () => {
    const sealed = [
      raised(1, 'low', { parcel: 'p' }),
      raised(2, 'critical'),
      raised(3, 'low', { parcel: 'p' }),
    ]
    expect(planNext(sealed, at())).toMatchObject({
      is: 'send',
      parcel: 'p',
      notifications: [{ id: 1 }, { id: 3 }],
    })
  })

  it('lets what it has tried often wait behind the others, and for its time; what is about the same waits with it', () => {
    const stubborn = raised(1, 'high', { tries: 6 })
    const same = { ...raised(2), noun: stubborn.noun }
    expect(ids(planNext([stubborn, same, raised(3)], at()))).toEqual([3])
    expect(ids(planNext([stubborn, same], at()))).toEqual([1])
    expect(planNext([stubborn, same], at({ restUntil: AT + 9_000 }))).toEqual({
      is: 'wait',
      until: AT + 9_000,
    })
    const flood = [stubborn, raised(3, 'low', { inFlood: true })]
    const waits = at({ lastDigestAt: AT - 10_000, restUntil: AT + 9_000 })
    expect(planNext(flood, waits)).toEqual({ is: 'wait', until: AT + 9_000 })
    expect(planNext(flood, { ...waits, restUntil: AT + 90_000 })).toEqual({ is: 'wait', until: AT + 50_000 })
    expect(ids(planNext([raised(1, 'low', { tries: 9 }), raised(2, 'low', { tries: 7 })], at()))).toEqual([2])
  })

  it('sends alone again what it has tried alone, however much waits behind it', () => {
    expect(ids(planNext([raised(1, 'low', { tries: 3 }), ...some(30).slice(1)], at()))).toEqual([1])
  })

  it('lets nothing overtake about one order, though it has become critical', () => {
    const order = (id: number, severity: 'low' | 'critical') =>
      notification(id, { kind: 'order.moved', order: anOrder({ severity }) })
    expect(ids(planNext([raised(1), order(2, 'low'), order(3, 'critical')], at()))).toEqual([1])
  })
})

it('whatever waits: no limit is overrun, each leaves once, and nothing of one noun overtakes', () => {
  const one = fc.record({
    noun: fc.integer({ min: 1, max: 6 }),
    severity: fc.constantFrom('critical', 'high', 'low'),
    inFlood: fc.boolean(),
    gapMs: fc.integer({ min: 0, max: 9_000 }),
  })
  const limits = [{ count: 8, perMs: 10_000 }]
  fc.assert(
    fc.property(fc.array(one, { maxLength: 120 }), fc.boolean(), (coming, digest) => {
      let now = AT
      const arrivals = coming.map(({ noun, severity, inFlood, gapMs }, i) => {
        now += gapMs
        const alarm = anAlarm({ id: `noun-${noun}`, severity: noun % 2 ? severity : 'high' })
        return { at: now, notification: notification(i + 1, { kind: 'alarm.raised', alarm }, { inFlood }) }
      })
      const sent: number[] = []
      const tries: number[] = []
      const nouns = new Map<string, number>()
      let lastDigestAt: number | undefined
      now = AT
      for (let rounds = 0; sent.length < coming.length; rounds++) {
        expect(rounds).toBeLessThan(10 * coming.length + 10)
        const waiting = arrivals.filter((a) => a.at <= now && !sent.includes(a.notification.id))
        const next = arrivals.find((a) => a.at > now)?.at ?? Infinity
        const list = waiting.map((a) => a.notification)
        const plan = planNext(list, { now, limits, tries, digest, digestEveryMs: 5_000, lastDigestAt })
        if (plan.is === 'wait') {
          const until = Math.min(plan.until ?? Infinity, next)
          expect(until).toBeGreaterThan(now)
          expect(until).toBeLessThan(Infinity)
          now = until
          continue
        }
        tries.push(now)
        expect(tries.filter((t) => now - t < 10_000).length).toBeLessThanOrEqual(8)
        if (plan.notifications.length > 1) lastDigestAt = now
        for (const { id, noun } of plan.notifications) {
          expect(sent).not.toContain(id)
          expect(id).toBeGreaterThan(nouns.get(noun) ?? 0)
          nouns.set(noun, id)
          sent.push(id)
        }
      }
    }),
    { numRuns: 150 },
  )
})
