/** The hand-over from the book to what happens now, under every order in which reads and commits can cross. */

import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { START } from '../../tests/support/api.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Alarm } from '../model/alarm.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { StoredEvent } from '../operations/events.ts'
import { showInstantIn } from './instants.ts'
import { createLive } from './live.ts'

const alarm: Alarm = {
  id: 'a',
  rule: 'r',
  fault: 'r',
  subject: 'meter-1',
  device: 'meter-1',
  place: { institution: 'bureau' },
  severity: 'high',
  state: 'active-unacknowledged',
  raisedAt: START,
  learnedAt: START,
  because: { code: 'above-for', figures: {} },
}
const caller = { name: 'test', role: 'viewer', scopes: [], via: 'token', secret: 's' } as const

/** A book whose reads see what was committed when they were asked, and answer when the scheduler lets them. */
function book(scheduler: fc.Scheduler) {
  const stored: StoredEvent[] = []
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  const later = <T>(value: T): Promise<T> => scheduler.schedule(Promise.resolve(value))
  return {
    commit(count: number) {
      const events = Array.from({ length: count }, (_, i) => ({
        kind: 'alarm.raised' as const,
        alarm,
        at: START,
        id: stored.length + i + 1,
      }))
      stored.push(...events)
      for (const listener of listeners) listener(events)
    },
    after: (id: number, limit: number) => later(stored.filter((event) => event.id > id).slice(0, limit)),
    oldestId: () => later(stored[0]?.id ?? 0),
    newestId: () => later(stored.at(-1)?.id ?? 0),
    onEvent(listener: (events: readonly StoredEvent[]) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

it('neither loses nor repeats an event, however reads and commits cross', async () => {
  const commits = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 0, max: 5 }),
      commits,
      async (scheduler, before, sizes) => {
        const events = book(scheduler)
        if (before > 0) events.commit(before)
        const live = createLive(
          { heartbeatMs: 15_000, clients: 1, queue: 1_000 },
          {
            events,
            clock: handClock(START),
            log: SILENT_LOG,
            instant: showInstantIn('UTC'),
            whereOf: () => undefined,
            stillIn: async () => caller,
          },
        )
        let text = ''
        const response = new Writable({
          decodeStrings: false,
          write(chunk: string, _encoding, done) {
            text += chunk
            done()
          },
        })
        const open = () => response as unknown as ServerResponse
        const joined = live.join({ caller, language: 'en', open, lastId: before === 0 ? undefined : 0 })
        let total = before
        for (const size of sizes) {
          scheduler.schedule(Promise.resolve(), 'commit').then(() => {
            events.commit(size)
            total += size
          })
        }
        await scheduler.waitAll()
        await joined
        await scheduler.waitAll()
        live.close()
        const ids = [...text.matchAll(/^id: (\d+)\nevent/gm)].map(([, id]) => Number(id))
        // Without a last id it begins wherever the book stood; from there on nothing is missing.
        const from = before === 0 ? Number(/^id: (\d+)\n\n/m.exec(text)?.[1]) : 0
        expect(ids).toEqual(Array.from({ length: total - from }, (_, i) => from + i + 1))
      },
    ),
    { numRuns: 300 },
  )
})
