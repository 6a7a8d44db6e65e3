import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Log } from '../model/log.ts'
import { SILENT_LOG } from '../model/log.ts'
import { inWords } from '../model/refusal.ts'
import { type Refused, refusedClients } from './refused-clients.ts'

const MINUTE_MS = 60_000
const refusal = (name: string, topic: string): Refused => ({
  is: 'client-topic',
  name,
  topic,
  may: [`gatehouse/${name}/readings`],
})

function stage() {
  const clock = handClock(0)
  const logged: unknown[] = []
  const log: Log = { ...SILENT_LOG, warn: (figures: object) => logged.push(figures) }
  const refused = refusedClients('broker', clock, log)
  const shown = () => refused.warnings().map(({ detail }) => inWords(detail, 'en'))
  return { clock, logged, refused, shown }
}

it('says which client tried which topic, how often, and what it may', () => {
  const { refused, shown } = stage()
  refused.note(refusal('meter-1', 'gatehouse/meter-2/readings'))
  refused.note(refusal('meter-1', 'gatehouse/meter-3/readings'))
  expect(shown()).toEqual([
    'meter-1 published to gatehouse/meter-3/readings and was refused, 2 times of late; it may publish to: gatehouse/meter-1/readings',
  ])
})

it('shows it for a quarter of an hour after the last time, and counts anew after that', () => {
  const { clock, refused, shown } = stage()
  refused.note(refusal('meter-1', 'a'))
  clock.pass(15 * MINUTE_MS - 1)
  refused.note(refusal('meter-1', 'a'))
  clock.pass(15 * MINUTE_MS - 1)
  expect(shown()).toHaveLength(1)
  clock.pass(1)
  expect(shown()).toEqual([])
  refused.note(refusal('meter-1', 'a'))
  expect(shown()[0]).toContain(', 1 times')
})

it('fills no log with a device that comes back each second', () => {
  const { clock, logged, refused } = stage()
  for (let second = 0; second < 3_600; second++) {
    refused.note(refusal('meter-1', 'a'))
    clock.pass(1_000)
  }
  expect(logged).toHaveLength(6)
  expect(logged[1]).toMatchObject({ client: 'meter-1', topic: 'a', times: 601 })
})

it('names a few of many, the newest first, and remembers no more than it may', () => {
  const { refused, shown } = stage()
  for (let n = 0; n < 3_000; n++) refused.note(refusal(`meter-${n}`, 'x'.repeat(1_000)))
  expect(shown()).toHaveLength(6)
  expect(shown()[0]).toMatch(/^meter-2999 published to x{200} and/)
  expect(shown().at(-1)).toBe('995 other MQTT clients were refused something of late.')
})
