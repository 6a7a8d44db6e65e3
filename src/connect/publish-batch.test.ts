import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Publish } from './connector.ts'
import { packPublishes, unpackPublishes } from './publish-batch.ts'

const publish = fc.record({
  is: fc.constant('publish' as const),
  source: fc.constant('embedded-broker'),
  sender: fc.constantFrom('meter-1', '网关-2', ''),
  topic: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('gatehouse/meter-1/readings', '园区/水表/读数'),
  ),
  payload: fc.uint8Array(),
  retained: fc.constant(false),
})

it('what devices published is the same on the other side of a thread, whatever their topics and payloads hold', () => {
  fc.assert(
    fc.property(fc.array(publish), (messages: readonly Publish[]) => {
      const crossed = unpackPublishes('embedded-broker', structuredClone(packPublishes(messages)))
      expect(crossed.map((message) => ({ ...message, payload: new Uint8Array(message.payload) }))).toEqual(
        messages,
      )
    }),
  )
})
