/** /notifications: what was told to whom, what waits, and what was given up and why. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { SEVERITIES } from '../../model/alarm.ts'
import { retold } from '../../model/retold.ts'
import type { StoredEvent } from '../../operations/events.ts'
import { type Notification as Kept, NOTIFICATION_STATES } from '../../operations/outbox.ts'
import type { Reader } from '../../operations/views.ts'
import { refuses } from '../answers.ts'
import { callerOf, readersIn } from '../caller.ts'
import { PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'

const Notification = z
  .object({
    id: z.int(),
    channel: z.string(),
    key: z.string().meta({ description: 'The same at every try, and of no other event' }),
    event: z.string().meta({ description: 'As on the live stream' }),
    at: InstantText,
    about: z.string().meta({ description: 'Id of the alarm or order' }),
    device: z.string().nullable().meta({ description: 'Of the alarm or order, or out of service' }),
    rule: z.string().nullable().meta({ description: 'Of the alarm' }),
    severity: z.enum(SEVERITIES).nullable(),
    state: z.enum(NOTIFICATION_STATES).meta({
      description:
        '`dead`: refused by the other side. `dropped`: too many were waiting, or the channel is gone',
    }),
    parcel: z.string().nullable().meta({ description: 'Key of the digest that it left in' }),
    tries: z.int(),
    triedAt: InstantText.nullable(),
    because: z.string().nullable(),
  })
  .meta({ id: 'Notification' })

const Channel = z
  .object({
    name: z.string(),
    kind: z.enum(['webhook', 'mail', 'dingtalk', 'wecom', 'feishu']),
    state: z.enum(['idle', 'sending', 'waiting', 'refused']).meta({
      description:
        '`waiting`: away, busy or over its limit. `refused`: it does not know us, or took none of the last three; it ends with the next delivery',
    }),
    since: InstantText,
    because: z.string().nullable(),
    waiting: z.int(),
    lastDeliveredAt: InstantText.nullable(),
  })
  .meta({ id: 'NotificationChannel' })

/** Where and what it is about, for whoever reads a list of them. */
function aboutOf(event: StoredEvent): { device: string | null; rule: string | null } {
  if ('alarm' in event) return { device: event.alarm.device, rule: event.alarm.rule }
  if ('order' in event) return { device: event.order.device, rule: null }
  const device =
    'outOfService' in event && event.outOfService.kind === 'device' ? event.outOfService.id : null
  return { device, rule: null }
}

const shown = (one: Kept, { instant, language }: Pick<Reader, 'instant' | 'language'>) => ({
  id: one.id,
  channel: one.channel,
  key: one.key,
  event: one.event.kind,
  at: instant(one.event.at),
  ...aboutOf(one.event),
  about: one.noun,
  severity: one.severity ?? null,
  state: one.state,
  parcel: one.parcel ?? null,
  tries: one.tries,
  because: one.because === undefined ? null : retold(one.because, language),
  triedAt: one.triedAt === undefined ? null : instant(one.triedAt),
})

export const notificationRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (
  app,
  { services },
) => {
  const { operations, notify, site } = services
  const readerOf = readersIn(site.timeZone)
  const tags = ['notifications']
  app.get(
    '/notifications',
    {
      config: { right: 'notifications:read' },
      schema: {
        tags,
        summary: 'Notifications, newest first',
        operationId: 'listNotifications',
        querystring: PageQuery.extend({
          state: z.enum(NOTIFICATION_STATES).optional().meta({ description: 'Exactly this one' }),
          channel: z.string().optional().meta({ description: 'Name of the channel' }),
          about: z.string().max(200).optional().meta({ description: 'Id of the alarm or order' }),
        }),
        response: { 200: pageOf(Notification), ...refuses() },
      },
    },
    async (request) => {
      const { items, next } = await operations.outbox.list(request.query)
      return { items: items.map((one) => shown(one, readerOf(request))), next }
    },
  )
  app.get(
    '/notifications/channels',
    {
      config: { right: 'notifications:read' },
      schema: {
        tags,
        summary: 'Channels, and how each is doing',
        operationId: 'listNotificationChannels',
        querystring: PageQuery,
        response: { 200: pageOf(Channel), ...refuses() },
      },
    },
    async (request) => {
      const { instant, language } = readerOf(request)
      const { items, next } = pageOfWhole(notify.channels(), request.query)
      const shownChannels = items.map(({ since, because, lastDeliveredAt, ...channel }) => ({
        ...channel,
        since: instant(since),
        because: because === undefined ? null : retold(because, language),
        lastDeliveredAt: lastDeliveredAt === undefined ? null : instant(lastDeliveredAt),
      }))
      return { items: shownChannels, next }
    },
  )
  app.post(
    '/notifications/retry',
    {
      config: { right: 'notifications:retry' },
      schema: {
        tags,
        summary: 'Try all again that were refused, of one channel or of every',
        operationId: 'retryNotifications',
        body: z.strictObject({ channel: z.string().optional() }).nullish(),
        response: { 200: z.object({ retried: z.int() }), ...refuses() },
      },
    },
    async (request) => {
      const channel = request.body?.channel
      const retried = await operations.outbox.againAll(channel, callerOf(request).name)
      for (const { name } of notify.channels()) if ((channel ?? name) === name) notify.wake(name)
      return { retried }
    },
  )
  app.post(
    '/notifications/:id/retry',
    {
      config: { right: 'notifications:retry' },
      schema: {
        tags,
        summary: 'Try again what was given up',
        operationId: 'retryNotification',
        params: z.object({ id: z.string().regex(/^\d{1,15}$/) }),
        response: { 200: Notification, ...refuses(404) },
      },
    },
    async (request) => {
      const one = await operations.outbox.again(Number(request.params.id), callerOf(request).name)
      notify.wake(one.channel)
      return shown(one, readerOf(request))
    },
  )
}
