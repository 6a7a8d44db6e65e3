/** The questions as cached queries. The live stream keeps alarms, orders and devices current, so hardly anything here polls. */
import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query'
import type { Severity } from '../../model/alarm.ts'
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

export const session = queryOptions({
  queryKey: ['session'],
  queryFn: () =>
    calls.whoAmI().catch((cause: unknown) => {
      if (isProblem(cause, 401)) return null
      throw cause
    }),
  staleTime: Number.POSITIVE_INFINITY,
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
export const links = queryOptions({ queryKey: ['links'], queryFn: calls.listLinks })
export const devices = queryOptions({
  queryKey: ['devices'],
  queryFn: ({ signal }) => calls.listDevices(signal),
})
export const openAlarms = queryOptions({
  queryKey: ['alarms', 'open'],
  queryFn: ({ signal }) => calls.listAlarms({ state: 'open' }, calls.MOST_OPEN_ALARMS, signal),
})
/** Whatever does not ring; a shelf is listed by its newest alarm, active or not. */
export const suppressedAlarms = queryOptions({
  queryKey: ['alarms', 'suppressed'],
  queryFn: ({ signal }) => calls.listAlarms({ state: 'suppressed' }, calls.MOST_OPEN_ALARMS, signal),
})
/** It polls: what ends by itself while no alarm is concerned sends no event. */
export const outOfService = queryOptions({
  queryKey: ['out-of-service'],
  queryFn: calls.listOutOfService,
  refetchInterval: 30_000,
})
/** The last ones, whatever their state: the journal that the wall filters. */
export const pastAlarms = (query: { severity?: Severity; device?: string }) =>
  queryOptions({
    queryKey: ['alarms', 'past', query],
    queryFn: ({ signal }) => calls.listAlarms({ state: 'all', ...query }, 500, signal),
    placeholderData: keepPreviousData,
  })
export const alarm = (id: string) =>
  queryOptions({ queryKey: ['alarm', id], queryFn: () => calls.getAlarm(id) })
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
  queryFn: ({ signal }) => calls.listOrders({ state: 'open' }, calls.MOST_ORDERS, signal),
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
export const order = (id: string) =>
  queryOptions({ queryKey: ['order', id], queryFn: () => calls.getOrder(id) })
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
    placeholderData: keepPreviousData,
  })
export const waterUse = (query: calls.UseQuestion) =>
  queryOptions({
    queryKey: ['water-use', query],
    queryFn: ({ signal }) => calls.listWaterUse(query, signal),
    placeholderData: keepPreviousData,
  })
export const alarmLoad = (asked: calls.LoadQuestion) =>
  queryOptions({
    queryKey: ['alarm-load', asked],
    queryFn: ({ signal }) => calls.getAlarmLoad(asked, signal),
    placeholderData: keepPreviousData,
  })
export const seats = queryOptions({ queryKey: ['seats'], queryFn: calls.listSeats })
export const deadLetters = (device: string) =>
  queryOptions({ queryKey: ['dead-letters', device], queryFn: () => calls.listDeadLetters(device) })
