/**
 * Opens the live stream while somebody is signed in, in the language of the page, and lets it keep the caches
 * current.
 */
import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Whole } from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm, Device, Link, WorkOrder } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import type { LiveEvent } from './event.ts'
import { meanwhile } from './meanwhile.ts'
import * as merge from './merge.ts'
import { ring } from './sound.ts'
import { noteHeard, noteLost } from './status.ts'
import { openStream } from './stream.ts'

export function apply(client: QueryClient, events: readonly LiveEvent[]): void {
  const { alarms, raised, orders, devices, links } = merge.sorted(events)
  if (alarms.size > 0) {
    client.setQueryData<Whole<Alarm>>(['alarms', 'open'], (held) => held && merge.mergeAlarms(held, alarms))
    client.setQueryData<Whole<Alarm>>(
      ['alarms', 'suppressed'],
      (held) => held && merge.mergeSuppressed(held, alarms),
    )
    for (const alarm of alarms.values()) {
      client.setQueryData<Alarm>(['alarm', alarm.id], (held) => held && merge.laterAlarm(held, alarm))
    }
    void client.invalidateQueries({ queryKey: ['alarms', 'past'] })
    void client.invalidateQueries({ queryKey: ['escalation'] })
  }
  if (orders.size > 0) {
    client.setQueryData<Whole<WorkOrder>>(
      ['orders', 'open'],
      (held) => held && merge.mergeOrders(held, orders),
    )
    for (const order of orders.values()) {
      client.setQueryData<WorkOrder>(['order', order.id], (held) => held && merge.laterOrder(held, order))
    }
    void client.invalidateQueries({ queryKey: ['orders', 'ended'] })
    void client.invalidateQueries({ queryKey: ['orders', 'device'] })
    void client.invalidateQueries({ queryKey: ['orders', 'in'] })
  }
  if (devices.size > 0) {
    client.setQueryData<Whole<Device>>(['devices'], (held) => held && merge.mergeDevices(held, devices))
  }
  if (links.size > 0) {
    client.setQueryData<Whole<Link>>(['links'], (held) => held && merge.mergeLinks(held, links))
  }
  if (events.some(({ event }) => event === 'flood.began' || event === 'flood.ended')) {
    void client.invalidateQueries({ queryKey: ['seats'] })
  }
  if (events.some(({ event }) => event.startsWith('out-of-service.'))) {
    void client.invalidateQueries({ queryKey: ['out-of-service'] })
  }
  ring(raised)
}

/** The newest of a device and the state of a link are told once, to whoever listens then. */
const NOT_REPLAYED = ['devices', 'links']
/**
 * Without an event to go on after: an alarm that came between the answer with the list and the first stream
 * would never be shown.
 */
const FOLLOWED = [
  ...NOT_REPLAYED,
  'alarms',
  'alarm',
  'escalation',
  'orders',
  'order',
  'seats',
  'out-of-service',
]

/** A switch of language opens it anew after the last event, and asks again for what the gateway words. */
export function useLive(on: boolean): void {
  const language = useLanguage()
  const last = useRef<{ language: string; id: string }>(undefined)
  useEffect(() => {
    if (!on) {
      last.current = undefined
      return
    }
    const reset = () =>
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    const url = new URL('/api/v1/live', window.location.origin)
    url.searchParams.set('language', language)
    const stream = openStream(
      url,
      {
        batch(events) {
          meanwhile.heard(events)
          apply(queryClient, events)
        },
        opened(isReplayed) {
          for (const kind of isReplayed ? NOT_REPLAYED : FOLLOWED)
            void queryClient.invalidateQueries({ queryKey: [kind] })
        },
        reset,
        heard: noteHeard,
        lost() {
          noteLost()
          void queryClient.invalidateQueries({ queryKey: ['session'] }) // a session that ended looks like a lost stream
        },
      },
      last.current?.id,
    )
    if (last.current && last.current.language !== language) reset()
    return () => {
      last.current = { language, id: stream.close() }
    }
  }, [on, language])
}
