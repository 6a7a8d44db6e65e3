/**
 * What a person reads: one notification in a few lines, several as a digest in which alarms that belong
 * together are one line. Written from what was stored, so every try says the same.
 */
import { type AlarmGroup, groupAlarms, rankOf } from '../alarms/grouping.ts'
import type { Alarm, Because, Severity } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import { phrase } from '../model/phrase.ts'
import { becauseText, ORDER_STATE_WORDS, SEVERITY_WORDS } from '../model/words.ts'
import { EVENT_WORDS, LETTER_WORDS } from '../model/words-notify.ts'
import { ruleName } from '../model/words-rules.ts'
import type { WorkOrder } from '../model/work-order.ts'
import type { StoredEvent } from '../operations/events.ts'
import type { Notification } from '../operations/outbox.ts'
import type { Parcel, Writing } from './channel.ts'

export type Letter = { readonly title: string; readonly lines: readonly string[] }

/** With the word always a shape: colours say nothing to a printer, and robots have none. */
const SHAPES: Readonly<Record<Severity, string>> = { critical: '▲', high: '◆', medium: '●', low: '○' }

export function letterOf({ notifications }: Pick<Parcel, 'notifications'>, writing: Writing): Letter {
  const [only, ...others] = notifications
  return only && others.length === 0 ? single(only.event, writing) : digest(notifications, writing)
}

/** `2026-11-22 10:00:05`, by the site's clock. */
const clockOf = (at: Instant, { instant }: Writing): string => instant(at).slice(0, 19).replace('T', ' ')

const say = (
  key: keyof typeof LETTER_WORDS,
  { language }: Writing,
  figures: Because['figures'] = {},
): string => phrase(LETTER_WORDS[key], language, figures)

const eventName = (kind: string, { language }: Writing): string => EVENT_WORDS[kind]?.[language] ?? kind

const faultOf = ({ rule, fault }: Pick<Alarm, 'rule' | 'fault'>, { language }: Writing): string =>
  ruleName({ id: rule, fault, kind: fault }, language)

const severityOf = (severity: Severity, { language }: Writing): string =>
  `${SHAPES[severity]} ${SEVERITY_WORDS[severity][language]}`

function single(event: StoredEvent, writing: Writing): Letter {
  const name = eventName(event.kind, writing)
  if ('alarm' in event) return aboutAlarm(name, event.alarm, writing)
  if ('order' in event) return aboutOrder(event, writing)
  if ('outOfService' in event) {
    const { kind, id, until, reason, who, ended } = event.outOfService
    const line = ended
      ? say('back', writing, { at: clockOf(ended.at, writing), by: ended.by })
      : say('quiet', writing, { until: clockOf(until, writing), reason, by: who })
    return {
      title: `${name} · ${kind === 'device' ? writing.device(id) : writing.zone(id)}`,
      lines: [line],
    }
  }
  const { seat, since, count, until } = event.flood
  if (until === undefined)
    return { title: `${name} · ${seat}`, lines: [say('flooded', writing, { seat, count })] }
  const figures = { seat, count, since: clockOf(since, writing), until: clockOf(until, writing) }
  return { title: `${name} · ${seat}`, lines: [say('calm', writing, figures)] }
}

function aboutOrder({ kind, order }: Extract<StoredEvent, { order: WorkOrder }>, writing: Writing): Letter {
  const { severity, number, title, state, assignee, device, history } = order
  const last = history.at(-1)
  const isGivenBack = kind === 'order.moved' && last?.to === 'reported' && last.from !== 'reported'
  const name = isGivenBack ? say('givenBack', writing) : eventName(kind, writing)
  return {
    title: `${severityOf(severity, writing)} · ${name} · #${number} · ${writing.device(device)}`,
    lines: [
      say('order', writing, { number: String(number), title }),
      say('state', writing, { state: ORDER_STATE_WORDS[state][writing.language] }),
      ...(assignee === undefined ? [] : [say('assignee', writing, { assignee })]),
      ...(kind === 'order.overdue' ? lateLines(order, writing) : []),
      ...(isGivenBack ? [say('givenBackBy', writing, { by: last.assignee ?? last.by })] : []),
      ...(last?.note === undefined ? [] : [say('note', writing, { note: last.note })]),
      ...(last?.evidence
        ? [say('why', writing, { text: becauseText(last.evidence, writing.language) })]
        : []),
    ],
  }
}

const lateLines = ({ overdue = [] }: WorkOrder, writing: Writing): string[] =>
  overdue.map(({ clock, at }) =>
    say(clock === 'acceptance' ? 'lateAcceptance' : 'lateRepair', writing, { at: clockOf(at, writing) }),
  )

/** Known a minute after it began, it was learnt late: then both are said. */
const LATE_MS = 60_000

function aboutAlarm(name: string, alarm: Alarm, writing: Writing): Letter {
  const { severity, device, place, because, raisedAt, learnedAt, clearedAt, acknowledged, escalated } = alarm
  const at = (instant: Instant) => ({ at: clockOf(instant, writing) })
  const { step, of } = escalated ?? { step: 0, of: 0 }
  return {
    title: `${severityOf(severity, writing)} · ${name} · ${faultOf(alarm, writing)} · ${writing.device(device)}`,
    lines: [
      ...(escalated && !acknowledged ? [say('step', writing, { step, of })] : []),
      say('where', writing, { place: writing.place(place) }),
      say('why', writing, { text: becauseText(because, writing.language) }),
      say('since', writing, at(raisedAt)),
      ...(learnedAt - raisedAt > LATE_MS ? [say('learnt', writing, at(learnedAt))] : []),
      ...(clearedAt === undefined ? [] : [say('cleared', writing, at(clearedAt))]),
      ...(acknowledged
        ? [say('acknowledged', writing, { by: acknowledged.by, ...at(acknowledged.at) })]
        : []),
      ...(acknowledged?.note ? [say('note', writing, { note: acknowledged.note })] : []),
    ],
  }
}

function digest(notifications: readonly Notification[], writing: Writing): Letter {
  const told = (kinds: readonly string[]) =>
    notifications.flatMap(({ event }) =>
      'alarm' in event && kinds.includes(event.kind) ? [event.alarm] : [],
    )
  const worst = notifications
    .flatMap(({ severity }) => severity ?? [])
    .toSorted((a, b) => rankOf(a) - rankOf(b))[0]
  const title = [
    ...(worst ? [severityOf(worst, writing)] : []),
    say('digest', writing, { count: notifications.length }),
    writing.site,
  ].join(' · ')
  const floods = notifications.flatMap(({ event }) => ('flood' in event ? single(event, writing).lines : []))
  const waiting = told(['alarm.escalated']).map((alarm) => headOf('alarm.escalated', alarm, writing))
  const groups = groupAlarms(told(['alarm.raised'])).map((group) => groupLine(group, writing))
  const others = Map.groupBy(
    notifications.filter(
      ({ event: { kind } }) =>
        !kind.startsWith('flood.') && kind !== 'alarm.raised' && kind !== 'alarm.escalated',
    ),
    ({ event }) => event.kind,
  )
  const counts = [...others].map(([kind, { length }]) =>
    say('other', writing, { event: eventName(kind, writing), count: length }),
  )
  return { title, lines: [...floods, ...waiting, ...groups, ...counts] }
}

const headOf = (kind: string, alarm: Alarm, writing: Writing): string =>
  aboutAlarm(eventName(kind, writing), alarm, writing).title

function groupLine(group: AlarmGroup, writing: Writing): string {
  const { severity, place, count, firstAt, lastAt } = group
  const figures = {
    fault: faultOf(group, writing),
    place: writing.place(place),
    count,
    from: clockOf(firstAt, writing),
    to: clockOf(lastAt, writing),
  }
  return `${severityOf(severity, writing)} · ${say('group', writing, figures)}`
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** What sets lines and the title apart, bytes at the most. */
const BETWEEN = 6

/**
 * As many lines as fit; where some do not, the last one says how many. `written` is how a line stands in the
 * message: what makes names harmless makes them longer.
 */
export function fitted(
  { title, lines }: Letter,
  mostBytes: number,
  writing: Writing,
  written: (line: string) => string = (line) => line,
): Letter {
  const sizeOf = (line: string) => bytesOf(written(line)) + BETWEEN
  const more = (count: number) => say('more', writing, { count })
  const shortTitle = cut(title, Math.floor(mostBytes / 3))
  let left = mostBytes - sizeOf(shortTitle)
  const kept: string[] = []
  for (const [i, whole] of lines.entries()) {
    const line = cut(whole, Math.floor(mostBytes / 3))
    const isLast = i === lines.length - 1
    if (sizeOf(line) + (isLast ? 0 : sizeOf(more(lines.length))) > left) {
      return { title: shortTitle, lines: [...kept, more(lines.length - i)] }
    }
    kept.push(line)
    left -= sizeOf(line)
  }
  return { title: shortTitle, lines: kept }
}

/** By whole characters. */
function cut(text: string, mostBytes: number): string {
  if (bytesOf(text) <= mostBytes) return text
  let [kept, size] = ['', 3]
  for (const character of text) {
    size += bytesOf(character)
    if (size > mostBytes) break
    kept += character
  }
  return `${kept}…`
}
