/**
 * The one home of business changes. Each is one transaction that also writes its events and
 * its audit entry, so that nothing is told which did not happen, and nothing happens untold.
 */
import { randomUUID } from 'node:crypto'
import { isActive, next } from '../alarms/lifecycle.ts'
import type { Alarm, Severity } from '../model/alarm.ts'
import type { Offset } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import { type Said, said } from '../model/refusal.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import { next as nextOrder, noted, report, withOccurrence } from '../work-orders/lifecycle.ts'
import { verificationAfterMove } from '../work-orders/verification.ts'
import { alarmRow, faultIsActive, writeAlarm } from './alarm-book.ts'
import { EFFECTS, offsetOf, setOffset } from './checkpoints.ts'
import { applyCommits, type HoldBack, mayHaveEffects } from './effects.ts'
import { alarmAcknowledged, alarmCleared, orderCreated, orderMoved } from './events.ts'
import type { CommitFindings } from './findings.ts'
import {
  closedShortlyBefore,
  nextNumber,
  type OrderRow,
  openOrderOf,
  orderRow,
  writeOrder,
} from './order-book.ts'
import { assertOwnWork, moveLacks, moveRefused } from './order-moves.ts'
import { type QuietDesk, type QuietParts, quietDesk } from './quiet-desk.ts'
import { type RingingParts, ringing } from './ringing.ts'
import type { Mover } from './roles.ts'
import { stillness } from './stillness.ts'
import type { Store, Write } from './store.ts'

export type NewOrder =
  | {
      readonly device: DeviceId
      readonly title: string
      /** By default medium. */
      readonly severity?: Severity | undefined
      readonly note?: string | undefined
    }
  | { readonly alarm: string; readonly note?: string | undefined }

export type Move = {
  readonly to: OrderState
  readonly assignee?: string | undefined
  readonly note?: string | undefined
  /** The version on which the move was decided. */
  readonly version?: number | undefined
}

/** What the alarms consumer hands over: commits `(from, to]`, worked through. */
export type Effects = {
  readonly from: Offset
  readonly to: Offset
  readonly commits: readonly CommitFindings[]
}

export interface Desk extends QuietDesk {
  /** Again: the same alarm. Throws `not-found`. */
  acknowledge(alarm: string, by: Mover, note?: string): Promise<Alarm>
  /** `opened` is false where the open order of that fault was there already. Throws `not-found`. */
  openOrder(order: NewOrder, by: Mover): Promise<{ readonly order: WorkOrder; readonly opened: boolean }>
  /**
   * Throws `not-found`, with `details.next` `forbidden`, `order-version`, `order-state`, `same-person`, with
   * `details.path` `invalid-input`.
   */
  moveOrder(id: string, move: Move, by: Mover): Promise<WorkOrder>
  /**
   * All that some commits cause, and the offset `to`, in one transaction; nothing at all where they cause
   * nothing. Throws `effects-fenced` where the stored offset is not the one that this process left there.
   */
  applyEffects(effects: Effects): Promise<'written' | 'written-before' | 'nothing-to-write'>
}

export type DeskParts = RingingParts & {
  readonly holdBack: HoldBack
  /** Of quiet that a person may ask for. */
  readonly limits: QuietParts['limits']
}

export function deskOver(store: Store, { holdBack, limits, ...parts }: DeskParts): Desk {
  const { clock, write, inTurn } = store
  const { titleOf } = parts
  const effectsAt = effectsPosition()
  const still = stillness(store)

  /**
   * A person's act has its place among the commits: those that were worked through before it, and caused
   * nothing then, must not be worked through again after it, when they might.
   */
  const act = <T>(task: (transaction: Write) => Promise<T>) =>
    write(async (transaction) => {
      await effectsAt.keep(transaction)
      return task(transaction)
    })

  return {
    ...quietDesk({ clock, limits, ringing: parts, act }),

    acknowledge: (id, by, note) =>
      act(async (transaction) => {
        const { db: tx, emit, audit } = transaction
        const row = (await alarmRow(tx, id)) ?? notFound(said('no-alarm', { alarm: id }))
        const at = clock.now()
        const deed = { is: 'acknowledge', at, by: by.name } as const
        const alarm = next(row.alarm, note === undefined ? deed : { ...deed, note })
        if (alarm === row.alarm) return alarm
        await writeAlarm(tx, { ...row, alarm, announceAt: null })
        emit(alarmAcknowledged(alarm))
        const repeats = alarm.repeats && { repeats: alarm.repeats.count }
        const details = { ...(note && { note }), ...repeats }
        audit({ by: by.name, action: 'alarm.acknowledged', subject: id, details })
        if (isActive(row.alarm) && !isActive(alarm)) {
          emit(alarmCleared(alarm)) // it was only latched
          await ringing(transaction, parts).ended(alarm, at)
        }
        return alarm
      }),

    openOrder: (wanted, by) =>
      act(async ({ db: tx, emit, audit }) => {
        const at = clock.now()
        const { name } = by
        const note = wanted.note === undefined ? {} : { note: wanted.note }
        const opened = async (row: OrderRow) => {
          await writeOrder(tx, row)
          emit(orderCreated(row.order))
          audit({
            by: name,
            action: 'order.created',
            subject: row.order.id,
            details: { number: row.order.number },
          })
          return { order: row.order, opened: true }
        }
        const number = await nextNumber(tx)
        if ('device' in wanted) {
          const { device, title, severity = 'medium' } = wanted
          // What a person reports is a fault of its own: nothing else is known to be the same.
          const about = {
            fault: `reported-${number}`,
            subject: device,
            device,
            severity,
            title,
          } as const
          const order = report({ ...about, id: randomUUID(), number, occurrences: [], at, by: name, ...note })
          return opened({ order, proof: undefined, good: undefined })
        }
        const row = (await alarmRow(tx, wanted.alarm)) ?? notFound(said('no-alarm', { alarm: wanted.alarm }))
        const { id: alarmId, fault, subject, device, severity } = row.alarm
        const there = await openOrderOf(tx, subject, fault)
        const order = there
          ? joinedBy(there.order, row.alarm, { at, by: name, ...note })
          : report({
              fault,
              subject,
              device,
              severity,
              title: titleOf(fault, device),
              id: randomUUID(),
              number,
              occurrences: [alarmId],
              recurrenceOf: await closedShortlyBefore(tx, subject, fault, at),
              at,
              by: name,
              ...note,
            })
        if (row.alarm.order !== order.id)
          await writeAlarm(tx, { ...row, alarm: { ...row.alarm, order: order.id } })
        if (!there) return opened({ order, proof: row.proof, good: undefined })
        if (order !== there.order) {
          await writeOrder(tx, { ...there, order })
          emit(orderMoved(order))
          audit({ by: name, action: 'order.joined', subject: order.id, details: { alarm: alarmId, ...note } })
        }
        return { order, opened: false }
      }),

    moveOrder: (id, { to, assignee, note, version }, by) =>
      act(async ({ db: tx, emit, audit }) => {
        const row = (await orderRow(tx, id)) ?? notFound(said('no-order', { order: id }))
        const { order, proof } = row
        if (by.role === 'contractor') assertOwnWork(order, to, assignee, by)
        const moved = nextOrder(order, {
          to,
          at: clock.now(),
          by: by.name,
          ...(assignee !== undefined && { assignee }),
          ...(note !== undefined && { note }),
          ...(version !== undefined && { version }),
        })
        if ('lacks' in moved) throw moveLacks(order, moved.lacks)
        if ('refused' in moved) throw moveRefused(order, moved.refused, to, by)
        const active = await faultIsActive(tx, order.subject, order.fault)
        const judged = verificationAfterMove(moved.order, { proof, faultIsActive: active })
        await writeOrder(tx, { order: judged, proof, good: to === 'done' ? undefined : row.good })
        emit(orderMoved(judged))
        const { assignee: named = assignee } = judged.history.at(-1) ?? {}
        const details = { from: order.state, to, ...(named && { assignee: named }), ...(note && { note }) }
        audit({ by: by.name, action: 'order.moved', subject: id, details })
        return judged
      }),

    async applyEffects({ from, to, commits }) {
      const isStill = await inTurn(async () => still.covers(commits) && effectsAt.pass(from, to))
      if (isStill) return 'nothing-to-write'
      return write(async (transaction) => {
        const { db: tx } = transaction
        const stored = await offsetOf(tx, EFFECTS)
        if (stored === to) {
          effectsAt.move(transaction, { stored, seen: to })
          return 'written-before'
        }
        if (!effectsAt.isMine(stored, from)) {
          const sentence = `The effects stand at commit ${stored}: another process writes them`
          throw new GatehouseError('effects-fenced', sentence)
        }
        const changed =
          (await mayHaveEffects(tx, commits)) &&
          (await applyCommits(transaction, commits, { ...parts, holdBack }))
        if (changed) await setOffset(tx, EFFECTS, to)
        else await still.look(transaction, commits.at(-1)?.receivedAt ?? 0)
        effectsAt.move(transaction, { stored: changed ? to : stored, seen: to })
        return changed ? 'written' : 'nothing-to-write'
      })
    },
  }
}

/** How far the effects are written, and how far commits were worked through: those between caused nothing. */
function effectsPosition() {
  let at: { readonly stored: Offset; readonly seen: Offset } | undefined
  const move = ({ afterCommit }: Write, to: NonNullable<typeof at>) =>
    afterCommit(() => {
      at = to
    })
  return {
    move,
    isMine: (stored: Offset, from: Offset) => (at ? stored === at.stored : stored <= from),
    /** Goes on without a word to the books; false where that is not known to be safe. */
    pass(from: Offset, to: Offset): boolean {
      if (!at || at.seen !== from) return false
      at = { stored: at.stored, seen: to }
      return true
    },
    async keep(transaction: Write): Promise<void> {
      if (!at || at.seen <= at.stored) return
      await setOffset(transaction.db, EFFECTS, at.seen)
      move(transaction, { stored: at.seen, seen: at.seen })
    },
  }
}

/** The very same order where it knows the alarm and nothing is said of it. */
function joinedBy(
  order: WorkOrder,
  alarm: Alarm,
  { note, ...said }: { readonly at: Instant; readonly by: string; readonly note?: string },
): WorkOrder {
  const joined = withOccurrence(order, alarm)
  return note === undefined ? joined : noted(joined, { ...said, note })
}

function notFound(what: Said): never {
  throw new GatehouseError('not-found', what)
}
