import { expect, it } from 'vitest'
import { anOrder } from '../../tests/support/notifications.ts'
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
