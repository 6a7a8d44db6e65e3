/** What the page asks of the gateway, one function a question. */
import type { OrderState } from '../../model/work-order.ts'
import { send } from './client.ts'
import type {
  Alarm,
  DeadLetter,
  Device,
  Link,
  Page,
  Reading,
  Rule,
  Session,
  Site,
  WaterUse,
  WorkOrder,
} from './types.ts'

type Query = Readonly<Record<string, string | number | undefined>>

/** A list whole, up to `most` rows; `cut` says that there are more. */
export type Whole<Item> = { readonly items: readonly Item[]; readonly cut: boolean }

async function whole<Item>(
  path: string,
  query: Query,
  most: number,
  signal?: AbortSignal,
): Promise<Whole<Item>> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const limit = Math.min(1_000, most - items.length)
    const page = await send<Page<Item>>(path, {
      query: { ...query, limit, cursor },
      ...(signal ? { signal } : {}),
    })
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined && items.length < most)
  return { items, cut: cursor !== undefined }
}

export const MOST_DEVICES = 20_000
export const MOST_OPEN_ALARMS = 5_000
export const MOST_READINGS = 20_000
export const MOST_ORDERS = 2_000
export const MOST_USE_ROWS = 20_000

export const whoAmI = () => send<Session>('/session')
export const signIn = (user: string, password: string) =>
  send<Session>('/session', { method: 'POST', body: { user, password } })
export const signOut = () => send<void>('/session', { method: 'DELETE' })
export const changePassword = (current: string, fresh: string) =>
  send<void>('/session/password', { method: 'POST', body: { current, new: fresh } })

export const getSite = () => send<Site>('/site')
export const listRules = () => whole<Rule>('/rules', {}, 1_000)
export const listLinks = () => whole<Link>('/links', {}, 1_000)

export const listDevices = (signal: AbortSignal) => whole<Device>('/devices', {}, MOST_DEVICES, signal)
export const getDevice = (id: string) => send<Device>(`/devices/${encodeURIComponent(id)}`)
export const listReadings = (id: string, query: Query, most: number, signal?: AbortSignal) =>
  whole<Reading>(`/devices/${encodeURIComponent(id)}/readings`, query, most, signal)

export const listAlarms = (query: Query, most: number, signal?: AbortSignal) =>
  whole<Alarm>('/alarms', query, most, signal)
export const getAlarm = (id: string) => send<Alarm>(`/alarms/${encodeURIComponent(id)}`)
export const acknowledge = (id: string, note: string) =>
  send<Alarm>(`/alarms/${encodeURIComponent(id)}/acknowledge`, { method: 'POST', body: note ? { note } : {} })

export const listOrders = (query: Query, most: number, signal?: AbortSignal) =>
  whole<WorkOrder>('/work-orders', query, most, signal)
export const getOrder = (id: string) => send<WorkOrder>(`/work-orders/${encodeURIComponent(id)}`)
export const openOrder = (of: { alarm: string } | { device: string; title: string }, note: string) =>
  send<WorkOrder>('/work-orders', { method: 'POST', body: note ? { ...of, note } : of })
export type Move = { to: OrderState; assignee?: string; note?: string; version: number }
export const moveOrder = (id: string, move: Move) =>
  send<WorkOrder>(`/work-orders/${encodeURIComponent(id)}/transitions`, { method: 'POST', body: move })

export const listWaterUse = (query: Query, signal?: AbortSignal) =>
  whole<WaterUse>('/water-use', { ...query, format: 'json' }, MOST_USE_ROWS, signal)
export const listDeadLetters = (query: Query) => whole<DeadLetter>('/dead-letters', query, 100)
