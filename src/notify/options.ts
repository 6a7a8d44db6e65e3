/**
 * What can be set about notifications. Rate limits are those that the makers of the robots publish and may change any
 * day, so each is a setting. A secret stands in the file, or in a file of its own that `…File` names.
 */
import * as z from 'zod'
import { EscalationPolicy } from '../alarms/escalation.ts'
import { ALARM_KEYS } from '../alarms/scope.ts'
import { LANGUAGES } from '../model/errors.ts'
import { ORDER_STATES } from '../model/work-order.ts'

const MINUTE_MS = 60_000

const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63')

const Limits = z
  .array(z.strictObject({ count: z.int().positive(), perMs: z.int().min(100).max(3_600_000) }))
  .max(4)

const limits = (...published: z.input<typeof Limits>) =>
  Limits.default(published).meta({
    description: 'At most `count` in any `perMs`, tries that failed too. More becomes a digest.',
  })

const ofEach = (digest: boolean) => ({
  name: Name,
  language: z.enum(LANGUAGES).default('zh-CN').meta({ description: 'Of the words; codes stay as they are.' }),
  digest: z.boolean().default(digest).meta({
    description: 'In a flood, and over the limit, several go in one; else each waits for its turn.',
  }),
  digestEveryMs: z
    .int()
    .min(1_000)
    .default(MINUTE_MS)
    .meta({ description: 'While a seat is in flood: a digest this often, and what is critical at once.' }),
  timeoutMs: z.int().min(100).max(120_000).default(10_000).meta({ description: 'Of one try.' }),
})

/** Node's fetch sends to no address that names a user, and would repeat it in its refusal. */
export const isAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

const HttpUrl = z
  .string()
  .refine(isAddress, 'an address that begins with http:// or https://, without user and password')

const address = {
  url: HttpUrl.optional().meta({ description: 'Where it goes. Redirections are not followed.' }),
  urlFile: z.string().min(1).optional().meta({ description: 'File that holds the address instead.' }),
}

const secret = {
  secret: z.string().min(1).optional().meta({ description: 'Signs each message.' }),
  secretFile: z.string().min(1).optional().meta({ description: 'File that holds the secret instead.' }),
}

const Webhook = z.strictObject({
  kind: z.literal('webhook'),
  ...ofEach(false),
  ...address,
  ...secret,
  limits: limits({ count: 600, perMs: MINUTE_MS }),
})

const DingTalk = z.strictObject({
  kind: z.literal('dingtalk'),
  ...ofEach(true),
  ...address,
  ...secret,
  limits: limits({ count: 20, perMs: MINUTE_MS }),
})

const WeCom = z.strictObject({
  kind: z.literal('wecom'),
  ...ofEach(true),
  ...address,
  limits: limits({ count: 20, perMs: MINUTE_MS }),
})

const Feishu = z.strictObject({
  kind: z.literal('feishu'),
  ...ofEach(true),
  ...address,
  ...secret,
  limits: limits({ count: 5, perMs: 1_000 }, { count: 100, perMs: MINUTE_MS }),
})

const Mail = z.strictObject({
  kind: z.literal('mail'),
  ...ofEach(true),
  host: z.string().min(1).meta({ description: 'SMTP server' }),
  port: z.int().min(1).max(65_535).default(587),
  security: z.enum(['starttls', 'tls', 'none']).default('starttls').meta({
    description: '`starttls` (port 587) and `tls` (port 465) send nothing before the line is encrypted.',
  }),
  caFile: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'PEM file of the authority that signed the server' }),
  user: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  passwordFile: z.string().min(1).optional().meta({ description: 'File that holds the password instead.' }),
  from: z.string().min(3),
  to: z.array(z.string().min(3)).min(1).max(100),
  limits: limits({ count: 60, perMs: MINUTE_MS }),
})

const Channel = z
  .discriminatedUnion('kind', [Webhook, Mail, DingTalk, WeCom, Feishu])
  .superRefine((channel, context) => {
    const oneOf = (key: 'url' | 'secret' | 'password', isNeeded: boolean) => {
      const given = [key, `${key}File`].filter(
        (name) => (channel as Record<string, unknown>)[name] !== undefined,
      )
      if (given.length === 2)
        context.addIssue({ code: 'custom', path: [key], message: `${key} or ${key}File, not both` })
      if (given.length === 0 && isNeeded)
        context.addIssue({ code: 'custom', path: [key], message: `${key} or ${key}File is needed` })
    }
    if (channel.kind === 'mail') oneOf('password', channel.user !== undefined)
    else oneOf('url', true)
    if (channel.kind === 'webhook') oneOf('secret', true)
    if (channel.kind === 'dingtalk' || channel.kind === 'feishu') oneOf('secret', false)
  })

export const ROUTED_EVENTS = [
  'alarm.raised',
  'alarm.acknowledged',
  'alarm.cleared',
  'alarm.escalated',
  'alarm.shelved',
  'alarm.unshelved',
  'alarm.suppressed',
  'alarm.unsuppressed',
  'alarm.latched',
  'alarm.repeated',
  'order.created',
  'order.moved',
  'order.overdue',
  'flood.began',
  'flood.ended',
  'out-of-service.began',
  'out-of-service.ended',
] as const

const Route = z.strictObject({
  channel: Name,
  ...ALARM_KEYS,
  events: z.array(z.enum(ROUTED_EVENTS)).min(1).default(['alarm.raised', 'flood.began', 'flood.ended']).meta({
    description: 'Which events. What else the route asks for does not concern floods.',
  }),
  orderStates: z.array(z.enum(ORDER_STATES)).min(1).optional().meta({
    description:
      'Of work orders: only those that stand in one of these. `reported` with `order.moved`: what was given back and has to be dispatched anew.',
  }),
})

export const NotifyOptions = z.strictObject({
  channels: z.array(Channel).max(50).default([]),
  routes: z.array(Route).max(500).default([]).meta({ description: 'Who is told of what; several may fit.' }),
  escalation: z.array(EscalationPolicy).max(100).default([]).meta({
    description: 'Who else is told as long as nobody acknowledges.',
  }),
  waitingMost: z.int().min(100).default(10_000).meta({
    description: 'Waiting for one channel; of more the oldest are dropped and counted, critical ones last.',
  }),
  triesWhenShut: z.int().min(1).default(12).meta({
    description:
      'A channel that does not know us or has no such address (401, 403, 404, 410) is tried so often for one notification, over about 20 min.',
  }),
})

export type NotifyOptions = z.output<typeof NotifyOptions>

export type ChannelOptions = NotifyOptions['channels'][number]

export type OptionsOf<Kind extends ChannelOptions['kind']> = Extract<ChannelOptions, { kind: Kind }>

export type Limit = z.output<typeof Limits>[number]
