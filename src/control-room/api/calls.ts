/** What the page asks of the gateway, one function a question. */
import type { paths } from '../api.d.ts'
import { language } from '../i18n/language.ts'
import { answer, api } from './client.ts'
import type { OrderState } from './types.ts'

type AskedOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? NonNullable<Query>
  : never

/** A list whole, up to `most` rows; `cut` says that there are more. */
export type Whole<Item> = { readonly items: readonly Item[]; readonly cut: boolean }

type Turn = { limit: number; cursor?: string }

/** The API gives at most this many rows a page. */
const PAGE = 1_000

async function whole<Item>(
  most: number,
  turn: (asked: Turn) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Whole<Item>> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const limit = Math.min(PAGE, most - items.length)
    const page = await turn(cursor === null ? { limit } : { limit, cursor })
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null && items.length < most)
  return { items, cut: cursor !== null }
}

export const MOST_DEVICES = 20_000
export const MOST_OPEN_ALARMS = 5_000
export const MOST_READINGS = 20_000
export const MOST_ORDERS = 2_000

export const whoAmI = () => answer(api.GET('/api/v1/session'))
export const signIn = (user: string, password: string) =>
  answer(api.POST('/api/v1/session', { body: { user, password } }))
export const signOut = () => answer(api.DELETE('/api/v1/session'))
export const changePassword = (current: string, fresh: string) =>
  answer(api.POST('/api/v1/session/password', { body: { current, new: fresh } }))

export const getSummary = () => answer(api.GET('/api/v1/summary'))
export const getSite = () => answer(api.GET('/api/v1/site'))
/** As the client reads it, which knows no tuples: a position is an array of numbers. */
export type Site = Awaited<ReturnType<typeof getSite>>
export const listRules = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/rules', { params: { query: turn } })))
export const listLinks = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/links', { params: { query: turn } })))

export const listDevices = (signal: AbortSignal) =>
  whole(MOST_DEVICES, (turn) => answer(api.GET('/api/v1/devices', { params: { query: turn }, signal })))
export const listReadings = (
  id: string,
  asked: AskedOf<'/api/v1/devices/{id}/readings'>,
  most: number,
  signal: AbortSignal,
) =>
  whole(most, (turn) =>
    answer(
      api.GET('/api/v1/devices/{id}/readings', {
        params: { path: { id }, query: { ...asked, ...turn } },
        signal,
      }),
    ),
  )

export const listAlarms = (asked: AskedOf<'/api/v1/alarms'>, most: number, signal: AbortSignal) =>
  whole(most, (turn) =>
    answer(api.GET('/api/v1/alarms', { params: { query: { ...asked, ...turn } }, signal })),
  )
export const getAlarm = (id: string) => answer(api.GET('/api/v1/alarms/{id}', { params: { path: { id } } }))
export const getEvidence = (id: string) =>
  answer(api.GET('/api/v1/alarms/{id}/evidence', { params: { path: { id } } }))
export const getEscalation = (id: string) =>
  answer(api.GET('/api/v1/alarms/{id}/escalation', { params: { path: { id } } }))
export const acknowledge = (id: string, note: string) =>
  answer(
    api.POST('/api/v1/alarms/{id}/acknowledge', { params: { path: { id } }, body: note ? { note } : {} }),
  )

export type Shelving = { forMinutes: number; oneShot: boolean; reason: string }
export const shelve = (id: string, body: Shelving) =>
  answer(api.POST('/api/v1/alarms/{id}/shelve', { params: { path: { id } }, body }))
export const unshelve = (id: string) =>
  answer(api.POST('/api/v1/alarms/{id}/unshelve', { params: { path: { id } } }))
export const resetAlarm = (id: string) =>
  answer(api.POST('/api/v1/alarms/{id}/reset', { params: { path: { id } }, body: {} }))
export const listOutOfService = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/out-of-service', { params: { query: turn } })))
export type Serviced = { readonly kind: 'device' | 'zone'; readonly id: string }
export const takeOutOfService = ({ kind, id }: Serviced, body: { until: string; reason: string }) => {
  const params = { path: { id } }
  return kind === 'device'
    ? answer(api.POST('/api/v1/devices/{id}/out-of-service', { params, body }))
    : answer(api.POST('/api/v1/zones/{id}/out-of-service', { params, body }))
}
export const putBackInService = ({ kind, id }: Serviced) => {
  const params = { path: { id } }
  return kind === 'device'
    ? answer(api.DELETE('/api/v1/devices/{id}/out-of-service', { params }))
    : answer(api.DELETE('/api/v1/zones/{id}/out-of-service', { params }))
}

export const listOrders = (asked: AskedOf<'/api/v1/work-orders'>, most: number, signal: AbortSignal) =>
  whole(most, (turn) =>
    answer(api.GET('/api/v1/work-orders', { params: { query: { ...asked, ...turn } }, signal })),
  )
export const getOrder = (id: string) =>
  answer(api.GET('/api/v1/work-orders/{id}', { params: { path: { id } } }))
export const openOrder = (of: { alarm: string } | { device: string; title: string }, note: string) =>
  answer(api.POST('/api/v1/work-orders', { body: note ? { ...of, note } : of }))
export type Move = { to: OrderState; assignee?: string; note?: string; version: number }
export const moveOrder = (id: string, move: Move) =>
  answer(api.POST('/api/v1/work-orders/{id}/transitions', { params: { path: { id } }, body: move }))

/** A question in the address of an export; what is not asked is not in it. */
const exported = (path: string, asked: Readonly<Record<string, string | number | undefined>>): string => {
  const given = Object.entries({ ...asked, format: 'csv', words: language() }).filter(
    ([, value]) => value !== undefined,
  )
  return `/api/v1${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
/** Where an answer may also be CSV, the client cannot know that it is not. */
async function asJson<Answer>(asked: Promise<Answer | string>): Promise<Answer> {
  const found = await asked
  if (typeof found === 'string') throw new TypeError('asked for JSON and was given CSV')
  return found
}

export type UseQuestion = Omit<AskedOf<'/api/v1/water-use/totals'>, 'format'>

export const sumWaterUse = (asked: UseQuestion, signal: AbortSignal) =>
  asJson(
    answer(api.GET('/api/v1/water-use/totals', { params: { query: { ...asked, format: 'json' } }, signal })),
  )
export const waterUseCsv = (asked: UseQuestion): string => exported('/water-use', asked)
export const waterTotalsCsv = (asked: UseQuestion): string => exported('/water-use/totals', asked)

export const MOST_WATER_ROWS = 20_000
export type NightQuestion = Omit<AskedOf<'/api/v1/night-flows'>, 'format' | 'limit' | 'cursor'>
export const listNightFlows = (asked: NightQuestion, signal: AbortSignal) =>
  whole(MOST_WATER_ROWS, (turn) => {
    const query = { ...asked, ...turn, format: 'json' } as const
    return asJson(answer(api.GET('/api/v1/night-flows', { params: { query }, signal })))
  })
export const nightFlowsCsv = (asked: NightQuestion): string => exported('/night-flows', asked)
export const listWaterQuotas = (year: number, signal: AbortSignal) =>
  whole(MOST_WATER_ROWS, (turn) => {
    const query = { year: String(year), ...turn, format: 'json' } as const
    return asJson(answer(api.GET('/api/v1/water-quotas', { params: { query }, signal })))
  })
export const waterQuotasCsv = (year: number): string => exported('/water-quotas', { year })
export type DaysQuestion = { readonly from: string; readonly to: string }
export const listWaterBalances = (asked: DaysQuestion, signal: AbortSignal) =>
  whole(1_000, (turn) => {
    const query = { ...asked, ...turn, format: 'json' } as const
    return asJson(answer(api.GET('/api/v1/water-balances', { params: { query }, signal })))
  })
export const waterBalancesCsv = (asked: DaysQuestion): string => exported('/water-balances', asked)

export type LoadQuestion = Pick<AskedOf<'/api/v1/reports/alarm-load'>, 'from' | 'to' | 'seat'>

export async function getAlarmLoad(asked: LoadQuestion, signal: AbortSignal) {
  const query = { ...asked, format: 'json' } as const
  const report = await answer(api.GET('/api/v1/reports/alarm-load', { params: { query }, signal }))
  if (typeof report === 'string') throw new TypeError('asked for JSON and was given CSV')
  return report
}
export const alarmLoadCsv = ({ from, to, seat }: LoadQuestion): string =>
  `/api/v1/reports/alarm-load?${new URLSearchParams({ from, to, ...(seat && { seat }), format: 'csv' })}`
export const listSeats = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/seats', { params: { query: turn } })))

export const listDeadLettersOf = (device: string, signal: AbortSignal) =>
  whole(50, (turn) =>
    answer(api.GET('/api/v1/dead-letters', { params: { query: { device, ...turn } }, signal })),
  )
export type LetterQuestion = Pick<AskedOf<'/api/v1/dead-letters'>, 'device' | 'code'>
export const listDeadLetters = (asked: LetterQuestion, cursor: string | null, signal: AbortSignal) =>
  answer(
    api.GET('/api/v1/dead-letters', {
      params: { query: { ...asked, ...(cursor !== null && { cursor }) } },
      signal,
    }),
  )
export const releaseParked = (id: string, subject: string) =>
  answer(api.POST('/api/v1/rules/{id}/release', { params: { path: { id } }, body: { subject } }))
export const listRuleChanges = (rule: string | undefined) =>
  whole(500, (turn) =>
    answer(api.GET('/api/v1/rules/changes', { params: { query: rule ? { rule, ...turn } : turn } })),
  )
export const reloadRules = (reason: string) => answer(api.POST('/api/v1/rules/reload', { body: { reason } }))

export type DraftQuestion = { readonly set: Readonly<Record<string, unknown>>; readonly unset: string[] }
export const draftRule = (id: string, body: DraftQuestion, signal: AbortSignal) =>
  answer(api.POST('/api/v1/rules/{id}/draft', { params: { path: { id } }, body, signal }))

export type Trial = {
  readonly rules: string
  readonly from: string
  readonly to: string
  readonly warmUpMs: number
}
/** Of the rules that the text names, and no others; calling the signal off ends it in the gateway too. */
export const runBacktest = (trial: Trial, signal: AbortSignal) =>
  answer(api.POST('/api/v1/backtests', { body: { ...trial, others: 'left-alone' }, signal }))

export const MOST_NOTIFICATIONS = 500
export type NotificationQuestion = Pick<AskedOf<'/api/v1/notifications'>, 'state' | 'channel' | 'about'>
export const listNotifications = (asked: NotificationQuestion, signal: AbortSignal) =>
  whole(MOST_NOTIFICATIONS, (turn) =>
    answer(api.GET('/api/v1/notifications', { params: { query: { ...asked, ...turn } }, signal })),
  )
export const listChannels = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/notifications/channels', { params: { query: turn } })))
export const retryNotification = (id: number) =>
  answer(api.POST('/api/v1/notifications/{id}/retry', { params: { path: { id: String(id) } } }))
export const retryNotifications = (channel: string | undefined) =>
  answer(api.POST('/api/v1/notifications/retry', { body: channel ? { channel } : {} }))
export type AuditQuestion = Omit<AskedOf<'/api/v1/audit'>, 'limit' | 'cursor'>
export const listAudit = (asked: AuditQuestion, cursor: string | null, signal: AbortSignal) =>
  answer(
    api.GET('/api/v1/audit', {
      params: { query: { ...asked, ...(cursor !== null && { cursor }) } },
      signal,
    }),
  )

type BodyOf<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

export const listUsers = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/users', { params: { query: turn } })))
export const createUser = (body: BodyOf<'/api/v1/users'>) => answer(api.POST('/api/v1/users', { body }))
export const setPassword = (name: string, password: string) =>
  answer(api.POST('/api/v1/users/{name}/password', { params: { path: { name } }, body: { password } }))
export const removeUser = (name: string) =>
  answer(api.DELETE('/api/v1/users/{name}', { params: { path: { name } } }))
export const listTokens = () =>
  whole(1_000, (turn) => answer(api.GET('/api/v1/tokens', { params: { query: turn } })))
export const createToken = (body: BodyOf<'/api/v1/tokens'>) => answer(api.POST('/api/v1/tokens', { body }))
export const revokeToken = (id: string) =>
  answer(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }))
