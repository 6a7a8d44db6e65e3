/**
 * What goes on beside an alarm's own life, in the transaction that caused it: how loaded each seat is, and
 * who is told next as long as nobody acknowledges. Due instants are in the books and the journal is their
 * clock, so a restart forgets none and takes none twice.
 */
import {
  begin,
  channelsOf,
  type EscalationPolicy,
  following as nextStep,
  type Pending,
} from '../alarms/escalation.ts'
import { CALM, endsAt, type FloodChange, type FloodState, passed, told } from '../alarms/flood.ts'
import type { FactsOf } from '../alarms/scope.ts'
import { type Seat, seatsOf } from '../alarms/seat.ts'
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import { GATEWAY } from '../model/work-order.ts'
import type { ClocksOf } from '../work-orders/clocks.ts'
import { alarmRow, writeAlarm } from './alarm-book.ts'
import { alarmEscalated, type BusinessEvent, floodChanged } from './events.ts'
import { isOrderDue, noteDues, overdueBy } from './order-dues.ts'
import type { Following, Told, Write } from './store.ts'
import type { Database, Tx } from './tables.ts'

export type Watched = {
  readonly seats: readonly Seat[]
  readonly escalations: readonly EscalationPolicy[]
  readonly factsOf: FactsOf
  /** What is promised of orders; without it nothing is. */
  readonly clocksOf?: ClocksOf
}

/** A cheap look, for the many commits with which nothing falls due. */
export async function isSomethingDue(db: Database | Tx, at: Instant): Promise<boolean> {
  const step = await db
    .selectFrom('escalations')
    .select('alarm')
    .where('due_at', '<=', at)
    .limit(1)
    .executeTakeFirst()
  if (step || (await isOrderDue(db, at - 1))) return true
  const flood = await db
    .selectFrom('seats')
    .select('name')
    .where('due_at', '<=', at)
    .limit(1)
    .executeTakeFirst()
  return flood !== undefined
}

/** Somebody still has to answer it. */
const needsAnswer = ({ state, suppression }: Alarm): boolean =>
  state === 'active-unacknowledged' && suppression === undefined

type AlarmEvent = Extract<BusinessEvent, { readonly alarm: Alarm }>

/** When it rang: with what was learnt then, or once nothing kept it from ringing any more. */
const rangAt = (event: AlarmEvent): Instant =>
  ('rangAt' in event ? event.rangAt : undefined) ?? event.alarm.learnedAt

export function watchOver({ seats, escalations, factsOf, clocksOf }: Watched): Omit<Following, 'address'> {
  const seatsAt = (event: BusinessEvent): readonly Seat[] => {
    if ('flood' in event || 'outOfService' in event) return []
    if ('alarm' in event) return seatsOf(seats, event.alarm, factsOf)
    const { device } = event.order
    const facts = factsOf(device)
    return facts ? seatsOf(seats, { device, place: facts.place }, factsOf) : []
  }

  async function react(tx: Tx, events: readonly BusinessEvent[]): Promise<readonly Told[]> {
    const states = new Map<string, FloodState>()
    const changed = new Set<string>()
    for (const { name, body } of await tx.selectFrom('seats').selectAll().execute())
      states.set(name, JSON.parse(body))
    const list: Told[] = []
    for (const event of events) {
      const about = seatsAt(event)
      // The end of an earlier flood is told before the alarm that shows it, the beginning of one after the
      // alarm that made it.
      const news = { began: [] as Told[], ended: [] as Told[] }
      if (event.kind === 'alarm.raised') {
        for (const { name } of about) {
          const step = told(states.get(name) ?? CALM, rangAt(event))
          states.set(name, step.state)
          changed.add(name)
          for (const change of step.changes) news[change.is].push(tellFlood(name, change))
        }
      }
      const inFlood = about.some(({ name }) => states.get(name)?.flood !== undefined)
      list.push(...news.ended, { event, inFlood }, ...news.began)
      if ('alarm' in event) await watchAlarm(tx, event)
      if ('order' in event && clocksOf) await noteDues(tx, event.order, clocksOf)
    }
    for (const name of changed) await writeSeat(tx, name, states.get(name) ?? CALM)
    return list
  }

  async function watchAlarm(tx: Tx, event: AlarmEvent): Promise<void> {
    const { kind, alarm } = event
    if (escalations.length === 0 || kind === 'alarm.escalated') return
    if (!needsAnswer(alarm)) {
      await tx.deleteFrom('escalations').where('alarm', '=', alarm.id).execute()
    } else if (kind === 'alarm.raised') {
      for (const pending of begin(escalations, alarm, rangAt(event), factsOf))
        await writeStep(tx, alarm.id, pending)
    }
  }

  async function passTime(tx: Tx, at: Instant, audit: Write['audit']): Promise<readonly Told[]> {
    const list: Told[] = []
    const ending = await tx.selectFrom('seats').selectAll().where('due_at', '<=', at).execute()
    for (const { name, body } of ending) {
      const step = passed(JSON.parse(body), at)
      await writeSeat(tx, name, step.state)
      list.push(...step.changes.map((change) => tellFlood(name, change)))
    }
    if (clocksOf) list.push(...(await overdueBy(tx, at, clocksOf, audit)))
    for (;;) {
      const due = await tx
        .selectFrom('escalations')
        .selectAll()
        .where('due_at', '<=', at)
        .orderBy('due_at')
        .orderBy('alarm')
        .orderBy('policy')
        .limit(1)
        .executeTakeFirst()
      if (!due) return list
      const event = await takeStep(tx, due.alarm, { ...due, dueAt: due.due_at }, audit)
      if (event) list.push({ event, inFlood: false })
    }
  }

  async function takeStep(
    tx: Tx,
    id: string,
    pending: Pending,
    audit: Write['audit'],
  ): Promise<BusinessEvent | undefined> {
    const { policy, step, dueAt } = pending
    const row = await alarmRow(tx, id)
    const steps = escalations.find(({ name }) => name === policy)?.steps
    const next = nextStep(escalations, pending)
    if (next) await writeStep(tx, id, next)
    else await tx.deleteFrom('escalations').where('alarm', '=', id).where('policy', '=', policy).execute()
    // Gone from the configuration, or shortened: there is nobody to tell.
    if (!row || !needsAnswer(row.alarm) || !steps?.[step - 1]) return undefined
    const alarm = { ...row.alarm, escalated: { at: dueAt, policy, step, of: steps.length } }
    await writeAlarm(tx, { ...row, alarm })
    audit({ by: GATEWAY, action: 'alarm.escalated', subject: id, details: { policy, step } })
    return alarmEscalated(alarm)
  }

  return { react, passTime }
}

function tellFlood(seat: string, change: FloodChange): Told {
  const { since, count } = change
  const flood = { seat, since, count, ...(change.is === 'ended' && { until: change.until }) }
  return { event: floodChanged(flood), inFlood: false }
}

/** A step that is still to come, and who is told then. */
export type PendingStep = Pending & { readonly of: number; readonly channels: readonly string[] }

export interface EscalationBook {
  /** Of one alarm, the one that is due first, first. Empty once somebody has answered it, or none was left. */
  pending(alarm: string): Promise<readonly PendingStep[]>
}

export const escalationBook = (
  db: Database,
  { escalations }: Pick<Watched, 'escalations'>,
): EscalationBook => ({
  async pending(alarm) {
    const rows = await db
      .selectFrom('escalations')
      .select(['policy', 'step', 'due_at'])
      .where('alarm', '=', alarm)
      .orderBy('due_at')
      .orderBy('policy')
      .execute()
    return rows.flatMap(({ policy, step, due_at: dueAt }) => {
      const steps = escalations.find(({ name }) => name === policy)?.steps
      const channels = channelsOf(escalations, { policy, step })
      return steps?.[step - 1] ? [{ policy, step, of: steps.length, dueAt, channels }] : []
    })
  },
})

async function writeSeat(tx: Tx, name: string, state: FloodState): Promise<void> {
  const row = { due_at: endsAt(state) ?? null, body: JSON.stringify(state) }
  await tx
    .insertInto('seats')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute()
}

async function writeStep(tx: Tx, alarm: string, { policy, step, dueAt }: Pending): Promise<void> {
  const row = { step, due_at: dueAt }
  await tx
    .insertInto('escalations')
    .values({ alarm, policy, ...row })
    .onConflict((conflict) => conflict.columns(['alarm', 'policy']).doUpdateSet(row))
    .execute()
}
