/**
 * Whether an active alarm rings, asked again whenever something that keeps alarms from ringing begins or ends. The
 * room of alarms decides; here it is looked up, written down and told, for a person's act and for a commit alike.
 */
import { isActive, next } from '../alarms/lifecycle.ts'
import {
  type Kinship,
  ORDERS_WHILE,
  type OutOfService,
  type Shelf,
  suppressionIn,
} from '../alarms/suppression.ts'
import type { Alarm, Suppression } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Readings } from '../model/reading-columns.ts'
import { GATEWAY } from '../model/work-order.ts'
import { type AlarmRow, alarmRow, writeAlarm } from './alarm-book.ts'
import { alarmRaised, alarmReleased, alarmSuppressed, serviceEnded } from './events.ts'
import { fileUnderOrder, type TitleOf } from './fault-orders.ts'
import * as quiet from './quiet-book.ts'
import type { Write } from './store.ts'

export type RingingParts = {
  readonly titleOf: TitleOf
  readonly kin: Kinship
  /** Once a parent is heard again: how long its children have to be heard too. */
  readonly settleMs: number
}

export interface Ringing {
  /** What keeps an alarm from ringing that is about to be raised. */
  suppressionOf(row: Pick<AlarmRow, 'alarm' | 'woken'>): Promise<Suppression | undefined>
  /** A suppressed alarm was raised: its shelf is found by it from now on, its parent counts it. */
  noteRaised(alarm: Alarm): Promise<void>
  /** An alarm was raised whose subject's children cannot be heard since then: that they are missed is its doing. */
  parentDied(alarm: Alarm, since: Instant): Promise<void>
  /** The condition of an alarm is over, and the alarm itself unless it is latched. */
  ended(alarm: Alarm, at: Instant): Promise<void>
  /** Whoever speaks behind a dead parent is judged as any other. Whether anybody did. */
  heard(readings: Readings, at: Instant): Promise<boolean>
  /** What ends by itself, ends. Whether anything did. */
  passTime(at: Instant): Promise<boolean>
  /** Asks again whether it rings. */
  review(row: AlarmRow, at: Instant): Promise<void>
  endShelf(shelf: Shelf, at: Instant, by: string): Promise<void>
  endService(service: OutOfService, at: Instant, by: string): Promise<void>
}

export function ringing(
  { db: tx, emit, audit }: Pick<Write, 'db' | 'emit' | 'audit'>,
  { titleOf, kin, settleMs }: RingingParts,
): Ringing {
  /** Asked once for many findings; forgotten when it may have changed. */
  let endsNext: { readonly at: Instant } | undefined

  const suppressionOf: Ringing['suppressionOf'] = async (row) =>
    suppressionIn(await quiet.inForceFor(tx, row, kin.parentsOf), row.alarm)

  async function countOn(parent: string): Promise<void> {
    const row = await alarmRow(tx, parent)
    if (row)
      await writeAlarm(tx, { ...row, alarm: { ...row.alarm, suppresses: (row.alarm.suppresses ?? 0) + 1 } })
  }

  async function suppress(row: AlarmRow, suppression: Suppression): Promise<void> {
    const alarm = next(row.alarm, { is: 'suppress', suppression })
    if (alarm === row.alarm) return
    await writeAlarm(tx, { ...row, alarm, announceAt: null })
    if (suppression.by === 'parent') await countOn(suppression.parent)
    emit(alarmSuppressed(alarm))
  }

  async function release(row: AlarmRow, from: Suppression, at: Instant): Promise<void> {
    const alarm = next(row.alarm, { is: 'release', at })
    const filed =
      alarm.order === undefined && isActive(alarm) && alarm.returnedAt === undefined
        ? await fileUnderOrder(tx, { ...row, alarm, opens: row.owesOrder, titleOf, at })
        : undefined
    // Who had answered it before is not asked again.
    const rings = alarm.state === 'active-unacknowledged'
    const { rangAt = at } = alarm
    const told = { ...alarm, ...(filed && { order: filed.order.id }), ...(rings && { rangAt }) }
    await writeAlarm(tx, { ...row, alarm: told, announceAt: null })
    emit(alarmReleased(told, from.by))
    if (rings) emit(alarmRaised(told, at))
    for (const news of filed?.news ?? []) emit(news)
  }

  const review: Ringing['review'] = async (row, at) => {
    if (!isActive(row.alarm)) return
    const wanted = await suppressionOf(row)
    if (wanted) await suppress(row, wanted)
    else if (row.alarm.suppression) await release(row, row.alarm.suppression, at)
  }

  const reviewAll = async (rows: readonly AlarmRow[], at: Instant) => {
    for (const { alarm } of rows) {
      const row = await alarmRow(tx, alarm.id) // an earlier one may have counted on it
      if (row) await review(row, at)
    }
  }

  const endShelf: Ringing['endShelf'] = async (shelf, at, by) => {
    await quiet.takeShelf(tx, shelf)
    const { subject, rule, until, alarm } = shelf
    audit({ by, action: 'alarm.unshelved', subject: alarm, details: { subject, rule, until } })
    await reviewAll(await quiet.activeUnder(tx, shelf), at)
    const named = await alarmRow(tx, alarm)
    if (!named || isActive(named.alarm)) return
    const over = next(named.alarm, { is: 'release', at })
    await writeAlarm(tx, { ...named, alarm: over })
    emit(alarmReleased(over, 'shelved'))
  }

  const endService: Ringing['endService'] = async (service, at, by) => {
    await quiet.takeOutOfService(tx, service)
    const { kind, id, until } = service
    audit({ by, action: 'service.ended', subject: id, details: { kind, until } })
    emit(serviceEnded(service, { at, by }))
    await reviewAll(await quiet.activeOn(tx, service), at)
  }

  return {
    suppressionOf,
    review,
    endShelf,
    endService,

    async noteRaised(alarm) {
      const shelf = await quiet.shelfCovering(tx, alarm)
      if (shelf) await quiet.putShelf(tx, { ...shelf, alarm: alarm.id })
      if (alarm.suppression?.by === 'parent') await countOn(alarm.suppression.parent)
    },

    async parentDied({ id, subject, raisedAt }, since) {
      await quiet.putDeadParent(tx, { alarm: id, subject, at: raisedAt, since })
      await reviewAll(await quiet.wokenSince(tx, kin.childrenOf(subject), since), raisedAt)
    },

    async ended(alarm, at) {
      const shelf = isActive(alarm) ? undefined : await quiet.shelfCovering(tx, alarm)
      if (shelf?.oneShot) await endShelf(shelf, at, GATEWAY)
      await quiet.settleDeadParent(tx, alarm.id, at + settleMs)
      endsNext = undefined
    },

    async heard(readings, at) {
      const dead = readings.length > 0 ? await quiet.deadParents(tx) : []
      if (dead.length === 0) return false
      let anybody = false
      for (const device of new Set(Array.from(readings, (reading) => reading.device))) {
        const parents = kin.parentsOf(device)
        let isNews = false
        for (const { alarm, subject } of dead) {
          if (!parents.includes(subject) || (await quiet.isHeardBehind(tx, alarm, device))) continue
          await quiet.noteHeardBehind(tx, alarm, device)
          isNews = true
        }
        if (isNews) await reviewAll(await quiet.wokenSince(tx, [device], 0), at)
        anybody ||= isNews
      }
      return anybody
    },

    async passTime(at) {
      endsNext ??= { at: (await quiet.nextEnd(tx)) ?? Number.POSITIVE_INFINITY }
      if (at < endsNext.at) return false
      for (const shelf of await quiet.endedShelves(tx, at)) await endShelf(shelf, at, GATEWAY)
      for (const service of await quiet.endedServices(tx, at)) await endService(service, at, GATEWAY)
      for (const parent of await quiet.settledParents(tx, at)) {
        await quiet.takeDeadParent(tx, parent)
        await reviewAll(await quiet.suppressedBy(tx, parent), at)
      }
      endsNext = undefined
      return true
    },
  }
}

/** May it open or join an order now, as it is raised? */
export const filesOrder = (suppression: Suppression | undefined): { files: boolean; opens: boolean } => ({
  files: suppression === undefined || ORDERS_WHILE[suppression.by] === 'joins',
  opens: suppression === undefined,
})
