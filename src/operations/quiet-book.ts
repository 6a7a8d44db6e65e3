/** What is in force against ringing, as rows: shelves, devices and zones out of service, dead parents. */
import type { DeadParent, InForce, Kinship, OutOfService, Serviced, Shelf } from '../alarms/suppression.ts'
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import { ACTIVE, type AlarmRow, alarmRows } from './alarm-book.ts'
import type { Database, Tx } from './tables.ts'

const shelfOf = ({ body }: { readonly body: string }): Shelf => JSON.parse(body)
const serviceOf = ({ body }: { readonly body: string }): OutOfService => JSON.parse(body)

type Covered = Pick<Alarm, 'subject' | 'rule'>

export async function shelfCovering(tx: Tx, { subject, rule }: Covered): Promise<Shelf | undefined> {
  const row = await tx
    .selectFrom('shelves')
    .select('body')
    .where('subject', '=', subject)
    .where('rule', '=', rule)
    .executeTakeFirst()
  return row && shelfOf(row)
}

export async function putShelf(tx: Tx, shelf: Shelf): Promise<void> {
  const { subject, rule, alarm, until } = shelf
  const changing = { alarm, until, body: JSON.stringify(shelf) }
  await tx
    .insertInto('shelves')
    .values({ subject, rule, ...changing })
    .onConflict((conflict) => conflict.columns(['subject', 'rule']).doUpdateSet(changing))
    .execute()
}

export async function takeShelf(tx: Tx, { subject, rule }: Covered): Promise<void> {
  await tx.deleteFrom('shelves').where('subject', '=', subject).where('rule', '=', rule).execute()
}

/** Those whose time is over, by their ends. */
export async function endedShelves(tx: Tx, at: Instant): Promise<readonly Shelf[]> {
  const rows = await tx
    .selectFrom('shelves')
    .select('body')
    .where('until', '<=', at)
    .orderBy('until')
    .orderBy('subject')
    .orderBy('rule')
    .execute()
  return rows.map(shelfOf)
}

export async function outOfServiceOf(tx: Tx, { kind, id }: Serviced): Promise<OutOfService | undefined> {
  const row = await tx
    .selectFrom('out_of_service')
    .select('body')
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && serviceOf(row)
}

export async function putOutOfService(tx: Tx, service: OutOfService): Promise<void> {
  const { kind, id, until } = service
  const changing = { until, body: JSON.stringify(service) }
  await tx
    .insertInto('out_of_service')
    .values({ kind, id, ...changing })
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(changing))
    .execute()
}

export async function takeOutOfService(tx: Tx, { kind, id }: Serviced): Promise<void> {
  await tx.deleteFrom('out_of_service').where('kind', '=', kind).where('id', '=', id).execute()
}

export async function endedServices(tx: Tx, at: Instant): Promise<readonly OutOfService[]> {
  const rows = await tx
    .selectFrom('out_of_service')
    .select('body')
    .where('until', '<=', at)
    .orderBy('until')
    .orderBy('kind')
    .orderBy('id')
    .execute()
  return rows.map(serviceOf)
}

export async function allOutOfService(db: Database): Promise<readonly OutOfService[]> {
  const rows = await db.selectFrom('out_of_service').select('body').orderBy('until').execute()
  return rows.map(serviceOf)
}

export async function deadParents(tx: Tx): Promise<readonly DeadParent[]> {
  const rows = await tx.selectFrom('dead_parents').selectAll().orderBy('at').orderBy('alarm').execute()
  return rows.map(({ alarm, subject, at, since }) => ({ alarm, subject, at, since }))
}

export const putDeadParent = (tx: Tx, parent: DeadParent): Promise<unknown> =>
  tx
    .insertInto('dead_parents')
    .values({ ...parent, until: null })
    .execute()

/** Its subject is heard again: it counts as dead until then. */
export const settleDeadParent = (tx: Tx, alarm: string, until: Instant): Promise<unknown> =>
  tx
    .updateTable('dead_parents')
    .set({ until })
    .where('alarm', '=', alarm)
    .where('until', 'is', null)
    .execute()

export async function settledParents(tx: Tx, at: Instant): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('dead_parents')
    .select('alarm')
    .where('until', '<=', at)
    .orderBy('until')
    .orderBy('alarm')
    .execute()
  return rows.map(({ alarm }) => alarm)
}

export async function takeDeadParent(tx: Tx, alarm: string): Promise<void> {
  await tx.deleteFrom('dead_parents').where('alarm', '=', alarm).execute()
  await tx.deleteFrom('heard_behind').where('alarm', '=', alarm).execute()
}

/** When the next of all that is in force ends by itself. */
export async function nextEnd(tx: Tx): Promise<Instant | undefined> {
  const ends: number[] = []
  for (const table of ['shelves', 'out_of_service', 'dead_parents'] as const) {
    const { end } = await tx
      .selectFrom(table)
      .select(({ fn }) => fn.min('until').as('end'))
      .executeTakeFirstOrThrow()
    if (end !== null) ends.push(Number(end))
  }
  return ends.length > 0 ? Math.min(...ends) : undefined
}

export async function isHeardBehind(tx: Tx, alarm: string, device: DeviceId): Promise<boolean> {
  const row = await tx
    .selectFrom('heard_behind')
    .select('alarm')
    .where('alarm', '=', alarm)
    .where('device', '=', device)
    .executeTakeFirst()
  return row !== undefined
}

export async function noteHeardBehind(tx: Tx, alarm: string, device: DeviceId): Promise<void> {
  await tx.insertInto('heard_behind').values({ alarm, device }).execute()
}

/** Why a device is said to be silent, by its rule. */
const SILENT: ReadonlySet<string> = new Set(['silent-for', 'never-heard'])

/**
 * Whether the device, or all that it is heard through, is known to be away: whatever its last reading said,
 * nobody hears it now.
 */
export async function isUnheard(tx: Tx, device: DeviceId, parentsOf: Kinship['parentsOf']): Promise<boolean> {
  const own = await alarmRows(tx, (rows) => rows.where('subject', '=', device).where('state', 'in', ACTIVE))
  if (own.some(({ alarm }) => SILENT.has(alarm.because.code) && alarm.returnedAt === undefined)) return true
  const parents = parentsOf(device)
  for (const { subject, alarm } of parents.length > 0 ? await deadParents(tx) : [])
    if (parents.includes(subject) && !(await isHeardBehind(tx, alarm, device))) return true
  return false
}

/** What is in force for this alarm. `parentsOf` is nearest first. */
export async function inForceFor(
  tx: Tx,
  { alarm, woken }: Pick<AlarmRow, 'alarm' | 'woken'>,
  parentsOf: (device: DeviceId) => readonly string[],
): Promise<InForce> {
  const { device, place } = alarm
  const outOfService =
    (await outOfServiceOf(tx, { kind: 'device', id: device })) ??
    (place.zone === undefined ? undefined : await outOfServiceOf(tx, { kind: 'zone', id: place.zone }))
  const shelf = await shelfCovering(tx, alarm)
  const chain = woken ? parentsOf(device) : []
  if (chain.length === 0) return { outOfService, shelf }
  const dead = await deadParents(tx)
  for (const subject of chain) {
    for (const parent of dead) {
      if (parent.subject !== subject || (await isHeardBehind(tx, parent.alarm, device))) continue
      return { outOfService, shelf, parent }
    }
  }
  return { outOfService, shelf }
}

/** A cheap look, for the many commits with which nothing ends and nobody speaks behind a dead parent. */
export async function isQuietChanging(tx: Tx, at: Instant, isSomeoneHeard: boolean): Promise<boolean> {
  const end = await nextEnd(tx)
  return (end !== undefined && end <= at) || (isSomeoneHeard && (await deadParents(tx)).length > 0)
}

export const activeOn = (tx: Tx, { kind, id }: Serviced): Promise<readonly AlarmRow[]> =>
  alarmRows(tx, (query) => {
    const active = query.where('state', 'in', ACTIVE)
    // A place is in the body alone; what is active is few.
    return kind === 'device' ? active.where('device', '=', id) : active
  }).then((rows) => rows.filter(({ alarm }) => kind === 'device' || alarm.place.zone === id))

/** Active alarms that the shelf covers. */
export const activeUnder = (tx: Tx, { subject, rule }: Covered): Promise<readonly AlarmRow[]> =>
  alarmRows(tx, (rows) =>
    rows.where('subject', '=', subject).where('rule', '=', rule).where('state', 'in', ACTIVE),
  )

/** Active alarms that the dead parent of this alarm keeps from ringing. */
export const suppressedBy = (tx: Tx, alarm: string): Promise<readonly AlarmRow[]> =>
  alarmRows(tx, (query) => query.where('suppressed_by', '=', 'parent').where('suppressing', '=', alarm))

const DEVICES_AT_ONCE = 500

/** Active alarms of these devices that came since then because time passed. */
export async function wokenSince(
  tx: Tx,
  devices: readonly DeviceId[],
  since: Instant,
): Promise<readonly AlarmRow[]> {
  const found: AlarmRow[] = []
  for (let start = 0; start < devices.length; start += DEVICES_AT_ONCE) {
    const some = devices.slice(start, start + DEVICES_AT_ONCE)
    const rows = await alarmRows(tx, (query) =>
      query
        .where('state', 'in', ACTIVE)
        .where('device', 'in', some)
        .where('raised_at', '>=', since)
        .where('woken', '=', 1),
    )
    found.push(...rows)
  }
  return found
}
