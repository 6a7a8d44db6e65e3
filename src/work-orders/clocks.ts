/**
 * The clocks of a work order, told from its history alone: what counts is how long the order waited, not how
 * often it moved. An order that is given back, or that the readings send back, goes on where its clock stood;
 * on hold it stands still.
 */
import type { Severity } from '../model/alarm.ts'
import { devicesById } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { Site } from '../model/site.ts'
import type { OrderClockName, OrderState, WorkOrder } from '../model/work-order.ts'
import { activityAt, type Schedule, scheduleOf } from '../rules/schedule.ts'
import type { WorkOrdersOptions } from './options.ts'

export type OrderClock = {
  readonly clock: OrderClockName
  readonly limitMs: number
  /**
   * When the limit is, or was, used up; null while the order is on hold, or where its calendar has no working
   * hour ahead.
   */
  readonly dueAt: Instant | null
  /** Null while it runs or is on hold. */
  readonly metAt: Instant | null
  /** How long it had run when it last stopped, ms, in the hours that count. */
  readonly ranMs: number
}

/** Empty where nothing is promised, and for an order that ended without a repair. */
export type ClocksOf = (order: WorkOrder) => readonly OrderClock[]

const UNACCEPTED: readonly OrderState[] = ['reported', 'triaged', 'dispatched']

/** In which states a clock runs. On hold none does. */
const RUNS_IN: Readonly<Record<OrderClockName, readonly OrderState[]>> = {
  acceptance: UNACCEPTED,
  repair: [...UNACCEPTED, 'accepted', 'arrived', 'in-progress'],
}

const WITHOUT_REPAIR: readonly OrderState[] = ['rejected', 'merged', 'cancelled']

type Target = { readonly limitMs: number; readonly schedule?: Schedule | undefined }

export function clocksIn({ targets }: WorkOrdersOptions, site: Site): ClocksOf {
  const devices = devicesById(site.devices)
  const institutions = new Map(site.institutions.map((one) => [one.id, one]))
  const schedules = new Map<string | undefined, Schedule>()
  const workingHours = (device: string): Schedule | undefined => {
    if (!site.calendars?.length) return undefined
    const { calendar } = institutions.get(devices.get(device)?.place.institution ?? '') ?? {}
    const schedule = schedules.get(calendar) ?? scheduleOf({ hours: 'working' }, site, calendar)
    schedules.set(calendar, schedule)
    return schedule
  }
  return (order) => {
    if (WITHOUT_REPAIR.includes(order.state)) return []
    const { acceptMs, repairMs, hours } = targets[order.severity satisfies Severity]
    const schedule = hours === 'working' ? workingHours(order.device) : undefined
    const limits = { acceptance: acceptMs, repair: repairMs }
    return (['acceptance', 'repair'] as const).flatMap((clock) => {
      const limitMs = limits[clock]
      return limitMs === null ? [] : [clockOf(order, clock, { limitMs, schedule })]
    })
  }
}

/** One clock of an order. What is done at the very instant it is due is in time. */
export function clockOf(
  { history }: Pick<WorkOrder, 'history'>,
  clock: OrderClockName,
  { limitMs, schedule }: Target,
): OrderClock {
  let ranMs = 0
  let dueAt: Instant | null = null
  let metAt: Instant | null = null
  let isUsedUp = false
  let since: Instant | undefined
  for (const { at, to } of history) {
    const runs = RUNS_IN[clock].includes(to)
    if (since !== undefined && !runs) {
      isUsedUp = isUsedUp || (dueAt !== null && dueAt < at)
      ranMs += countedMs(since, at, schedule)
      since = undefined
    }
    if (runs) {
      metAt = null
      if (since === undefined) {
        since = at
        if (!isUsedUp) dueAt = countedOn(at, limitMs - ranMs, schedule)
      }
    } else if (to === 'on-hold') {
      if (metAt === null && !isUsedUp) dueAt = null
    } else metAt ??= at
  }
  return { clock, limitMs, dueAt, metAt, ranMs }
}

/** Stretches of a calendar that are walked at most: some ten years of working days. */
const MOST_STRETCHES = 10_000

function countedMs(from: Instant, to: Instant, schedule: Schedule | undefined): number {
  if (!schedule) return to - from
  let sum = 0
  let at = from
  for (let i = 0; at < to && i < MOST_STRETCHES; i++) {
    const stretch = activityAt(schedule, at)
    const end = Math.min(stretch.to, to)
    if (stretch.active) sum += end - at
    at = end
  }
  return sum
}

function countedOn(from: Instant, ms: number, schedule: Schedule | undefined): Instant | null {
  if (!schedule) return from + ms
  let left = ms
  let at = from
  for (let i = 0; i < MOST_STRETCHES; i++) {
    const stretch = activityAt(schedule, at)
    if (stretch.active && stretch.to - at >= left) return at + left
    if (stretch.active) left -= stretch.to - at
    at = stretch.to
  }
  return null
}

export type Promised = { readonly clock: OrderClockName; readonly dueAt: Instant }

/**
 * The clocks that run, with the instants at which they will be used up; one that was told as overdue is told
 * no more.
 */
export const promisedBy = (order: WorkOrder, clocksOf: ClocksOf): readonly Promised[] =>
  clocksOf(order).flatMap(({ clock, dueAt, metAt }) =>
    metAt !== null || dueAt === null || order.overdue?.some((one) => one.clock === clock)
      ? []
      : [{ clock, dueAt }],
  )
