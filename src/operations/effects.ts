/**
 * What journal commits do to alarms and orders, inside one transaction. The rooms of alarms and
 * work orders decide; here it is only looked up, written down and told.
 */
import { randomUUID } from 'node:crypto'
import { setImmediate as otherWork } from 'node:timers/promises'
import { isActive, next, raise } from '../alarms/lifecycle.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import { GATEWAY, type WorkOrder } from '../model/work-order.ts'
import { report, withOccurrence } from '../work-orders/lifecycle.ts'
import { goodReadingFor, nextByReadings, type ReadingsSay } from '../work-orders/verification.ts'
import { activeOfRule, faultIsActive, toAnnounce, writeAlarm } from './alarm-book.ts'
import { alarmCleared, alarmRaised, orderCreated, orderMoved } from './events.ts'
import { writeEvidence } from './evidence-book.ts'
import type { Breach, Clear, CommitFindings } from './findings.ts'
import { nextNumber, type OrderRow, openOrderOf, waitingOrders, writeOrder } from './order-book.ts'
import type { Write } from './store.ts'
import type { Tx } from './tables.ts'
import { isSomethingDue } from './watch.ts'

/**
 * A breach that is learnt more than `lateMs` after it began waits for `settleMs` of journal time before it
 * is told: if it is over by then, it came and went while nobody could have answered, and does not ring.
 */
export type HoldBack = { readonly lateMs: number; readonly settleMs: number }

type Choices = { readonly titleOf: (fault: string, device: DeviceId) => string; readonly holdBack: HoldBack }

/** Findings after which other work of the process gets its turn. */
const TURN = 50

/** A cheap look, for the many commits that cause nothing. */
export async function mayHaveEffects(db: Tx, commits: readonly CommitFindings[]): Promise<boolean> {
  if (commits.some(({ findings }) => findings.length > 0)) return true
  const waiting = await db
    .selectFrom('orders')
    .select('id')
    .where('verification', '=', 'waiting')
    .limit(1)
    .executeTakeFirst()
  if (waiting) return true
  const latest = commits.at(-1)?.receivedAt ?? 0
  const untold = await db
    .selectFrom('alarms')
    .select('id')
    .where('announce_at', '<=', latest)
    .limit(1)
    .executeTakeFirst()
  return untold !== undefined || (await isSomethingDue(db, latest))
}

/** Whether anything was written. */
export async function applyCommits(
  { db: tx, emit, passTime }: Pick<Write, 'db' | 'emit' | 'passTime'>,
  commits: readonly CommitFindings[],
  { titleOf, holdBack }: Choices,
): Promise<boolean> {
  let changed = false
  /** Orders under verification; read again once something may have moved one. */
  let watched: readonly OrderRow[] | undefined

  const put = async (row: OrderRow) => {
    await writeOrder(tx, row)
    changed = true
    watched = undefined
  }

  async function tellOrder(row: OrderRow, news: ReadingsSay): Promise<void> {
    if (!row.proof) return
    const order = nextByReadings(row.order, news, row.proof)
    if (order === row.order) return
    await put({ ...row, order })
    emit(orderMoved(order))
  }

  async function breach({ because, proof, ...about }: Breach, learnedAt: Instant): Promise<void> {
    const { fault, subject, device, severity, at } = about
    if (about.unlessActive && (await activeOfRule(tx, subject, about.rule)).length > 0) return
    const id = randomUUID()
    const there = await openOrderOf(tx, subject, fault)
    let order: WorkOrder | undefined
    if (there) {
      const joined = withOccurrence(there.order, { id, severity })
      const moved = nextByReadings(joined, { is: 'breach', at, because }, proof)
      order = { ...moved, version: joined.version }
      // A proof under way has ended or begins anew: what was read for it counts no more.
      await put({ order, proof, good: moved === joined ? there.good : undefined })
    } else if (about.order === 'automatic') {
      const number = await nextNumber(tx)
      const title = titleOf(fault, device)
      const step = { at: learnedAt, by: GATEWAY, evidence: because }
      order = report({
        id: randomUUID(),
        number,
        fault,
        subject,
        device,
        severity,
        title,
        occurrences: [id],
        ...step,
      })
      await put({ order, proof, good: undefined })
    }
    const { rule, place } = about
    const raised = { id, rule, fault, subject, device, place, severity, raisedAt: at, learnedAt, because }
    const alarm = raise(order ? { ...raised, order: order.id } : raised)
    const late = learnedAt - at > holdBack.lateMs
    await writeAlarm(tx, { alarm, proof, announceAt: late ? learnedAt + holdBack.settleMs : null })
    if (about.evidence) await writeEvidence(tx, id, about.evidence)
    changed = true
    if (!late) emit(alarmRaised(alarm))
    if (!order) return
    if (!there) emit(orderCreated(order))
    else if (order.verification !== there.order.verification) emit(orderMoved(order))
  }

  async function clear({ rule, subject, at }: Clear): Promise<void> {
    const faults = new Set<string>()
    for (const row of await activeOfRule(tx, subject, rule)) {
      const alarm = next(row.alarm, { is: 'clear', at })
      await writeAlarm(tx, { ...row, alarm })
      changed = true
      faults.add(alarm.fault)
      if (row.announceAt === null) emit(alarmCleared(alarm))
    }
    for (const fault of faults) {
      if (await faultIsActive(tx, subject, fault)) continue
      const row = await openOrderOf(tx, subject, fault)
      if (row) await tellOrder(row, { is: 'clear', at })
    }
  }

  const underWatch = async () => {
    watched ??= await waitingOrders(tx)
    return watched
  }

  async function noteGoodReadings(readings: readonly Reading[]): Promise<void> {
    const open = (await underWatch()).filter(({ good }) => !good)
    if (open.length === 0) return
    const ofDevice = Map.groupBy(open, ({ order }) => order.device)
    const noted = new Set<string>()
    for (const reading of readings) {
      for (const row of ofDevice.get(reading.device) ?? []) {
        if (!row.proof || noted.has(row.order.id)) continue
        const good = goodReadingFor(row.order, reading, row.proof)
        if (!good) continue
        noted.add(row.order.id)
        await put({ ...row, good })
      }
    }
  }

  async function endWindows(at: Instant): Promise<void> {
    for (const row of await underWatch()) await tellOrder(row, { is: 'time', at, good: row.good })
  }

  async function announce(at: Instant): Promise<void> {
    for (const row of await toAnnounce(tx, at)) {
      await writeAlarm(tx, { ...row, announceAt: null })
      changed = true
      emit(isActive(row.alarm) ? alarmRaised(row.alarm) : alarmCleared(row.alarm))
    }
  }

  let done = 0
  for (const { receivedAt, learnedAt, findings, readings } of commits) {
    // At one instant readings count first: a good one just before the end of a window is in time.
    await noteGoodReadings(readings)
    for (const finding of findings) {
      await endWindows(Math.min(finding.at, receivedAt))
      if (finding.is === 'breach') await breach(finding, Math.max(learnedAt, finding.at))
      else await clear(finding)
      if (++done % TURN === 0) await otherWork()
    }
    if (findings.length > 0) await noteGoodReadings(readings) // of windows that have just opened
    await endWindows(receivedAt)
    await announce(receivedAt)
    if (await passTime(receivedAt)) changed = true
  }
  return changed
}
