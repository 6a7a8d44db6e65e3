import { expect, it } from 'vitest'
import { BECAUSE } from '../model/words-because.ts'
import { ORDER_STATES, type OrderState, type WorkOrder } from '../model/work-order.ts'
import { awaited } from './awaits.ts'

const order = (
  state: OrderState,
  verification: WorkOrder['verification'] = { state: 'none' },
): WorkOrder => ({
  id: 'o',
  number: 1,
  kind: 'repair',
  fault: 'f',
  subject: 's',
  device: 'd',
  occurrences: [],
  severity: 'low',
  state,
  version: 1,
  title: 'Look',
  createdAt: 0,
  verification,
  history: [{ at: 5, by: 'li', from: 'accepted', to: 'done' }],
})

it('whoever called an order done is told that the readings verify it, and for how long the fault has to stay away', () => {
  const proof = { state: 'waiting', since: 1_000, until: 61_000 } as const
  expect(awaited(order('done', proof), 'li')).toEqual({
    code: 'awaits-readings',
    figures: { verifyMs: 60_000 },
  })
  expect(awaited(order('done', { state: 'waiting' }), 'li')?.code).toBe('awaits-clearing')
})

it('where the readings cannot tell, whoever called it done is told that somebody else has to, and others whose work it was', () => {
  const manual = order('done', { state: 'manual' })
  expect(awaited(manual, 'li')?.code).toBe('awaits-yours')
  expect(awaited(manual, 'wang')).toEqual({ code: 'awaits-person', figures: { user: 'li' } })
  expect(awaited(manual)?.code).toBe('awaits-person')
})

it('every order that is open in the kind of today waits for something that has words; one that has ended for nothing', () => {
  const waiting = ORDER_STATES.flatMap((state) => awaited(order(state)) ?? [])
  expect(waiting.map(({ code }) => code)).toEqual([
    'awaits-dispatch',
    'awaits-acceptance',
    'awaits-repair',
    'awaits-resumption',
    'awaits-person',
    'awaits-visit-or-closing',
    'awaits-closing',
  ])
  for (const { code } of waiting) expect(BECAUSE[code]).toBeDefined()
})
