import { describe, expect, it } from 'vitest'
import { AT, anOrder, notification, WRITING } from '../../tests/support/notifications.ts'
import type { WorkOrder } from '../model/work-order.ts'
import type { BusinessEvent } from '../operations/events.ts'
import { letterOf } from './letter.ts'

const letter = (kind: 'order.created' | 'order.moved', more: Partial<WorkOrder>) => {
  const event: BusinessEvent = { kind, order: anOrder(more) }
  return letterOf({ notifications: [notification(1, event)] }, WRITING)
}
const { assignee: _, ...NOBODYS } = anOrder()

describe('a letter about an order', () => {
  it('that was given back says so in its title, by whom and why', () => {
    const history = [{ at: AT, by: 'li@plumbers', from: 'dispatched', to: 'reported' } as const]
    const back = { ...NOBODYS, state: 'reported' } as const
    const event: BusinessEvent = {
      kind: 'order.moved',
      order: { ...back, history: history.map((one) => ({ ...one, assignee: 'Plumbers', note: 'no key' })) },
    }
    expect(letterOf({ notifications: [notification(1, event)] }, WRITING)).toEqual({
      title: '◆ high · work order given back · #381 · Main meter',
      lines: [
        '#381 爆管 burst pipe · Main meter',
        'State: reported',
        'Given back by: Plumbers',
        'Note: no key',
      ],
    })
  })

  it('that the readings sent back says what they said', () => {
    const because = { code: 'above-for', figures: { point: 'flow', value: 18.4, above: 6, forMs: 720_000 } }
    const history = [{ at: AT, by: 'gateway', from: 'done', to: 'accepted', evidence: because } as const]
    const { lines } = letter('order.moved', { state: 'accepted', history })
    expect(lines.at(-1)).toMatch(/^Why: .*above 6/)
  })

  it('that was just reported is not called given back', () => {
    const history = [{ at: AT, by: 'li', to: 'reported', note: 'drips' } as const]
    const { title, lines } = letter('order.created', { state: 'reported', history })
    expect(title).toContain('· work order ·')
    expect(lines.at(-1)).toBe('Note: drips')
  })
})
