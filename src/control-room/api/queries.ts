/**
 * The questions as cached queries. The live stream keeps alarms, orders and devices current, so hardly
 * anything here polls.
 */
import { infiniteQueryOptions, keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query'
import type { Severity } from '../../model/alarm.ts'
import { meanwhile } from '../live/meanwhile.ts'
import * as merge from '../live/merge.ts'
import * as calls from './calls.ts'
import { isProblem } from './problem.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, cause) =>
        failures < 3 && !(isProblem(cause) && cause.status >= 400 && cause.status < 500),
    },
  },
})

type Asked = { readonly queryKey: readonly unknown[] }

/**
 * While another stretch of the same thing is loaded, the last one stays; of another thing nothing does, for
 * it would be shown as its own.
 */
const keptWhere =
  (isSame: (before: readonly unknown[]) => boolean) =>
  <Data>(held: Data | undefined, before: Asked | undefined): Data | undefined =>
    before && isSame(before.queryKey) ? held : undefined

/**
 * Kept current by the stream, some times a second: what has not changed is the very same already, and need
 * not be compared.
 */
const FOLLOWED = { structuralSharing: false } as const

export const session = queryOptions({
  queryKey: ['session'],
  queryFn: () =>
    calls.whoAmI().catch((cause: unknown) => {
      if (isProblem(cause, 401)) return null
      throw cause
    }),
  staleTime: Number.POSITIVE_INFINITY,
  // A wall that was switched on before the gateway was must find it without anybody's hand
  refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : false),
})

export const site = queryOptions({ queryKey: ['site'], queryFn: calls.getSite, staleTime: 10 * 60_000 })
export const rules = queryOptions({ queryKey: ['rules'], queryFn: calls.listRules, staleTime: 10 * 60_000 })
/** The one that polls: a disk that fills up sends no event, and waits for nobody. */
export const gatewayNotices = (language: string) =>
  queryOptions({
    queryKey: ['summary', language],
    queryFn: calls.getSummary,
    select: ({ notices = [] }) => notices,
    refetchInterval: 30_000,
  })
export const links = queryOptions({
  queryKey: ['links'],
  ...FOLLOWED,
  queryFn: () =>
    meanwhile.over(
      () => calls.listLinks(),
      (list, { links }) => merge.mergeLinks(list, links),
    ),
})
export const devices = queryOptions({
  queryKey: ['devices'],
  ...FOLLOWED,
  queryFn: ({ signal }) =>
    meanwhile.over(
      () => calls.listDevices(signal),
      (list, { devices }) => merge.mergeDevices(list, devices),
    ),
})
export const openAlarms = queryOptions({
  queryKey: ['alarms', 'open'],
  ...FOLLOWED,
  queryFn: ({ signal }) =>
    meanwhile.over(
      () => calls.listAlarms({ state: 'open' }, calls.MOST_OPEN_ALARMS, signal),
      (list, { alarms }) => merge.mergeAlarms(list, alarms),
    ),
})
/** Whatever does not ring; a shelf is listed by its newest alarm, active or not. */
export const suppressedAlarms = queryOptions({
  queryKey: ['alarms', 'suppressed'],
  ...FOLLOWED,
  queryFn: ({ signal }) =>
    meanwhile.over(
      () => calls.listAlarms({ state: 'suppressed' }, calls.MOST_OPEN_ALARMS, signal),
      (list, { alarms }) => merge.mergeSuppressed(list, alarms),
    ),
})
export const outOfService = queryOptions({ queryKey: ['out-of-service'], queryFn: calls.listOutOfService })
/** The last ones, whatever their state: the journal that the wall filters. */
export const pastAlarms = (query: { severity?: Severity; device?: string; from?: string; to?: string }) =>
  queryOptions({
    queryKey: ['alarms', 'past', query],
    queryFn: ({ signal }) => calls.listAlarms({ state: 'all', ...query }, 500, signal),
    placeholderData: keptWhere(([, , asked]) => (asked as typeof query).device === query.device),
  })
/** All of a stretch of time; asked again each minute while its end is now. */
export const shiftAlarms = (from: number, to?: number) =>
  queryOptions({
    queryKey: ['alarms', 'shift', from, to],
    queryFn: ({ signal }) =>
      calls.listAlarms(
        {
          state: 'all',
          from: new Date(from).toISOString(),
          ...(to !== undefined && { to: new Date(to).toISOString() }),
        },
        calls.MOST_OPEN_ALARMS,
        signal,
      ),
    placeholderData: keepPreviousData,
    ...(to === undefined && { refetchInterval: 60_000 }),
  })
export const alarm = (id: string) =>
  queryOptions({
    queryKey: ['alarm', id],
    queryFn: () =>
      meanwhile.over(
        () => calls.getAlarm(id),
        (asked, { alarms }) => merge.laterAlarm(asked, alarms.get(id) ?? asked),
      ),
  })
/** While somebody looks: what is sent has no event. */
const SENDING_MS = 10_000
export const escalation = (id: string) =>
  queryOptions({ queryKey: ['escalation', id], queryFn: () => calls.getEscalation(id) })
export const notificationsAbout = (id: string) =>
  queryOptions({
    queryKey: ['notifications', 'about', id],
    queryFn: ({ signal }) => calls.listNotifications({ about: id }, signal),
    refetchInterval: SENDING_MS,
  })
export const notifications = (asked: calls.NotificationQuestion) =>
  queryOptions({
    queryKey: ['notifications', 'list', asked],
    queryFn: ({ signal }) => calls.listNotifications(asked, signal),
    refetchInterval: SENDING_MS,
    placeholderData: keepPreviousData,
  })
export const channels = queryOptions({
  queryKey: ['notifications', 'channels'],
  queryFn: calls.listChannels,
  refetchInterval: SENDING_MS,
})
export const audit = (asked: calls.AuditQuestion) =>
  infiniteQueryOptions({
    queryKey: ['audit', asked],
    queryFn: ({ pageParam, signal }) => calls.listAudit(asked, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
/** The file may have been changed by hand meanwhile. */
export const ruleDraft = (id: string, asked: calls.DraftQuestion) =>
  queryOptions({
    queryKey: ['rule-draft', id, asked],
    queryFn: ({ signal }) => calls.draftRule(id, asked, signal),
    staleTime: 0,
  })
export const ruleChanges = (rule?: string) =>
  queryOptions({ queryKey: ['rule-changes', rule], queryFn: () => calls.listRuleChanges(rule) })
/** Kept once and never changed. Null: the alarm is older than evidence is kept. */
export const evidence = (id: string) =>
  queryOptions({
    queryKey: ['evidence', id],
    queryFn: () =>
      calls.getEvidence(id).catch((cause: unknown) => {
        if (isProblem(cause, 404)) return null
        throw cause
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
export const openOrders = queryOptions({
  queryKey: ['orders', 'open'],
  ...FOLLOWED,
  queryFn: ({ signal }) =>
    meanwhile.over(
      () => calls.listOrders({ state: 'open' }, calls.MOST_ORDERS, signal),
      (list, { orders }) => merge.mergeOrders(list, orders),
    ),
})
export const ordersOf = (device: string) =>
  queryOptions({
    queryKey: ['orders', 'device', device],
    queryFn: ({ signal }) => calls.listOrders({ state: 'all', device }, 50, signal),
  })
/** Ended ones, newest first: only what a person may still want to look back at. */
export const endedOrders = (state: 'closed' | 'cancelled') =>
  queryOptions({
    queryKey: ['orders', 'ended', state],
    queryFn: ({ signal }) => calls.listOrders({ state }, 50, signal),
  })
/** Each order that was raised, ended or will be proven in that time. */
export const ordersIn = (from: string, to: string) =>
  queryOptions({
    queryKey: ['orders', 'in', from, to],
    queryFn: async ({ signal }) => {
      const asked = [
        { from, to },
        { endedFrom: from, endedTo: to },
        { dueFrom: from, dueTo: to },
      ]
      const found = await Promise.all(
        asked.map((times) => calls.listOrders({ state: 'all', ...times }, calls.MOST_ORDERS, signal)),
      )
      const orders = new Map(found.flatMap(({ items }) => items.map((order) => [order.id, order])))
      return { items: [...orders.values()], cut: found.some(({ cut }) => cut) }
    },
  })
export const order = (id: string) =>
  queryOptions({
    queryKey: ['order', id],
    queryFn: () =>
      meanwhile.over(
        () => calls.getOrder(id),
        (asked, { orders }) => merge.laterOrder(asked, orders.get(id) ?? asked),
      ),
  })
export const readings = (device: string, from: string, to: string, point?: string) =>
  queryOptions({
    queryKey: ['readings', device, from, to, point],
    queryFn: ({ signal }) =>
      calls.listReadings(
        device,
        point === undefined ? { from, to } : { from, to, point },
        calls.MOST_READINGS,
        signal,
      ),
    placeholderData: keptWhere(([, id, , , of]) => id === device && of === point),
  })
export const waterUse = (asked: calls.UseQuestion) =>
  queryOptions({
    queryKey: ['water-use', asked],
    queryFn: ({ signal }) => calls.sumWaterUse(asked, signal),
    placeholderData: keepPreviousData,
  })
export const nightFlows = (asked: calls.NightQuestion) =>
  queryOptions({
    queryKey: ['night-flows', asked],
    queryFn: ({ signal }) => calls.listNightFlows(asked, signal),
    placeholderData: keepPreviousData,
  })
export const waterQuotas = (year: number) =>
  queryOptions({
    queryKey: ['water-quotas', year],
    queryFn: ({ signal }) => calls.listWaterQuotas(year, signal),
    placeholderData: keepPreviousData,
  })
export const waterBalances = (asked: calls.DaysQuestion) =>
  queryOptions({
    queryKey: ['water-balances', asked],
    queryFn: ({ signal }) => calls.listWaterBalances(asked, signal),
    placeholderData: keepPreviousData,
  })
export const alarmLoad = (asked: calls.LoadQuestion) =>
  queryOptions({
    queryKey: ['alarm-load', asked],
    queryFn: ({ signal }) => calls.getAlarmLoad(asked, signal),
    placeholderData: keepPreviousData,
  })
/** Its events tell of the beginning and the end of a flood; meanwhile it is asked again how bad it is. */
export const seats = queryOptions({
  queryKey: ['seats'],
  queryFn: calls.listSeats,
  refetchInterval: ({ state }) => (state.data?.items.some(({ flood }) => flood) ? 10_000 : false),
})
/** Asked anew each time they are looked at: whoever mends a device looks again and again. */
export const deadLettersOf = (device: string) =>
  queryOptions({
    queryKey: ['dead-letters', 'of', device],
    queryFn: ({ signal }) => calls.listDeadLettersOf(device, signal),
    staleTime: 0,
  })
export const deadLetters = (asked: calls.LetterQuestion) =>
  infiniteQueryOptions({
    queryKey: ['dead-letters', 'list', asked],
    queryFn: ({ pageParam, signal }) => calls.listDeadLetters(asked, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
/** Asked anew each time they are looked at: others administer too, and whoever was seen last changes by itself. */
export const users = queryOptions({ queryKey: ['accounts', 'users'], queryFn: calls.listUsers, staleTime: 0 })
export const tokens = queryOptions({
  queryKey: ['accounts', 'tokens'],
  queryFn: calls.listTokens,
  staleTime: 0,
})
/** Done when the lists are current; what was done stands in the audit too. */
export async function refreshAccounts(): Promise<void> {
  void queryClient.invalidateQueries({ queryKey: ['audit'] })
  await queryClient.invalidateQueries({ queryKey: ['accounts'] })
}
