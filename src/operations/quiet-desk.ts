/** What a person may do against ringing: shelve, take out of service, and the way back; and let a latched alarm go. */
import { isActive, next } from '../alarms/lifecycle.ts'
import type { AlarmsOptions } from '../alarms/options.ts'
import { type Duration, type Granted, serviceFor, shelfFor } from '../alarms/quiet.ts'
import type { OutOfService, Serviced, Shelf } from '../alarms/suppression.ts'
import type { Alarm } from '../model/alarm.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant } from '../model/instant.ts'
import { said } from '../model/refusal.ts'
import { alarmRow, writeAlarm } from './alarm-book.ts'
import { alarmCleared, alarmSuppressed, serviceTaken } from './events.ts'
import * as quiet from './quiet-book.ts'
import { type RingingParts, ringing } from './ringing.ts'
import type { Mover } from './roles.ts'
import type { Write } from './store.ts'

export type Shelving = Duration & {
  /** It ends with the alarm, at that instant at the latest. */
  readonly oneShot?: boolean | undefined
  readonly reason: string
}

export interface QuietDesk {
  /**
   * Covers whatever the alarm's rule finds in its subject until it ends; an earlier shelf is replaced. Throws
   * `not-found`, `never-shelved`, or `quiet-too-long` with `details.latest`.
   */
  shelve(alarm: string, shelving: Shelving, by: Mover): Promise<Alarm>
  /** Where nothing is shelved: the alarm as it is. Throws `not-found`. */
  unshelve(alarm: string, by: Mover): Promise<Alarm>
  /** Again: the same alarm. Throws `not-found`, or `alarm-holds` where its condition is not over. */
  reset(alarm: string, by: Mover, note?: string): Promise<Alarm>
  /** An earlier one is replaced. Throws `quiet-too-long`. */
  takeOutOfService(
    what: Serviced,
    service: { until: Instant; reason: string },
    by: Mover,
  ): Promise<OutOfService>
  /** Throws `not-found` where it is in service. */
  putBackInService(what: Serviced, by: Mover): Promise<void>
}

export type QuietParts = {
  readonly clock: Clock
  readonly limits: Pick<AlarmsOptions, 'shelving' | 'outOfService'>
  readonly ringing: RingingParts
  /** A person's act, in its place among the commits. */
  act<T>(task: (transaction: Write) => Promise<T>): Promise<T>
}

export function quietDesk({ clock, limits, ringing: parts, act }: QuietParts): QuietDesk {
  return {
    shelve: (id, { oneShot, reason, ...asked }, by) =>
      act(async (transaction) => {
        const { db: tx, emit, audit } = transaction
        const { alarm } = await foundAlarm(transaction, id)
        const at = clock.now()
        const until = untilGranted(shelfFor(alarm, asked, at, limits.shelving))
        const { subject, rule } = alarm
        const covers = { subject, rule, alarm: id, at, until, reason, who: by.name }
        const shelf: Shelf = oneShot ? { ...covers, oneShot } : covers
        await quiet.putShelf(tx, shelf)
        audit({
          by: by.name,
          action: 'alarm.shelved',
          subject: id,
          details: { subject, rule, until, reason, oneShot: oneShot === true },
        })
        const ring = ringing(transaction, parts)
        for (const row of await quiet.activeUnder(tx, shelf)) await ring.review(row, at)
        const row = await foundAlarm(transaction, id)
        if (isActive(row.alarm)) return row.alarm
        // Over already: it is where people find the shelf.
        const { subject: _, rule: __, alarm: ___, ...words } = shelf
        const marked = next(row.alarm, { is: 'suppress', suppression: { by: 'shelved', ...words } })
        await writeAlarm(tx, { ...row, alarm: marked, announceAt: null })
        emit(alarmSuppressed(marked))
        return marked
      }),

    unshelve: (id, by) =>
      act(async (transaction) => {
        const { alarm } = await foundAlarm(transaction, id)
        const shelf = await quiet.shelfCovering(transaction.db, alarm)
        if (!shelf) return alarm
        await ringing(transaction, parts).endShelf(shelf, clock.now(), by.name)
        return (await foundAlarm(transaction, id)).alarm
      }),

    reset: (id, by, note) =>
      act(async (transaction) => {
        const { db: tx, emit, audit } = transaction
        const row = await foundAlarm(transaction, id)
        const at = clock.now()
        const deed = { is: 'reset', at, by: by.name } as const
        const alarm = next(row.alarm, note === undefined ? deed : { ...deed, note })
        if (alarm === row.alarm) {
          if (isActive(alarm)) throw new GatehouseError('alarm-holds', said('alarm-holds', { alarm: id }))
          return alarm
        }
        await writeAlarm(tx, { ...row, alarm, announceAt: null })
        emit(alarmCleared(alarm))
        audit({ by: by.name, action: 'alarm.reset', subject: id, ...(note && { details: { note } }) })
        await ringing(transaction, parts).ended(alarm, at)
        return alarm
      }),

    takeOutOfService: (what, { until: asked, reason }, by) =>
      act(async (transaction) => {
        const { db: tx, emit, audit } = transaction
        const at = clock.now()
        const until = untilGranted(serviceFor(asked, at, limits.outOfService))
        const service: OutOfService = { ...what, at, until, reason, who: by.name }
        await quiet.putOutOfService(tx, service)
        const { kind, id } = what
        audit({ by: by.name, action: 'service.taken', subject: id, details: { kind, until, reason } })
        emit(serviceTaken(service))
        const ring = ringing(transaction, parts)
        for (const row of await quiet.activeOn(tx, what)) await ring.review(row, at)
        return service
      }),

    putBackInService: (what, by) =>
      act(async (transaction) => {
        const service = await quiet.outOfServiceOf(transaction.db, what)
        if (!service)
          throw new GatehouseError(
            'not-found',
            said(what.kind === 'device' ? 'device-in-service' : 'zone-in-service', { id: what.id }),
          )
        await ringing(transaction, parts).endService(service, clock.now(), by.name)
      }),
  }
}

async function foundAlarm({ db }: Pick<Write, 'db'>, id: string) {
  const row = await alarmRow(db, id)
  if (!row) throw new GatehouseError('not-found', said('no-alarm', { alarm: id }))
  return row
}

function untilGranted(granted: Granted): Instant {
  if ('until' in granted) return granted.until
  if (granted.refused === 'never-shelved') throw new GatehouseError('never-shelved', said('rings-always'))
  const latest = new Date(granted.latest).toISOString()
  throw new GatehouseError('quiet-too-long', said('quiet-latest', { latest }), {
    details: { latest },
  })
}
