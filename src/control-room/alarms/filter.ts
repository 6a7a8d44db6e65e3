/** Which alarms the wall shows and in which order; all of it is in the address. */

import { SEVERITIES, type Severity } from '../../model/alarm.ts'
import type { Alarm } from '../api/types.ts'
import { overSinceMs } from '../live/merge.ts'
import { gatewayNow } from '../live/status.ts'
import { finds } from '../parts/find.ts'
import type { Names } from '../parts/names.ts'

export const VIEWS = ['open', 'unacknowledged', 'active', 'suppressed', 'past'] as const

export type Filter = {
  readonly view: (typeof VIEWS)[number]
  readonly severity: Severity | null
  /** Both as a line of a flood names them: the alarms of one rule in one building, else institution. */
  readonly rule: string | null
  readonly place: string | null
  readonly text: string
  /** Of the history: first and last day, both included; empty: whatever is newest. */
  readonly first: string
  readonly last: string
  readonly sort: 'severity' | 'newest'
}

export function filterOf(asked: URLSearchParams): Filter {
  return {
    view: VIEWS.find((view) => view === asked.get('state')) ?? 'open',
    severity: SEVERITIES.find((severity) => severity === asked.get('severity')) ?? null,
    rule: asked.get('rule'),
    place: asked.get('place'),
    text: asked.get('q') ?? '',
    first: asked.get('from') ?? '',
    last: asked.get('to') ?? '',
    sort: asked.get('sort') === 'newest' ? 'newest' : 'severity',
  }
}

/** It has a claim on somebody: what is shelved, out of service or behind a dead parent has none for now. */
export const rings = ({ suppression }: Alarm): boolean => !suppression

export function unacknowledged({ state, suppression }: Alarm): boolean {
  return !suppression && (state === 'active-unacknowledged' || state === 'cleared-unacknowledged')
}

/** Over, it is listed only as long as its shelf covers what comes next. */
const isQuiet = ({ suppression, state }: Alarm): boolean =>
  !!suppression &&
  (state !== 'cleared' || (suppression.by === 'shelved' && Date.parse(suppression.until) > gatewayNow()))

/** One that is over stays as long as somebody may still look for it, and fades. */
const FADING_MS = 5 * 60_000

const WANTED: Readonly<Record<Filter['view'], (alarm: Alarm, now: number) => boolean>> = {
  open: (alarm, now) => rings(alarm) && overSinceMs(alarm, now) < FADING_MS,
  unacknowledged,
  active: (alarm) =>
    rings(alarm) && (alarm.state === 'active-unacknowledged' || alarm.state === 'active-acknowledged'),
  suppressed: isQuiet,
  past: () => true,
}

/** The building, else the institution: what a flood is grouped by. */
export const broadPlace = ({ building, institution }: Alarm['place']): string => building ?? institution

/** By severity and then newest first; acknowledging changes neither, so no row jumps. */
export function chosen(alarms: readonly Alarm[], filter: Filter, names: Names, now: number): Alarm[] {
  const found = finds(filter.text)
  const kept = alarms.filter((alarm) => {
    if (!WANTED[filter.view](alarm, now)) return false
    if (filter.severity && alarm.severity !== filter.severity) return false
    const { rule, device, place } = alarm
    if (filter.rule !== null && rule !== filter.rule) return false
    if (filter.place !== null && broadPlace(place) !== filter.place) return false
    return found(names.rule(rule), names.device(device), names.place(place), device)
  })
  const byTime = filter.sort === 'newest' || filter.view === 'past'
  return kept
    .map((alarm) => ({
      alarm,
      rank: byTime ? 0 : SEVERITIES.indexOf(alarm.severity),
      at: Date.parse(alarm.raisedAt), // once: a flood is sorted with each frame
    }))
    .sort((one, other) => one.rank - other.rank || other.at - one.at)
    .map(({ alarm }) => alarm)
}
