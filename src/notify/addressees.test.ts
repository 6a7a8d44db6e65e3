import { expect, it } from 'vitest'
import { AT, anAlarm, anOrder } from '../../tests/support/notifications.ts'
import { addresseesIn } from './addressees.ts'
import { NotifyOptions } from './options.ts'

const webhook = (name: string) => ({ kind: 'webhook', name, url: 'http://127.0.0.1:1', secret: 'x' })
const events = ['order.created']

it('an order of a source, or of a device that is gone, is told to whoever asks for no place', () => {
  const options = NotifyOptions.parse({
    channels: ['all', 'school', 'gates', 'low'].map(webhook),
    routes: [
      { channel: 'all', events, severities: ['high'] },
      { channel: 'school', events, institutions: ['school'] },
      { channel: 'gates', events, families: ['access-control-gate'] },
      { channel: 'low', events, severities: ['low'] },
    ],
  })
  const addresseesOf = addresseesIn(options, () => undefined)
  const order = anOrder({ fault: 'source-down', subject: 'source:plant', device: 'source:plant' })
  expect(addresseesOf({ kind: 'order.created', order })).toEqual(['all'])
})

it('the end of an alarm is told to those who were told of it, and of one that never rang to nobody', () => {
  const options = NotifyOptions.parse({
    channels: [webhook('office')],
    routes: [{ channel: 'office', events: ['alarm.raised', 'alarm.cleared'] }],
  })
  const addresseesOf = addresseesIn(options, () => undefined)
  const ended = { state: 'cleared', clearedAt: AT + 5_000 } as const
  const cleared = (more: Parameters<typeof anAlarm>[0]) =>
    addresseesOf({ kind: 'alarm.cleared', alarm: anAlarm({ ...ended, ...more }) })
  expect(cleared({ rangAt: AT })).toEqual(['office'])
  expect(cleared({ learnedAt: AT + 3_600_000 }), 'it came and went while nobody knew').toEqual([])
  const shelf = { by: 'shelved', at: AT, until: AT + 60_000, reason: 'noise', who: 'li' } as const
  expect(cleared({ suppression: shelf }), 'it was shelved all its life').toEqual([])
  expect(cleared({ suppression: shelf, rangAt: AT }), 'it rang, and was shelved then').toEqual(['office'])
})

it('who dispatches is told of what was given back, and not of each move', () => {
  const options = NotifyOptions.parse({
    channels: [webhook('dispatcher')],
    routes: [{ channel: 'dispatcher', events: ['order.moved'], orderStates: ['reported'] }],
  })
  const addresseesOf = addresseesIn(options, () => undefined)
  const moved = (state: 'reported' | 'accepted') =>
    addresseesOf({ kind: 'order.moved', order: anOrder({ state }) })
  expect([moved('reported'), moved('accepted')]).toEqual([['dispatcher'], []])
})
