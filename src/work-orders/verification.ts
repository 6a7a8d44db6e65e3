/**
 * The proof of a repair. The readings say whether the fault is gone: no breach in the window and at least one good
 * reading in it, while its rule judged. What they cannot tell is left to a person, never assumed.
 */
import type { Because, SubjectId } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Sample, Value } from '../model/reading.ts'
import { GATEWAY, type OrderState, type WorkOrder } from '../model/work-order.ts'
import { stepped } from './lifecycle.ts'

/** What a rule says about proving that its fault is gone. */
export type Proof = {
  /** By whose silence it is proven; absent on orders of an earlier release. */
  readonly rule?: string
  /**
   * What its rule judged the subject by when it found the fault; by another yardstick nothing is proven.
   * Absent: not known.
   */
  readonly judgement?: string
  readonly verifyMs: number
  /** A good value of one of them counts; empty: of any point. */
  readonly points: readonly string[]
}

export type GoodReading = { readonly at: Instant; readonly point: string; readonly value: Value }

export type ReadingsSay =
  | { readonly is: 'breach'; readonly at: Instant; readonly because: Because }
  /** No alarm of the fault is active any more. `unproven`: not by what was read, but because nobody judges it now. */
  | { readonly is: 'clear'; readonly at: Instant; readonly unproven?: true }
  /**
   * So late it is by the journal; `good` is a good reading of the window, if there was one. `unjudged`: the
   * rule is gone or gave the subject up, it judges by something else than when it found the fault, or the
   * device has fallen silent since.
   */
  | {
      readonly is: 'time'
      readonly at: Instant
      readonly good?: GoodReading | undefined
      readonly unjudged?: 'not-judged' | 'judged-otherwise' | 'not-heard' | undefined
    }

const doneAt = ({ history, createdAt }: WorkOrder): Instant =>
  history.findLast(({ from, to }) => to === 'done' && from !== 'done')?.at ?? createdAt

const window = (since: Instant, { verifyMs }: Proof): WorkOrder['verification'] => ({
  state: 'waiting',
  since,
  until: since + verifyMs,
})

/**
 * The verification of an order whose state was just moved by a person; `proof` is absent where no rule
 * watches the fault.
 */
export function verificationAfterMove(
  order: WorkOrder,
  { proof, faultIsActive }: { readonly proof: Proof | undefined; readonly faultIsActive: boolean },
): WorkOrder {
  switch (order.state) {
    case 'done':
      if (!proof)
        return { ...order, verification: { state: 'manual', because: { code: 'no-rule', figures: {} } } }
      // While the fault is active the window has no start yet.
      return { ...order, verification: faultIsActive ? { state: 'waiting' } : window(doneAt(order), proof) }
    case 'verified':
    case 'visited':
    case 'closed':
      return order // how it was verified stays readable: `manual` is a person's word, `passed` the readings'
    default:
      // A failed proof stays readable until the next one begins.
      return order.verification.state === 'failed' ? order : { ...order, verification: { state: 'none' } }
  }
}

const NOT_JUDGED: Because = { code: 'not-judged', figures: {} }

/** The readings cannot tell: it is left to a person. */
const manual = (order: WorkOrder, because: Because): WorkOrder => ({
  ...order,
  version: order.version + 1,
  verification: { ...order.verification, state: 'manual', because },
})

const WATCHED: readonly OrderState[] = ['done', 'verified', 'visited']

/** Total: an order that the news does not concern is given back as it is. */
export function nextByReadings(order: WorkOrder, news: ReadingsSay, proof: Proof): WorkOrder {
  if (!WATCHED.includes(order.state)) return order
  const { verification } = order
  const waiting = order.state === 'done' && verification.state === 'waiting'
  switch (news.is) {
    case 'breach': {
      const { at, because } = news
      // Told late, it had come before the repair was called done: then the fault was still active at that time.
      if (waiting && at < doneAt(order)) {
        if (verification.since === undefined) return order
        return { ...order, version: order.version + 1, verification: { state: 'waiting' } }
      }
      const back = stepped(order, { at, by: GATEWAY, to: 'accepted', evidence: because })
      return { ...back, verification: { ...verification, state: 'failed', because } }
    }
    case 'clear':
      if (!waiting || verification.since !== undefined) return order
      if (news.unproven) return manual(order, NOT_JUDGED)
      return {
        ...order,
        version: order.version + 1,
        verification: window(Math.max(doneAt(order), news.at), proof),
      }
    case 'time': {
      if (!waiting) return order
      const because: Because | undefined = news.unjudged && { code: news.unjudged, figures: {} }
      if (because?.code === 'judged-otherwise') return manual(order, because)
      // Its alarm would never end.
      if (verification.until === undefined) return because ? manual(order, because) : order
      if (news.at < verification.until) return order
      const at = verification.until
      if (because) return manual(order, because)
      if (!news.good) return manual(order, { code: 'no-good-reading', figures: { verifyMs: proof.verifyMs } })
      const { point, value } = news.good
      const proven: Because = { code: 'no-breach', figures: { verifyMs: proof.verifyMs, point, value } }
      const passed = stepped(order, { at, by: GATEWAY, to: 'verified', evidence: proven })
      return { ...passed, verification: { ...verification, state: 'passed', because: proven } }
    }
  }
}

/**
 * The good reading that counts for an order's window, if this sample has one: `since` belongs to the window,
 * `until` does not. A source says nothing itself: whatever comes by it speaks for it, and `by` names such
 * parents of the sample's device.
 */
export function goodReadingFor(
  order: WorkOrder,
  sample: Sample,
  { points }: Proof,
  by: readonly SubjectId[] = [],
): GoodReading | undefined {
  const { since, until, state } = order.verification
  if (order.state !== 'done' || state !== 'waiting' || since === undefined || until === undefined) return
  if (sample.device !== order.device && !by.includes(order.device)) return
  if (sample.at < since || sample.at >= until) return
  for (const [point, value] of Object.entries(sample.values)) {
    if (points.length > 0 && !points.includes(point)) continue
    if (sample.doubts?.[point] !== undefined) continue
    if (typeof value === 'number' && !Number.isFinite(value)) continue
    return { at: sample.at, point, value }
  }
  return undefined
}
