/**
 * The nouns as an API client sees them: the words of the contract, instants as text in the
 * site's zone. Routes and the live stream send the same shapes, and the page builds its types from them.
 */
import * as z from 'zod'
import { OUT_OF_SERVICE_KINDS } from '../alarms/suppression.ts'
import { ALARM_STATES, SEVERITIES } from '../model/alarm.ts'
import { FAMILIES } from '../model/device.ts'
import { ORDER_CLOCKS, ORDER_KINDS, ORDER_STATES, VERIFICATION_STATES } from '../model/work-order.ts'

/** An array that nobody here changes; the bare schema would ask for a mutable one. */
export const listOf = <Item extends z.ZodType>(item: Item): z.ZodType<readonly z.output<Item>[]> =>
  z.array(item)

export const InstantText = z
  .string()
  .meta({ format: 'date-time', description: "ISO 8601 with the offset of the site's zone" })

export const Value = z.union([z.number(), z.string(), z.boolean()])

export const Problem = z
  .looseObject({
    type: z.string().meta({ description: '`urn:gatehouse:error:<code>`' }),
    title: z.string().meta({ description: 'For people, in the language of the request' }),
    status: z.int(),
    code: z.string().meta({ description: 'Never changes with the language; docs/errors.md lists them all' }),
    detail: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Each wrong input by its place' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' })

export const Place = z
  .object({ institution: z.string(), building: z.string().optional(), zone: z.string().optional() })
  .meta({ id: 'Place', description: 'Ids of the site' })

export const Because = z
  .object({
    code: z.string(),
    figures: z.record(z.string(), Value),
    text: z.string().meta({ description: 'In the language of the request' }),
  })
  .meta({ id: 'Because' })

export const Latest = z
  .object({
    value: Value,
    unit: z.string().nullable(),
    at: InstantText,
    quality: z.enum(['good', 'uncertain', 'bad']),
  })
  .meta({ id: 'Latest' })

export const DEVICE_STATUSES = ['online', 'silent', 'never-seen'] as const

export const Device = z
  .object({
    id: z.string(),
    name: z.string(),
    family: z.enum(FAMILIES),
    profile: z.string(),
    place: Place,
    position: z
      .object({ lat: z.number(), lon: z.number() })
      .optional()
      .meta({ description: 'WGS 84; where it is fixed' }),
    reportsEveryMs: z
      .number()
      .nullable()
      .meta({ description: 'How often it is expected to be heard; null where it speaks only on events' }),
    status: z.enum(DEVICE_STATUSES),
    lastSeenAt: InstantText.nullable(),
    latest: z.record(z.string(), Latest),
  })
  .meta({ id: 'Device' })

export const Suppression = z
  .discriminatedUnion('by', [
    z.object({
      by: z.enum(['shelved', 'out-of-service']),
      at: InstantText,
      until: InstantText.meta({ description: 'It ends by itself then' }),
      reason: z.string(),
      who: z.string(),
      oneShot: z.boolean().meta({ description: 'A shelf that ends with the alarm' }),
    }),
    z.object({
      by: z.literal('parent'),
      at: InstantText,
      parent: z.string().meta({ description: 'The alarm of the parent, which rings for both' }),
    }),
  ])
  .meta({ id: 'Suppression', description: 'Why it does not ring' })

export const Alarm = z
  .object({
    id: z.string(),
    rule: z.string(),
    fault: z.string(),
    subject: z.string(),
    device: z.string(),
    place: Place,
    severity: z.enum(SEVERITIES),
    state: z.enum(ALARM_STATES),
    raisedAt: InstantText,
    learnedAt: InstantText,
    acknowledged: z.object({ at: InstantText, by: z.string(), note: z.string().optional() }).optional(),
    clearedAt: InstantText.nullable(),
    latching: z.boolean().optional().meta({ description: 'It stays active until a person resets it' }),
    returnedAt: InstantText.optional().meta({
      description: 'Its condition is over since; it is only latched',
    }),
    neverShelve: z.boolean().optional().meta({ description: 'Nothing keeps it from ringing' }),
    suppression: Suppression.nullable().meta({
      description: 'It does not ring; where it is cleared: it ended without ringing',
    }),
    suppresses: z
      .int()
      .optional()
      .meta({ description: 'How many alarms it has kept from ringing, of what is heard through it' }),
    because: Because,
    clearedBecause: Because.nullable().meta({
      description:
        'Why its condition is over, as the rule said then; null while it holds, or where no rule said so',
    }),
    escalated: z
      .object({ at: InstantText, policy: z.string(), step: z.int(), of: z.int() })
      .optional()
      .meta({ description: 'Nobody had acknowledged it in time: the step that was taken last' }),
    order: z.string().nullable(),
    repeats: z.object({ count: z.int(), firstAt: InstantText, lastAt: InstantText }).nullable().meta({
      description:
        'It stands for so many later alarms of its rule and subject that nobody answered either, raised from `firstAt` to `lastAt`',
    }),
    repeatOf: z.string().optional().meta({
      description: 'The alarm that stands for it: whoever answers that one has answered this one',
    }),
  })
  .meta({ id: 'Alarm' })

export const Flood = z
  .object({
    seat: z.string(),
    since: InstantText,
    until: InstantText.nullable(),
    count: z.int().meta({ description: 'Alarms so far, with the ten before its beginning' }),
  })
  .meta({ id: 'Flood', description: 'More than 10 alarms in 10 min on one seat, until fewer than 5' })

export const OutOfService = z
  .object({
    kind: z.enum(OUT_OF_SERVICE_KINDS),
    id: z.string(),
    at: InstantText,
    until: InstantText,
    reason: z.string(),
    who: z.string(),
    ended: z
      .object({ at: InstantText, by: z.string() })
      .optional()
      .meta({ description: 'Only in the event of its end; `gateway` where it ended by itself' }),
  })
  .meta({ id: 'OutOfService', description: 'Readings are kept, alarms are recorded and do not ring' })

export const OrderState = z.enum(ORDER_STATES).meta({ id: 'OrderState' })

export const WorkOrder = z
  .object({
    id: z.string(),
    number: z.int(),
    kind: z.enum(ORDER_KINDS),
    fault: z.string(),
    subject: z.string(),
    device: z.string(),
    occurrences: listOf(z.string()).meta({ description: 'Alarm ids, oldest first' }),
    severity: z.enum(SEVERITIES),
    state: OrderState,
    assignee: z.string().nullable(),
    version: z.int(),
    title: z.string(),
    createdAt: InstantText,
    history: listOf(
      z.object({
        at: InstantText,
        by: z.string(),
        from: OrderState.nullable(),
        to: OrderState,
        note: z.string().optional(),
        assignee: z
          .string()
          .optional()
          .meta({ description: 'To whom it was given (`dispatched`), or who gave it back (`reported`)' }),
        evidence: Because.optional(),
      }),
    ),
    verification: z.object({
      state: z.enum(VERIFICATION_STATES),
      since: InstantText.nullable(),
      until: InstantText.nullable(),
      because: Because.nullable(),
    }),
    clocks: listOf(
      z.object({
        clock: z.enum(ORDER_CLOCKS),
        limitMs: z.int(),
        dueAt: InstantText.nullable().meta({
          description: 'When the time is, or was, used up; null while the order is on hold',
        }),
        metAt: InstantText.nullable().meta({ description: 'Accepted, or done; null while it is not' }),
        overdue: z.boolean().meta({ description: 'It was not done in time, whatever came after' }),
      }),
    ).meta({
      description:
        'What was promised: that it is accepted, and repaired, in time. Empty where nothing is, and for an order that ended without a repair',
    }),
    recurrenceOf: z.string().nullable().meta({
      description:
        'Id of the order of the same fault that was closed at most 30 days before: that repair did not last',
    }),
    where: z.object({ name: z.string(), place: Place }).nullable().meta({
      description: 'Name and place of the device, for whoever may not read devices; null where it is gone',
    }),
    next: listOf(OrderState).meta({ description: 'Where whoever asks may move it from here' }),
    awaits: Because.nullable().meta({
      description: 'What it waits for, and of whom, as whoever asks is told it; null once it has ended',
    }),
  })
  .meta({ id: 'WorkOrder' })

export const Link = z
  .object({
    source: z.string(),
    state: z.enum(['connecting', 'up', 'down', 'refused']),
    since: InstantText,
    detail: z.string().optional(),
  })
  .meta({ id: 'Link' })

export type ProblemBody = z.infer<typeof Problem>
export type DeviceBody = z.infer<typeof Device>
export type LinkBody = z.infer<typeof Link>
