/**
 * What is over goes once it is old, or where it came and went without an answer once it is too many: alarms,
 * orders, their evidence; much later the audit and the changes of rules. So a gateway that runs for ten years
 * stays as large as one that runs for three. Nothing that is open or that something kept refers to is ever
 * touched, and an order goes together with all of its alarms or not at all.
 */
import type { Alarm } from '../model/alarm.ts'
import type { Clock, Instant } from '../model/instant.ts'
import { GATEWAY, type WorkOrder } from '../model/work-order.ts'
import type { OperationsOptions } from './options.ts'
import type { Store } from './store.ts'
import type { Database, Tx } from './tables.ts'

/** A start has better things to do. */
const FIRST_AFTER_MS = 10 * 60_000
const DAY_MS = 86_400_000
/** Read or deleted in one transaction: others wait for it. */
const SLICE = 200
/** In one day. A wall clock in the wrong year must not empty the books before a person has seen it. */
const MOST_SLICES = 100
/** The audit is cut once a month, not daily: each cut is an entry of its own. */
const AUDIT_SLACK_MS = 30 * DAY_MS

export type RetentionOptions = Pick<OperationsOptions, 'closedKeptMs' | 'auditKeptMs' | 'repeatsKept'>

/** One round. Rejects where the database cannot be written; what was removed until then stays so. */
export type CutOld = () => Promise<void>

type Removed = { alarms: number; orders: number; audit: number }

export function cutOldFrom(
  { db, write, clock, counts }: Store,
  { closedKeptMs, auditKeptMs, repeatsKept }: RetentionOptions,
  signal: AbortSignal,
): CutOld {
  async function inSlices(
    cut: (tx: Tx, after: number) => Promise<Slice>,
    removed: Removed,
    most = MOST_SLICES,
  ): Promise<void> {
    let after = 0
    for (let slices = 0; slices < most && !signal.aborted; slices++) {
      const slice = await write(({ db: tx }) => cut(tx, after))
      removed.alarms += slice.alarms
      removed.orders += slice.orders
      if (slice.next === undefined) return
      after = slice.next
    }
  }

  return async () => {
    const before = clock.now() - closedKeptMs
    const removed: Removed = { alarms: 0, orders: 0, audit: 0 }
    await inSlices((tx, after) => cutOrders(tx, before, after), removed)
    await inSlices((tx, after) => cutAlarms(tx, before, after), removed)
    // By their number, which no clock can get wrong: so all of them.
    for (const crowd of await crowdsOf(db, repeatsKept))
      await inSlices((tx, after) => cutRepeats(tx, crowd, after), removed, Number.POSITIVE_INFINITY)
    await write(async ({ db: tx, audit }) => {
      await tx.deleteFrom('tokens').where('revoked_at', '<', before).execute()
      const { alarms, orders } = removed
      if (alarms + orders === 0) return
      audit({ by: GATEWAY, action: 'books.cut', subject: 'alarms', details: { before, alarms, orders } })
    })
    const auditBefore = clock.now() - auditKeptMs
    await write(async ({ db: tx, audit }) => {
      const cut = await cutAudit(tx, auditBefore)
      if (!cut) return
      removed.audit = cut.removed
      audit({ by: GATEWAY, action: 'audit.cut', subject: 'audit', details: cut })
    })
    counts.alarmsRemoved += removed.alarms
    counts.ordersRemoved += removed.orders
    counts.auditRemoved += removed.audit
  }
}

/**
 * A round a day. `failed` is told why one failed; the next one comes a day later. What comes back ends it,
 * and waits for the last.
 */
export function daily(
  clock: Pick<Clock, 'after'>,
  cutOld: CutOld,
  failed: (cause: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let callOff = clock.after(FIRST_AFTER_MS, round)
  function round(): void {
    running = cutOld().catch(failed)
    callOff = clock.after(DAY_MS, round)
  }
  return () => {
    callOff()
    return running
  }
}

type Slice = {
  readonly alarms: number
  readonly orders: number
  /** Where the next slice begins; undefined: there is no more. */
  readonly next: number | undefined
}

/** Cleared and, where somebody had to see it, seen before that instant. */
const isOld = ({ state, clearedAt, acknowledged }: Alarm, before: Instant): boolean =>
  state === 'cleared' && (clearedAt ?? before) < before && (acknowledged?.at ?? 0) < before

async function cutOrders(tx: Tx, before: Instant, after: number): Promise<Slice> {
  const { newest } = await tx
    .selectFrom('orders')
    .select(({ fn }) => fn.max('number').as('newest'))
    .executeTakeFirstOrThrow()
  const rows = await tx
    .selectFrom('orders')
    .select(['number', 'body'])
    .where('number', '>', after)
    // The newest stays: the next number is counted from it.
    .where('number', '<', newest ?? 0)
    .orderBy('number')
    .limit(SLICE)
    .execute()
  let [alarms, orders, isYoung] = [0, 0, false]
  for (const { body } of rows) {
    const order: WorkOrder = JSON.parse(body)
    if (order.createdAt >= before) {
      isYoung = true
      break
    }
    if (!(await isOver(tx, order, before))) continue
    for (const ids of piecesOf(order.occurrences)) alarms += await removeAlarms(tx, ids)
    await tx.deleteFrom('orders').where('id', '=', order.id).execute()
    orders++
  }
  return { alarms, orders, next: isYoung ? undefined : nextAfter(rows, (row) => row.number) }
}

/** Closed before that instant, with alarms that nobody would look for any more. */
async function isOver(tx: Tx, { id, occurrences, history }: WorkOrder, before: Instant): Promise<boolean> {
  if ((history.at(-1)?.at ?? before) >= before) return false
  const open = await tx
    .selectFrom('orders')
    .select('id')
    .where('id', '=', id)
    .where('open', '=', 1)
    .executeTakeFirst()
  if (open) return false
  for (const ids of piecesOf(occurrences)) {
    const rows = await tx.selectFrom('alarms').select('body').where('id', 'in', ids).execute()
    if (!rows.every(({ body }) => isOld(JSON.parse(body), before))) return false
    if ((await referredTo(tx, ids)).size > 0) return false
  }
  return true
}

/** Of those that belong to no order. */
async function cutAlarms(tx: Tx, before: Instant, after: number): Promise<Slice> {
  const rows = await tx
    .selectFrom('alarms')
    .select(['id', 'raised_at', 'body'])
    .where('raised_at', '>=', after)
    .where('raised_at', '<', before)
    .where('state', '=', 'cleared')
    .where('order_id', 'is', null)
    .orderBy('raised_at')
    .orderBy('id')
    .limit(SLICE)
    .execute()
  const old = rows.filter(({ body }) => isOld(JSON.parse(body), before)).map(({ id }) => id)
  const referred = await referredTo(tx, old)
  const alarms = await removeAlarms(
    tx,
    old.filter((id) => !referred.has(id)),
  )
  return { alarms, orders: 0, next: nextOf(rows, after, alarms) }
}

/**
 * A fault of a subject that came and went more often than is kept: whatever of it was raised before that
 * instant is too old.
 */
type Crowd = { readonly subject: string; readonly fault: string; readonly before: Instant }

async function crowdsOf(db: Database, most: number): Promise<readonly Crowd[]> {
  const cleared = db.selectFrom('alarms').where('state', '=', 'cleared')
  const large = await cleared
    .select(['subject', 'fault'])
    .groupBy(['subject', 'fault'])
    .having(({ fn }) => fn.countAll(), '>', most)
    .execute()
  const crowds: Crowd[] = []
  for (const { subject, fault } of large) {
    const oldestKept = await cleared
      .select('raised_at')
      .where('subject', '=', subject)
      .where('fault', '=', fault)
      .orderBy('raised_at', 'desc')
      .offset(most - 1)
      .limit(1)
      .executeTakeFirst()
    if (oldestKept) crowds.push({ subject, fault, before: oldestKept.raised_at })
  }
  return crowds
}

/** What a person answered stays until it is old, and so does what an order names. */
async function cutRepeats(tx: Tx, { subject, fault, before }: Crowd, after: number): Promise<Slice> {
  const rows = await tx
    .selectFrom('alarms')
    .select(['id', 'raised_at', 'order_id', 'body'])
    .where('subject', '=', subject)
    .where('fault', '=', fault)
    .where('state', '=', 'cleared')
    .where('raised_at', '>=', after)
    .where('raised_at', '<', before)
    .orderBy('raised_at')
    .orderBy('id')
    .limit(SLICE)
    .execute()
  const named = await namedBy(tx, new Set(rows.flatMap(({ order_id }) => order_id ?? [])))
  const surplus = rows.filter(({ id, body }) => !named.has(id) && !answered(JSON.parse(body)))
  const ids = surplus.map(({ id }) => id)
  const referred = await referredTo(tx, ids)
  const alarms = await removeAlarms(
    tx,
    ids.filter((id) => !referred.has(id)),
  )
  return { alarms, orders: 0, next: nextOf(rows, after, alarms) }
}

const answered = ({ acknowledged }: Alarm): boolean => acknowledged !== undefined

/** The occurrences of these orders. */
async function namedBy(tx: Tx, orders: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  if (orders.size === 0) return new Set()
  const rows = await tx
    .selectFrom('orders')
    .select('body')
    .where('id', 'in', [...orders])
    .execute()
  return new Set(rows.flatMap(({ body }): WorkOrder['occurrences'] => JSON.parse(body).occurrences))
}

/** Where more came at one instant than a slice holds, what of them stays must not be read for ever. */
function nextOf(
  rows: readonly { readonly raised_at: number }[],
  after: number,
  removed: number,
): number | undefined {
  const next = nextAfter(rows, (row) => row.raised_at)
  return next === after && removed === 0 ? after + 1 : next
}

const nextAfter = <Row>(rows: readonly Row[], key: (row: Row) => number): number | undefined => {
  const last = rows.length === SLICE ? rows.at(-1) : undefined
  return last && key(last)
}

/** Those by which a shelf is found, or behind which somebody may still be heard. */
async function referredTo(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  if (ids.length === 0) return found
  for (const table of ['shelves', 'dead_parents', 'heard_behind', 'escalations'] as const) {
    const rows = await tx.selectFrom(table).select('alarm').where('alarm', 'in', ids).execute()
    for (const { alarm } of rows) found.add(alarm)
  }
  return found
}

async function removeAlarms(tx: Tx, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  await tx.deleteFrom('evidence').where('alarm', 'in', ids).execute()
  const { numDeletedRows } = await tx.deleteFrom('alarms').where('id', 'in', ids).executeTakeFirst()
  return Number(numDeletedRows)
}

type AuditCut = {
  /** Entries that went, up to this id. */
  readonly removed: number
  readonly upTo: number
  /**
   * Of the last of them: what the first entry that stays was sealed with. The entry that tells of the cut is
   * sealed itself.
   */
  readonly hash: string
}

async function cutAudit(tx: Tx, before: Instant): Promise<AuditCut | undefined> {
  const oldest = await tx.selectFrom('audit').select('at').orderBy('id').limit(1).executeTakeFirst()
  if (!oldest || oldest.at >= before - AUDIT_SLACK_MS) return undefined
  await cutRuleChanges(tx, before)
  const rows = await tx
    .selectFrom('audit')
    .select(['id', 'at', 'hash'])
    .orderBy('id')
    .limit(SLICE * MOST_SLICES)
    .execute()
  // A clock that was set back may have left a young entry between old ones: the chain is cut before it.
  const young = rows.findIndex(({ at }) => at >= before)
  const last = rows[(young < 0 ? rows.length : young) - 1]
  if (!last) return undefined
  const { numDeletedRows } = await tx.deleteFrom('audit').where('id', '<=', last.id).executeTakeFirst()
  return { removed: Number(numDeletedRows), upTo: last.id, hash: last.hash }
}

/** The newest of each rule stays: it says what is in force. */
async function cutRuleChanges(tx: Tx, before: Instant): Promise<void> {
  const newest = tx
    .selectFrom('rule_changes')
    .select(({ fn }) => fn.max('id').as('id'))
    .groupBy('rule')
  await tx.deleteFrom('rule_changes').where('at', '<', before).where('id', 'not in', newest).execute()
}

function* piecesOf(ids: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += SLICE) yield ids.slice(from, from + SLICE)
}
