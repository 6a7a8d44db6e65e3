import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ORDER_STATES, type OrderState, VERIFICATION_STATES, type WorkOrder } from '../model/work-order.ts'
import { isEnded, next, nextStates, noted, OCCURRENCES_KEPT, report, withOccurrence } from './lifecycle.ts'
import { nextByReadings, type ReadingsSay, verificationAfterMove } from './verification.ts'

const NEW = report({
  id: 'o-1',
  number: 1,
  fault: 'burst-pipe',
  subject: 'meter-1',
  device: 'meter-1',
  severity: 'high',
  title: 'Burst pipe',
  occurrences: ['a-1'],
  at: 1_000,
  by: 'gateway',
})
const PROOF = { verifyMs: 100, points: [] }

/** Walks an order there by people's moves, each by the next of them. */
function walk(...path: OrderState[]): WorkOrder {
  return path.reduce((order, to, i) => {
    const moved = next(order, { to, at: 1_000 + i, by: `person-${i}`, assignee: 'Plumbers', note: 'parts' })
    if ('refused' in moved) throw new Error(`${order.state} → ${to}: ${moved.refused}`)
    return verificationAfterMove(moved.order, { proof: undefined, faultIsActive: false })
  }, NEW)
}

const AT: Readonly<Partial<Record<OrderState, WorkOrder>>> = {
  reported: NEW,
  dispatched: walk('dispatched'),
  accepted: walk('dispatched', 'accepted'),
  'on-hold': walk('dispatched', 'accepted', 'on-hold'),
  done: walk('dispatched', 'accepted', 'done'),
  verified: walk('dispatched', 'accepted', 'done', 'verified'),
  visited: walk('dispatched', 'accepted', 'done', 'verified', 'visited'),
  closed: walk('dispatched', 'accepted', 'done', 'verified', 'closed'),
  cancelled: walk('cancelled'),
}

// No rule watches these orders, so `done` waits for a person's word.
const MOVES: Readonly<Partial<Record<OrderState, readonly OrderState[]>>> = {
  reported: ['dispatched', 'cancelled'],
  dispatched: ['dispatched', 'accepted', 'reported', 'cancelled'],
  accepted: ['done', 'on-hold', 'dispatched', 'reported', 'cancelled'],
  'on-hold': ['accepted', 'dispatched', 'reported', 'cancelled'],
  done: ['verified', 'accepted'],
  verified: ['visited', 'closed', 'accepted'],
  visited: ['closed', 'accepted'],
  closed: [],
  cancelled: [],
}

describe('a repair', () => {
  const pairs = Object.keys(AT).flatMap((from) => ORDER_STATES.map((to) => [from as OrderState, to] as const))

  it.each(pairs)('%s → %s', (from, to) => {
    const order = AT[from] as WorkOrder
    const moved = next(order, { to, at: 5_000, by: 'li', assignee: 'Plumbers', note: 'no key' })
    if (MOVES[from]?.includes(to)) {
      expect(moved).toMatchObject({ order: { state: to, version: order.version + 1 } })
    } else {
      expect(moved).toEqual({ refused: 'order-state' })
    }
  })

  it('that was accepted, also one that the readings sent back, may be given to somebody else with all that is known of it', () => {
    const sentBack = walk('dispatched', 'accepted', 'done', 'accepted')
    const moved = next(sentBack, { to: 'dispatched', at: 5_000, by: 'li', assignee: 'Other plumbers' })
    expect(moved).toMatchObject({
      order: { id: 'o-1', state: 'dispatched', assignee: 'Other plumbers', occurrences: ['a-1'] },
    })
    if (!('order' in moved)) return expect.unreachable()
    expect(next(moved.order, { to: 'done', at: 6_000, by: 'li' })).toEqual({ refused: 'order-state' })
  })

  it('goes to somebody, and is given back with a reason; then it is nobody’s', () => {
    const by = { at: 5_000, by: 'li' }
    expect(next(NEW, { to: 'dispatched', ...by })).toEqual({ refused: 'invalid-input', lacks: 'assignee' })
    const dispatched = AT.dispatched as WorkOrder
    expect(next(dispatched, { to: 'reported', ...by })).toEqual({ refused: 'invalid-input', lacks: 'note' })
    const back = next(dispatched, { to: 'reported', ...by, note: 'not our pipe', assignee: 'Somebody' })
    if (!('order' in back)) return expect.unreachable()
    expect(back.order.assignee).toBeUndefined()
    expect(back.order.history.at(-1)).toEqual({
      at: 5_000,
      by: 'li',
      from: 'dispatched',
      to: 'reported',
      note: 'not our pipe',
      assignee: 'Plumbers',
    })
  })

  it('is not verified by a person while the readings are still being watched', () => {
    const watched: WorkOrder = {
      ...walk('dispatched', 'accepted', 'done'),
      verification: { state: 'waiting' },
    }
    expect(nextStates(watched)).toEqual(['accepted'])
    expect(next(watched, { to: 'verified', at: 5_000, by: 'wang' })).toEqual({
      refused: 'order-state',
    })
  })

  it('is not verified by the one who called it done', () => {
    const done = AT.done as WorkOrder
    expect(next(done, { to: 'verified', at: 5_000, by: 'person-2' })).toMatchObject({
      refused: 'same-person',
    })
    expect(next(done, { to: 'verified', at: 5_000, by: 'person-1' })).toMatchObject({
      order: { state: 'verified' },
    })
  })

  it('is not visited by the one who called it done', () => {
    const verified = AT.verified as WorkOrder
    expect(next(verified, { to: 'visited', at: 5_000, by: 'person-2' })).toEqual({ refused: 'same-person' })
    expect(next(verified, { to: 'visited', at: 5_000, by: 'person-3' })).toMatchObject({
      order: { state: 'visited' },
    })
  })

  it.each(['verified', 'visited'] as const)(
    'that is %s goes back to work when the fault comes again, and by what a person sees there',
    (state) => {
      const order = AT[state] as WorkOrder
      const because = { code: 'above-for', figures: {} }
      expect(nextByReadings(order, { is: 'breach', at: 9_000, because }, PROOF)).toMatchObject({
        state: 'accepted',
        verification: { state: 'failed', because },
      })
      const seen = next(order, { to: 'accepted', at: 9_000, by: 'wang', note: 'it drips again' })
      if ('refused' in seen) throw new Error(seen.refused)
      const back = verificationAfterMove(seen.order, { proof: PROOF, faultIsActive: false })
      expect(back).toMatchObject({ state: 'accepted', verification: { state: 'none' } })
    },
  )

  it('that was visited keeps how it was verified', () => {
    const passed = { ...(AT.verified as WorkOrder), verification: { state: 'passed' } as const }
    const moved = next(passed, { to: 'visited', at: 5_000, by: 'wang' })
    if ('refused' in moved) throw new Error(moved.refused)
    const judged = verificationAfterMove(moved.order, { proof: PROOF, faultIsActive: false })
    expect(judged.verification).toEqual({ state: 'passed' })
  })

  it('is not called done once more by who only says something on it', () => {
    const done = noted(AT.done as WorkOrder, { at: 4_000, by: 'wang', note: 'looks dry' })
    expect(done).toMatchObject({ state: 'done', version: (AT.done as WorkOrder).version + 1 })
    expect(next(done, { to: 'verified', at: 5_000, by: 'person-2' })).toMatchObject({
      refused: 'same-person',
    })
    expect(next(done, { to: 'verified', at: 5_000, by: 'wang' })).toHaveProperty('order')
    const judged = verificationAfterMove(done, { proof: PROOF, faultIsActive: false })
    expect(judged.verification.since).toBe(1_002)
  })

  it('moves on no other version than the one that was looked at', () => {
    const to = { to: 'dispatched', at: 5_000, by: 'li', assignee: 'Plumbers' } as const
    expect(next(NEW, { ...to, version: 7 })).toEqual({ refused: 'order-version' })
    expect(next(NEW, { ...to, version: 1 })).toHaveProperty('order')
  })

  it('says who, when and why at each step, and to whom it was given', () => {
    const moved = next(NEW, { to: 'dispatched', at: 5_000, by: 'li', assignee: 'Dongfang', note: 'tonight' })
    expect(moved).toMatchObject({
      order: {
        assignee: 'Dongfang',
        history: [
          { at: 1_000, by: 'gateway', to: 'reported' },
          { at: 5_000, by: 'li', from: 'reported', to: 'dispatched', note: 'tonight' },
        ],
      },
    })
  })

  it('keeps its history in order where a clock was set back', () => {
    expect(next(NEW, { to: 'dispatched', at: 10, by: 'li', assignee: 'Plumbers' })).toMatchObject({
      order: { history: [{ at: 1_000 }, { at: 1_000 }] },
    })
  })
})

describe('further alarms of its fault', () => {
  it('join it, each once, and the worse severity counts', () => {
    const joined = withOccurrence(NEW, { id: 'a-2', severity: 'critical' })
    expect(joined).toMatchObject({ occurrences: ['a-1', 'a-2'], severity: 'critical', version: 2 })
    expect(
      withOccurrence(NEW, { id: 'a-2', severity: 'high' }),
      'what was decided on it stays right',
    ).toMatchObject({
      version: 1,
    })
    expect(withOccurrence(joined, { id: 'a-2', severity: 'low' })).toBe(joined)
    expect(withOccurrence(joined, { id: 'a-3', severity: 'low' }).severity).toBe('critical')
  })

  it('do not make it grow for ever', () => {
    let order = NEW
    for (let i = 0; i < OCCURRENCES_KEPT + 5; i++)
      order = withOccurrence(order, { id: `b-${i}`, severity: 'low' })
    expect(order.occurrences).toHaveLength(OCCURRENCES_KEPT)
    expect(order.occurrences.at(-1)).toBe(`b-${OCCURRENCES_KEPT + 4}`)
  })
})

it('people and readings together never bring an order into an impossible state', () => {
  const at = fc.integer({ min: 0, max: 10_000 })
  const because = { code: 'above-for', figures: {} }
  const personal = fc.record({
    who: fc.constant('person' as const),
    to: fc.constantFrom(...ORDER_STATES),
    at,
    by: fc.constantFrom('li', 'wang'),
    assignee: fc.constantFrom('Plumbers', 'Fitters'),
    note: fc.constant('no key'),
    active: fc.boolean(),
  })
  const said = fc.oneof(
    fc.record({ is: fc.constant('breach' as const), at, because: fc.constant(because) }),
    fc.record({ is: fc.constant('clear' as const), at }),
    fc.record({ is: fc.constant('time' as const), at }),
    fc.record({
      is: fc.constant('time' as const),
      at,
      good: fc.constant({ at: 5, point: 'flow', value: 1 }),
    }),
  )
  const readings = fc.record({
    who: fc.constant('readings' as const),
    news: said as fc.Arbitrary<ReadingsSay>,
  })
  fc.assert(
    fc.property(fc.array(fc.oneof(personal, readings), { maxLength: 40 }), (events) => {
      let order = NEW
      for (const event of events) {
        const before = order
        if (event.who === 'person') {
          const moved = next(order, event)
          if ('refused' in moved) continue
          order = verificationAfterMove(moved.order, { proof: PROOF, faultIsActive: event.active })
        } else {
          order = nextByReadings(order, event.news, PROOF)
        }
        if (order === before) continue
        expect(order.version).toBe(before.version + 1)
        expect(isEnded(before.state), 'an ended order never changes').toBe(false)
        expect(VERIFICATION_STATES).toContain(order.verification.state)
        const { state, since, until } = order.verification
        if (state === 'waiting') expect(order.state).toBe('done')
        if (order.state === 'verified') expect(['passed', 'manual']).toContain(state)
        if (since !== undefined && until !== undefined) expect(until - since).toBe(PROOF.verifyMs)
        const last = order.history.at(-1)
        expect(last?.to).toBe(order.state)
        if (last?.to === 'closed') expect(last.by).not.toBe('gateway')
        for (const [i, step] of order.history.entries()) {
          expect(step.at).toBeGreaterThanOrEqual(order.history[i - 1]?.at ?? 0)
          expect(step.from).toBe(order.history[i - 1]?.to)
        }
      }
    }),
    { numRuns: 500 },
  )
})
