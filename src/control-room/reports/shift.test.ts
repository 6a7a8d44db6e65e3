import { expect, it } from 'vitest'
import type { Alarm, WorkOrder } from '../api/types.ts'
import { deedsOf } from './shift.ts'

const at = (clock: string) => `2026-11-22T${clock}:00+08:00`
const NIGHT = { from: Date.parse(at('00:00')), to: Date.parse(at('08:00')) }

const alarm = (more: Partial<Alarm>): Alarm =>
  ({
    id: 'a',
    rule: 'burst-pipe',
    severity: 'critical',
    place: { institution: 'bureau', building: 'east' },
    raisedAt: at('01:00'),
    clearedAt: null,
    suppression: null,
    ...more,
  }) as Alarm

it('what people did is told newest first with their notes; what the gateway did by itself is not theirs', () => {
  const seen = alarm({ acknowledged: { at: at('01:05'), by: 'li', note: 'plumber called' } })
  const shelved = alarm({
    id: 'b',
    suppression: {
      by: 'shelved',
      at: at('02:00'),
      until: at('09:00'),
      reason: 'noisy',
      who: 'li',
      oneShot: false,
    },
  })
  const order = {
    id: 'o',
    history: [
      { at: at('01:00'), by: 'gateway', from: null, to: 'reported' },
      { at: at('01:20'), by: 'li', from: 'reported', to: 'dispatched', note: 'to Plumbers' },
      { at: at('09:00'), by: 'wang', from: 'dispatched', to: 'cancelled' },
    ],
  } as WorkOrder
  const deeds = deedsOf([seen, shelved], [order], NIGHT)
  expect(deeds.map(({ is, at: when, by, note }) => [is, when, by, note])).toEqual([
    ['shelved', at('02:00'), 'li', 'noisy'],
    ['moved', at('01:20'), 'li', 'to Plumbers'],
    ['acknowledged', at('01:05'), 'li', 'plumber called'],
  ])
})
