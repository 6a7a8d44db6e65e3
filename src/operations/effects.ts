/**
 * What journal commits do to alarms and orders, inside one transaction. The rooms of alarms and
 * work orders decide; here it is only looked up, written down and told.
 */
import { randomUUID } from 'node:crypto'
import { setImmediate as otherWork } from 'node:timers/promises'
import { isSource } from '../alarms/kinship.ts'
import { isActive, isUnanswered, next, raise } from '../alarms/lifecycle.ts'
import { foldedRepeats } from '../alarms/repeats.ts'
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Readings } from '../model/reading-columns.ts'
import { goodReadingFor, nextByReadings, type ReadingsSay } from '../work-orders/verification.ts'
import { activeOfRule, faultIsActive, toAnnounce, unansweredLike, writeAlarm } from './alarm-book.ts'
import {
  alarmCleared,
  alarmLatched,
  alarmRaised,
  alarmRepeated,
  alarmSuppressed,
  orderMoved,
} from './events.ts'
import { writeEvidence } from './evidence-book.ts'
import { fileUnderOrder } from './fault-orders.ts'
import type { Breach, Clear, CommitFindings } from './findings.ts'
import { type OrderRow, openOrderOf, waitingOrders, writeOrder } from './order-book.ts'
import { isQuietChanging, isUnheard } from './quiet-book.ts'
import { filesOrder, type RingingParts, ringing } from './ringing.ts'
import type { Write } from './store.ts'
import type { Tx } from './tables.ts'
import { isSomethingDue } from './watch.ts'

/**
 * A breach that is learnt more than `lateMs` after it began waits for `settleMs` of journal time before it
 * is told: if it is over by then, it came and went while nobody could have answered, and does not ring.
 */
export type HoldBack = { readonly lateMs: number; readonly settleMs: number }

type Choices = RingingParts & { readonly holdBack: HoldBack }

/** Of an alarm that an earlier release left unanswered a thousand times, so many are folded with each further one. */
const UNANSWERED_AT_ONCE = 200

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
  if (untold !== undefined || (await isSomethingDue(db, latest))) return true
  const isSomeoneHeard = commits.some(({ readings }) => readings.length > 0)
  return isQuietChanging(db, latest, isSomeoneHeard)
}

/** Whether anything was written. */
export async function applyCommits(
  { db: tx, emit, audit, passTime }: Pick<Write, 'db' | 'emit' | 'audit' | 'passTime'>,
  commits: readonly CommitFindings[],
  { holdBack, ...parts }: Choices,
): Promise<boolean> {
  const { titleOf } = parts
  const ring = ringing({ db: tx, emit, audit }, parts)
  let changed = false
  let judges: NonNullable<CommitFindings['judges']> = () => true
  let judgementOf: CommitFindings['judgementOf']
  /** Orders under verification; read again once something may have moved one. */
  let watched: readonly OrderRow[] | undefined

  const noteChange = () => {
    changed = true
    watched = undefined
  }
  const put = async (row: OrderRow) => {
    await writeOrder(tx, row)
    noteChange()
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
    const { rule, place, latching, neverShelve, woken = false } = about
    const facts = { fault, subject, device, place, severity, raisedAt: at, learnedAt, because }
    const raised = {
      id: randomUUID(),
      rule,
      ...facts,
      ...(latching && { latching }),
      ...(neverShelve && { neverShelve }),
    }
    const suppression = await ring.suppressionOf({ alarm: raise(raised), woken })
    const { files, opens } = filesOrder(suppression)
    const owesOrder = about.order === 'automatic'
    const filing = { alarm: raised, proof, opens: opens && owesOrder, titleOf, at: learnedAt }
    const filed = files ? await fileUnderOrder(tx, filing) : undefined
    const order = filed && { order: filed.order.id }
    const late = !suppression && learnedAt - at > holdBack.lateMs
    const heard = suppression ? { suppression } : !late && { rangAt: learnedAt }
    const alarm = raise({ ...raised, ...order, ...heard })
    const announceAt = late ? learnedAt + holdBack.settleMs : null
    await writeAlarm(tx, { alarm, proof, announceAt, woken, owesOrder })
    if (about.evidence) await writeEvidence(tx, alarm.id, about.evidence)
    noteChange()
    if (suppression) emit(alarmSuppressed(alarm))
    else if (!late) emit(alarmRaised(alarm))
    for (const news of filed?.news ?? []) emit(news)
    if (suppression) await ring.noteRaised(alarm)
    if (about.cutsOffSince !== undefined) await ring.parentDied(alarm, about.cutsOffSince)
  }

  async function clear({ rule, subject, at, because, unproven }: Clear): Promise<void> {
    const faults = new Set<string>()
    for (const row of await activeOfRule(tx, subject, rule)) {
      const alarm = next(row.alarm, { is: 'clear', at, because })
      await writeAlarm(tx, { ...row, alarm })
      changed = true
      faults.add(alarm.fault)
      if (row.announceAt === null) emit(isActive(alarm) ? alarmLatched(alarm) : alarmCleared(alarm))
      await ring.ended(alarm, at)
      if (isUnanswered(alarm)) await foldLike(alarm)
    }
    for (const fault of faults) {
      if (await faultIsActive(tx, subject, fault)) continue
      const row = await openOrderOf(tx, subject, fault)
      if (row) await tellOrder(row, { is: 'clear', at, ...(unproven && { unproven }) })
    }
  }

  /** What nobody answers must not fill the books for ever, however often it comes. */
  async function foldLike(alarm: Alarm): Promise<void> {
    const rows = await unansweredLike(tx, alarm, UNANSWERED_AT_ONCE)
    const folded = foldedRepeats(rows.map((row) => row.alarm))
    if (!folded) return
    const byId = new Map([...folded.repeats, folded.standing].map((one) => [one.id, one]))
    for (const row of rows) {
      const changed = byId.get(row.alarm.id)
      if (changed) await writeAlarm(tx, { ...row, alarm: changed })
    }
    for (const one of byId.values()) emit(alarmRepeated(one))
  }

  const underWatch = async () => {
    watched ??= await waitingOrders(tx)
    return watched
  }

  const isJudged = ({ order, proof }: OrderRow, at?: Instant) =>
    proof?.rule === undefined || judges(proof.rule, order.subject, at)

  const unjudged = (row: OrderRow) => {
    if (!isJudged(row)) return 'not-judged'
    const { rule, judgement } = row.proof ?? {}
    if (rule === undefined || judgement === undefined || !judgementOf) return undefined
    return judgementOf(rule, row.order.subject) === judgement ? undefined : 'judged-otherwise'
  }

  async function noteGoodReadings(readings: Readings): Promise<void> {
    const open = (await underWatch()).filter(({ good }) => !good)
    if (open.length === 0) return
    const ofDevice = Map.groupBy(open, ({ order }) => order.device)
    const sourcesOf = [...ofDevice.keys()].some(isSource)
      ? (device: DeviceId) => parts.kin.parentsOf(device).filter(isSource)
      : () => []
    const noted = new Set<string>()
    for (const reading of readings) {
      const by = sourcesOf(reading.device)
      for (const row of [reading.device, ...by].flatMap((subject) => ofDevice.get(subject) ?? [])) {
        if (!row.proof || noted.has(row.order.id)) continue
        const good = goodReadingFor(row.order, reading, row.proof, by)
        if (!good || !isJudged(row, reading.at)) continue
        noted.add(row.order.id)
        await put({ ...row, good })
      }
    }
  }

  async function endWindows(at: Instant): Promise<void> {
    for (const row of await underWatch()) {
      const { device, verification } = row.order
      const isOver = verification.until !== undefined && verification.until <= at
      const isAway = isOver && row.good && (await isUnheard(tx, device, parts.kin.parentsOf))
      const why = unjudged(row) ?? (isAway ? 'not-heard' : undefined)
      await tellOrder(row, { is: 'time', at, good: row.good, unjudged: why })
    }
  }

  async function announce(at: Instant): Promise<void> {
    for (const row of await toAnnounce(tx, at)) {
      const rings = isActive(row.alarm)
      const alarm = rings ? { ...row.alarm, rangAt: at } : row.alarm
      await writeAlarm(tx, { ...row, alarm, announceAt: null })
      changed = true
      emit(rings ? alarmRaised(alarm, at) : alarmCleared(alarm))
      if (isUnanswered(alarm)) await foldLike(alarm)
    }
  }

  let done = 0
  for (const { receivedAt, learnedAt, findings, readings, ...commit } of commits) {
    judges = commit.judges ?? (() => true)
    judgementOf = commit.judgementOf
    // At one instant readings count first: a good one just before the end of a window is in time.
    await noteGoodReadings(readings)
    if (await ring.heard(readings, receivedAt)) noteChange()
    for (const finding of findings) {
      const at = Math.min(finding.at, receivedAt)
      await endWindows(at)
      if (await ring.passTime(at)) noteChange()
      if (finding.is === 'breach') await breach(finding, Math.max(learnedAt, finding.at))
      else await clear(finding)
      if (++done % TURN === 0) await otherWork()
    }
    if (findings.length > 0) await noteGoodReadings(readings) // of windows that have just opened
    await endWindows(receivedAt)
    if (await ring.passTime(receivedAt)) noteChange()
    await announce(receivedAt)
    if (await passTime(receivedAt)) changed = true
  }
  return changed
}
