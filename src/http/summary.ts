/** What needs a person now, counted. Open alarms and orders are few by nature, so they are counted by reading them. */
import { type Alarm, SEVERITIES } from '../model/alarm.ts'
import type { Language } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { inWords } from '../model/refusal.ts'
import { retold } from '../model/retold.ts'
import { errorTitle } from '../model/words.ts'
import type { WorkOrder } from '../model/work-order.ts'
import type { Page, PageQuery } from '../operations/pages.ts'
import type { Caller } from './caller.ts'
import { MAX_LIMIT } from './paging.ts'
import type { Obstacle, Services } from './services.ts'
import { statusOf } from './show.ts'

async function* all<Row>(list: (query: PageQuery) => Promise<Page<Row>>): AsyncGenerator<Row> {
  let cursor: string | undefined
  do {
    const { items, next } = await list({ limit: MAX_LIMIT, cursor })
    yield* items
    cursor = next ?? undefined
  } while (cursor !== undefined)
}

export async function alarmCounts({ operations }: Services) {
  const active = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<
    Alarm['severity'],
    number
  >
  const counts = { open: 0, unacknowledged: 0, suppressed: 0, active }
  for await (const { state, severity, suppression } of all<Alarm>((page) =>
    operations.alarms.list({ ...page, state: 'open' }),
  )) {
    counts.open++
    if (suppression) counts.suppressed++
    else if (state.endsWith('unacknowledged')) counts.unacknowledged++
    if (state.startsWith('active')) active[severity]++
  }
  return counts
}

export async function orderCounts({ operations }: Services, { role, contractor }: Caller) {
  const counts = { open: 0, unassigned: 0, awaitingVerification: 0 }
  const own = role === 'contractor' ? { assignee: contractor ?? '' } : {}
  const open = all<WorkOrder>((page) => operations.orders.list({ ...page, ...own, state: 'open' }))
  for await (const { state, assignee, verification } of open) {
    counts.open++
    if (assignee === undefined) counts.unassigned++
    if (state === 'done' && verification.state === 'manual') counts.awaitingVerification++
  }
  return counts
}

export function deviceCounts({ site, devices, factsOf }: Services, now: Instant) {
  const counts = { total: site.devices.length, online: 0, silent: 0, neverSeen: 0 }
  for (const device of site.devices) {
    const status = statusOf(devices.shadows.get(device.id), factsOf(device).reportEveryMs, now)
    counts[status === 'never-seen' ? 'neverSeen' : status]++
  }
  return counts
}

export function linkCounts({ devices: { links } }: Services) {
  const notUp = [...links.values()].filter(({ state }) => state !== 'up').length
  return { total: links.size, notUp }
}

export const showObstacle = ({ code, detail }: Obstacle, language: Language) => ({
  code,
  detail: typeof detail === 'string' ? retold(detail, language) : inWords(detail, language),
})

export function noticesOf({ obstacles, warnings }: Services, language: Language) {
  const told = (isUrgent: boolean) => (notice: Obstacle) => ({
    ...showObstacle(notice, language),
    title: errorTitle(notice.code, language),
    isUrgent,
  })
  return [...obstacles().map(told(true)), ...warnings().map(told(false))]
}
