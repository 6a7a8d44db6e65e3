/**
 * The work order of an alarm that rings: it joins the open one of its fault, or opens one where its rule does
 * that by itself.
 */
import { randomUUID } from 'node:crypto'
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import { GATEWAY, type WorkOrder } from '../model/work-order.ts'
import { report, withOccurrence } from '../work-orders/lifecycle.ts'
import { nextByReadings, type Proof } from '../work-orders/verification.ts'
import { type BusinessEvent, orderCreated, orderMoved } from './events.ts'
import { closedShortlyBefore, nextNumber, openOrderOf, writeOrder } from './order-book.ts'
import type { Tx } from './tables.ts'

export type TitleOf = (fault: string, device: DeviceId) => string

type Filed = {
  readonly order: WorkOrder
  /** What is to be told of the order, after the alarm itself. */
  readonly news: readonly BusinessEvent[]
}

type Filing = {
  readonly alarm: Pick<Alarm, 'id' | 'fault' | 'subject' | 'device' | 'severity' | 'raisedAt' | 'because'>
  readonly proof: Proof
  /** Where none is open: open one. */
  readonly opens: boolean
  readonly titleOf: TitleOf
  readonly at: Instant
}

export async function fileUnderOrder(
  tx: Tx,
  { alarm, proof, opens, titleOf, at }: Filing,
): Promise<Filed | undefined> {
  const { id, fault, subject, device, severity, raisedAt, because } = alarm
  const there = await openOrderOf(tx, subject, fault)
  if (there) {
    const joined = withOccurrence(there.order, { id, severity })
    const moved = nextByReadings(joined, { is: 'breach', at: raisedAt, because }, proof)
    // One commit, one version: also where the fault is worse and the repair failed.
    const order = moved === joined ? joined : { ...moved, version: there.order.version + 1 }
    // A proof under way has ended or begins anew: what was read for it counts no more.
    await writeOrder(tx, { order, proof, good: moved === joined ? there.good : undefined })
    return { order, news: order.version === there.order.version ? [] : [orderMoved(order)] }
  }
  if (!opens) return undefined
  const number = await nextNumber(tx)
  const step = { at, by: GATEWAY, evidence: because }
  const order = report({
    id: randomUUID(),
    number,
    fault,
    subject,
    device,
    severity,
    title: titleOf(fault, device),
    occurrences: [id],
    recurrenceOf: await closedShortlyBefore(tx, subject, fault, at),
    ...step,
  })
  await writeOrder(tx, { order, proof, good: undefined })
  return { order, news: [orderCreated(order)] }
}
