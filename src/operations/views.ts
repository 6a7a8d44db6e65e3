/**
 * Alarms and orders as the outer contract shows them, the same for a route and for the live
 * stream. Codes and figures are kept; the words are chosen here, at the moment of reading.
 */
import type { OutOfService } from '../alarms/suppression.ts'
import type { Alarm, Because, Repeats, Suppression } from '../model/alarm.ts'
import type { Place } from '../model/device.ts'
import type { Language } from '../model/errors.ts'
import type { Flood } from '../model/flood.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import { becauseText } from '../model/words.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import { awaited } from '../work-orders/awaits.ts'
import type { ClocksOf, OrderClock } from '../work-orders/clocks.ts'
import { nextStates } from '../work-orders/lifecycle.ts'

/** How a reader sees the words and the clock: the language of the request, the site's zone. */
export type Reader = {
  readonly language: Language
  readonly instant: (at: Instant) => string
  /** Where an order has to be done; without it nobody is told. */
  readonly whereOf?: WhereOf
  /** Where this reader may move an order; without it, where anybody may. */
  readonly movesOf?: (order: WorkOrder) => readonly OrderState[]
  /** The clocks of an order; without it none are told. */
  readonly clocksOf?: ClocksOf
  /** Who reads, by name: what they did themselves they are told as such. */
  readonly name?: string
}

/** By device; undefined where the site no longer has it. */
export type WhereOf = (device: DeviceId) => { readonly name: string; readonly place: Place } | undefined

const becauseView = (because: Because, language: Language) => ({
  code: because.code,
  figures: because.figures,
  text: becauseText(because, language),
})

function suppressionView(suppression: Suppression, instant: Reader['instant']) {
  const at = instant(suppression.at)
  if (suppression.by === 'parent') return { by: suppression.by, at, parent: suppression.parent }
  const { by, until, reason, who, oneShot = false } = suppression
  return { by, at, until: instant(until), reason, who, oneShot }
}

export function alarmView(alarm: Alarm, { language, instant }: Reader) {
  const { id, rule, fault, subject, device, place, severity, state, acknowledged } = alarm
  return {
    id,
    rule,
    fault,
    subject,
    device,
    place,
    severity,
    state,
    raisedAt: instant(alarm.raisedAt),
    learnedAt: instant(alarm.learnedAt),
    ...(acknowledged && {
      acknowledged: { ...acknowledged, at: instant(acknowledged.at) },
    }),
    clearedAt: alarm.clearedAt === undefined ? null : instant(alarm.clearedAt),
    because: becauseView(alarm.because, language),
    clearedBecause: alarm.clearedBecause ? becauseView(alarm.clearedBecause, language) : null,
    ...(alarm.returnedAt !== undefined && { returnedAt: instant(alarm.returnedAt) }),
    ...(alarm.latching && { latching: true }),
    ...(alarm.neverShelve && { neverShelve: true }),
    suppression: alarm.suppression ? suppressionView(alarm.suppression, instant) : null,
    ...(alarm.suppresses !== undefined && { suppresses: alarm.suppresses }),
    ...(alarm.escalated && { escalated: { ...alarm.escalated, at: instant(alarm.escalated.at) } }),
    order: alarm.order ?? null,
    repeats: alarm.repeats ? repeatsView(alarm.repeats, instant) : null,
    ...(alarm.repeatOf !== undefined && { repeatOf: alarm.repeatOf }),
  }
}

const repeatsView = ({ count, firstAt, lastAt }: Repeats, instant: Reader['instant']) => ({
  count,
  firstAt: instant(firstAt),
  lastAt: instant(lastAt),
})

export const floodView = ({ seat, since, until, count }: Flood, { instant }: Reader) => ({
  seat,
  since: instant(since),
  until: until === undefined ? null : instant(until),
  count,
})

export const outOfServiceView = (
  {
    kind,
    id,
    at,
    until,
    reason,
    who,
    ended,
  }: OutOfService & { readonly ended?: { readonly at: Instant; readonly by: string } },
  { instant }: Pick<Reader, 'instant'>,
) => ({
  kind,
  id,
  at: instant(at),
  until: instant(until),
  reason,
  who,
  ...(ended && { ended: { at: instant(ended.at), by: ended.by } }),
})

/** Overdue: done too late, or told as overdue while it ran. */
function clockView(
  { clock, limitMs, dueAt, metAt }: OrderClock,
  order: WorkOrder,
  instant: Reader['instant'],
) {
  const wasTold = order.overdue?.some((one) => one.clock === clock) ?? false
  return {
    clock,
    limitMs,
    dueAt: dueAt === null ? null : instant(dueAt),
    metAt: metAt === null ? null : instant(metAt),
    overdue: wasTold || (metAt !== null && dueAt !== null && metAt > dueAt),
  }
}

export function orderView(
  order: WorkOrder,
  { language, instant, whereOf, movesOf = nextStates, clocksOf, name }: Reader,
) {
  const { id, number, kind, fault, subject, device, occurrences, severity, state, version, title } = order
  const { verification } = order
  const awaits = awaited(order, name)
  return {
    id,
    number,
    kind,
    fault,
    subject,
    device,
    occurrences,
    severity,
    state,
    assignee: order.assignee ?? null,
    version,
    title,
    createdAt: instant(order.createdAt),
    history: order.history.map(({ at, by, from, to, note, assignee, evidence }) => ({
      at: instant(at),
      by,
      from: from ?? null,
      to,
      ...(note !== undefined && { note }),
      ...(assignee !== undefined && { assignee }),
      ...(evidence && { evidence: becauseView(evidence, language) }),
    })),
    verification: {
      state: verification.state,
      since: verification.since === undefined ? null : instant(verification.since),
      until: verification.until === undefined ? null : instant(verification.until),
      because: verification.because ? becauseView(verification.because, language) : null,
    },
    clocks: (clocksOf?.(order) ?? []).map((clock) => clockView(clock, order, instant)),
    recurrenceOf: order.recurrenceOf ?? null,
    where: whereOf?.(device) ?? null,
    next: movesOf(order),
    awaits: awaits ? becauseView(awaits, language) : null,
  }
}
