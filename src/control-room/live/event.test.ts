import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EVENT_NAMES } from './event.ts'

type Event = {
  readonly properties: { readonly event: { readonly enum?: string[]; readonly const?: string } }
}

it('every event that the gateway says it sends is listened for', () => {
  const { components } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../openapi.json'), 'utf8'))
  const events: readonly Event[] = components.schemas.LiveEvent.oneOf
  const sent = events.flatMap(({ properties: { event } }) => event.enum ?? event.const ?? [])
  expect(sent.length).toBeGreaterThan(15)
  expect([...EVENT_NAMES].toSorted()).toEqual(sent.toSorted())
})
