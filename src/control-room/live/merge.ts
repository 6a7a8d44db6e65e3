/**
 * How a batch of live events changes what the page holds: pure, so that a flood is one pass over
 * each list and not one a message. An older version of an order never replaces a newer one.
 */

import type { Whole } from '../api/calls.ts'
import type { Alarm, Device, Link, WorkOrder } from '../api/types.ts'
import type { LiveEvent } from './event.ts'
import { gatewayNow } from './status.ts'

const upsert = <Item>(
  { items, cut }: Whole<Item>,
  changed: ReadonlyMap<string, Item>,
  idOf: (item: Item) => string,
  newest: (held: Item, come: Item) => Item,
): Whole<Item> => {
  const fresh = new Map(changed)
  const kept = items.map((held) => {
    const come = fresh.get(idOf(held))
    if (!come) return held
    fresh.delete(idOf(held))
    return newest(held, come)
  })
  return { items: fresh.size > 0 ? [...[...fresh.values()].reverse(), ...kept] : kept, cut }
}

const STAGE = {
  'active-unacknowledged': 0,
  'active-acknowledged': 1,
  'cleared-unacknowledged': 1,
  cleared: 2,
}

/** Acknowledging by REST and by stream may cross: the one further on in its life stands. */
export const laterAlarm = (held: Alarm, come: Alarm): Alarm =>
  STAGE[come.state] >= STAGE[held.state] ? come : held

export const laterOrder = (held: WorkOrder, come: WorkOrder): WorkOrder =>
  come.version >= held.version ? come : held

/** Nobody has to act on it for so long already: its last change, for an alarm that is over and seen. */
export function overSinceMs({ state, clearedAt, acknowledged }: Alarm, now: number): number {
  if (state !== 'cleared' || !clearedAt) return 0
  return now - Math.max(Date.parse(clearedAt), acknowledged ? Date.parse(acknowledged.at) : 0)
}

/**
 * A desk that is open for weeks must not hold every alarm that ever came; where somebody reads the list, none
 * goes under the pointer.
 */
const HELD_OVER_MS = 3_600_000
const MOST_HELD = 10_000

export function mergeAlarms(
  list: Whole<Alarm>,
  come: ReadonlyMap<string, Alarm>,
  now = gatewayNow(),
): Whole<Alarm> {
  const { items, cut } = upsert(list, come, (alarm) => alarm.id, laterAlarm)
  const kept = items.filter((alarm) => overSinceMs(alarm, now) < HELD_OVER_MS)
  return { items: kept.length > MOST_HELD ? withoutOldestOver(kept, now) : kept, cut }
}

/**
 * A flood of an hour is sixty thousand alarms: what is over gives way first, the oldest before the others;
 * what is not stays, however much.
 */
function withoutOldestOver(items: readonly Alarm[], now: number): readonly Alarm[] {
  let surplus = items.length - MOST_HELD
  return items
    .toReversed()
    .filter((alarm) => surplus <= 0 || overSinceMs(alarm, now) === 0 || surplus-- <= 0)
    .toReversed()
}

/** Only what does not ring, or did not until now, has a place there. */
export const mergeSuppressed = (list: Whole<Alarm>, come: ReadonlyMap<string, Alarm>): Whole<Alarm> => {
  const known = new Set(list.items.map(({ id }) => id))
  return mergeAlarms(list, new Map([...come].filter(([id, alarm]) => alarm.suppression || known.has(id))))
}

export const mergeOrders = (list: Whole<WorkOrder>, come: ReadonlyMap<string, WorkOrder>): Whole<WorkOrder> =>
  upsert(list, come, (order) => order.id, laterOrder)

export const mergeLinks = (list: Whole<Link>, come: ReadonlyMap<string, Link>): Whole<Link> =>
  upsert(
    list,
    come,
    (link) => link.source,
    (held, come) => (Date.parse(come.since) >= Date.parse(held.since) ? come : held),
  )

type Heard = Pick<Device, 'id' | 'status' | 'lastSeenAt' | 'latest'>

/**
 * Only the points that changed arrive; the others stay, and one that was measured earlier replaces none. A
 * device that is not on the list is left to the next load.
 */
export function mergeDevice(held: Device, { status, lastSeenAt, latest }: Heard): Device {
  const isLate = Date.parse(lastSeenAt ?? '') < Date.parse(held.lastSeenAt ?? '')
  const points = Object.entries(latest).filter(
    ([point, { at }]) => !(Date.parse(at) < Date.parse(held.latest[point]?.at ?? '')),
  )
  return {
    ...held,
    ...(isLate ? {} : { status, lastSeenAt }),
    latest: { ...held.latest, ...Object.fromEntries(points) },
  }
}

export const mergeDevices = (list: Whole<Device>, come: ReadonlyMap<string, Heard>): Whole<Device> => ({
  items: list.items.map((held) => {
    const heard = come.get(held.id)
    return heard ? mergeDevice(held, heard) : held
  }),
  cut: list.cut,
})

type OfAlarm = Extract<LiveEvent, { event: `alarm.${string}` }>

const isOfAlarm = (one: LiveEvent): one is OfAlarm => one.event.startsWith('alarm.')

type OfOrder = Extract<LiveEvent, { data: WorkOrder }>

const isOfOrder = (one: LiveEvent): one is OfOrder => one.event.startsWith('order.')

/** A batch sorted by noun; of several events about one thing the last one counts, points of a device add up. */
export type Batch = {
  readonly alarms: Map<string, Alarm>
  readonly raised: Alarm[]
  readonly orders: Map<string, WorkOrder>
  readonly devices: Map<string, Heard>
  readonly links: Map<string, Link>
}

export const emptyBatch = (): Batch => ({
  alarms: new Map(),
  raised: [],
  orders: new Map(),
  devices: new Map(),
  links: new Map(),
})

/** Into a batch of its own, or added to one that grows. */
export function sorted(events: readonly LiveEvent[], into: Batch = emptyBatch()): Batch {
  const { alarms, raised, orders, devices, links } = into
  for (const one of events) {
    if (one.event === 'alarm.raised') raised.push(one.data)
    if (isOfAlarm(one)) {
      alarms.set(one.data.id, one.data)
    } else if (isOfOrder(one)) {
      orders.set(one.data.id, one.data)
    } else if (one.event === 'device.latest') {
      const { data } = one
      const before = devices.get(data.id)
      devices.set(data.id, before ? { ...data, latest: { ...before.latest, ...data.latest } } : data)
    } else if (one.event === 'link.changed') {
      links.set(one.data.source, one.data)
    }
  }
  return into
}
