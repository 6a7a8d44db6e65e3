/**
 * A flood in lines that a person can take in: alarms that fell together, by what stands over them where that
 * is known, else by rule and place. Worst first, then the most; nothing is left out, so the counts add up.
 */
import { type Alarm, SEVERITIES, type Severity } from '../model/alarm.ts'
import type { Place } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'

export type Grouped = Pick<Alarm, 'id' | 'rule' | 'fault' | 'device' | 'place' | 'severity' | 'raisedAt'>

export type AlarmGroup = {
  /** The device that stands over all of them; absent where they are grouped by rule and place. */
  readonly parent?: string
  readonly rule: string
  readonly fault: string
  /** Without the zone: a flood in one building is one line. */
  readonly place: Omit<Place, 'zone'>
  /** The worst among them. */
  readonly severity: Severity
  readonly count: number
  readonly devices: number
  readonly firstAt: Instant
  readonly lastAt: Instant
  /** The oldest of the worst: where a person would begin. */
  readonly alarm: string
}

/** Smaller is worse. */
export const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity)

const byUrgency = (a: Grouped, b: Grouped) =>
  rankOf(a.severity) - rankOf(b.severity) || a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1)

export function groupAlarms(
  alarms: readonly Grouped[],
  parentOf: (alarm: Grouped) => string | undefined = () => undefined,
): readonly AlarmGroup[] {
  const keyOf = (alarm: Grouped) => {
    const { institution, building = '' } = alarm.place
    return JSON.stringify([parentOf(alarm) ?? null, alarm.rule, institution, building])
  }
  const groups = [...Map.groupBy(alarms, keyOf).values()].map((members): AlarmGroup => {
    const first = members.toSorted(byUrgency)[0] as Grouped // a group has at least one
    const { rule, fault, severity, place, id } = first
    const { institution, building } = place
    const parent = parentOf(first)
    const instants = members.map(({ raisedAt }) => raisedAt)
    return {
      ...(parent !== undefined && { parent }),
      rule,
      fault,
      severity,
      alarm: id,
      count: members.length,
      place: building === undefined ? { institution } : { institution, building },
      devices: new Set(members.map(({ device }) => device)).size,
      firstAt: instants.reduce((least, at) => Math.min(least, at)),
      lastAt: instants.reduce((most, at) => Math.max(most, at)),
    }
  })
  return groups.toSorted(
    (a, b) => rankOf(a.severity) - rankOf(b.severity) || b.count - a.count || a.firstAt - b.firstAt,
  )
}
