/** Alarms as rows: found by their columns, read and written whole. */
import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import type { Alarm } from '../model/alarm.ts'
import type { Proof } from '../work-orders/verification.ts'
import type { AlarmBook, AlarmQuery } from './operations.ts'
import { keyOf, pageOf } from './pages.ts'
import type { Database, Tables, Tx } from './tables.ts'

export const ACTIVE = ['active-unacknowledged', 'active-acknowledged']
const OPEN = [...ACTIVE, 'cleared-unacknowledged']

const alarmOf = ({ body }: Pick<Tables['alarms'], 'body'>): Alarm => JSON.parse(body)

export const alarmBook = (db: Database): AlarmBook => ({
  async list({ state = 'open', severity, device, from, to, cursor, limit }: AlarmQuery) {
    let query = db.selectFrom('alarms').select(['body', 'raised_at', 'id'])
    if (state === 'shelved' || state === 'suppressed') query = query.where(isQuiet(db, state))
    else if (state !== 'all') query = query.where('state', 'in', state === 'active' ? ACTIVE : OPEN)
    if (severity) query = query.where('severity', '=', severity)
    if (device) query = query.where('device', '=', device)
    if (from !== undefined) query = query.where('raised_at', '>=', from)
    if (to !== undefined) query = query.where('raised_at', '<', to)
    if (cursor) {
      const [raisedAt, id] = keyOf(cursor, ['number', 'string']) as [number, string]
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('raised_at', 'id'), '<', tuple(raisedAt, id)),
      )
    }
    const rows = await query
      .orderBy('raised_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return pageOf(rows, limit, alarmOf, (row) => [row.raised_at, row.id])
  },

  async get(id) {
    const row = await db.selectFrom('alarms').select('body').where('id', '=', id).executeTakeFirst()
    return row && alarmOf(row)
  },
})

/** A shelf is found by the newest alarm that it covered, active or not: what is shelved must not be forgotten. */
const isQuiet =
  (db: Database, state: 'shelved' | 'suppressed') =>
  ({ eb }: ExpressionBuilder<Tables, 'alarms'>) =>
    eb.or([
      state === 'shelved' ? eb('suppressed_by', '=', state) : eb('suppressed_by', 'is not', null),
      eb('id', 'in', db.selectFrom('shelves').select('alarm')),
    ])

export type AlarmRow = {
  readonly alarm: Alarm
  readonly proof: Proof
  /** Not told to anyone yet: it came late and may be over already. */
  readonly announceAt: number | null
  /** Time passing decided it, not something heard. */
  readonly woken: boolean
  /** Its rule opens an order by itself: also later, once it rings. */
  readonly owesOrder: boolean
}

const columns = ['body', 'proof', 'announce_at', 'woken', 'owes_order'] as const

const rowOf = (row: Pick<Tables['alarms'], (typeof columns)[number]>): AlarmRow => ({
  alarm: alarmOf(row),
  proof: JSON.parse(row.proof),
  announceAt: row.announce_at,
  woken: row.woken === 1,
  owesOrder: row.owes_order === 1,
})

type Rows = SelectQueryBuilder<Tables, 'alarms', Pick<Tables['alarms'], (typeof columns)[number]>>

/** Oldest first. */
export async function alarmRows(tx: Tx, narrow: (rows: Rows) => Rows): Promise<readonly AlarmRow[]> {
  const rows = await narrow(tx.selectFrom('alarms').select(columns))
    .orderBy('raised_at')
    .orderBy('id')
    .execute()
  return rows.map(rowOf)
}

export async function alarmRow(tx: Tx, id: string): Promise<AlarmRow | undefined> {
  const row = await tx.selectFrom('alarms').select(columns).where('id', '=', id).executeTakeFirst()
  return row && rowOf(row)
}

/**
 * Active alarms that one rule raised for one subject, except those that are only latched; one, unless it
 * breached again without clearing.
 */
export const activeOfRule = (tx: Tx, subject: string, rule: string): Promise<readonly AlarmRow[]> =>
  alarmRows(tx, (rows) =>
    rows
      .where('subject', '=', subject)
      .where('rule', '=', rule)
      .where('state', 'in', ACTIVE)
      .where('returned_at', 'is', null),
  )

/**
 * The oldest of those like it that are over and that nobody has seen, of its rule and subject: all latched,
 * or none.
 */
export const unansweredLike = (
  tx: Tx,
  { subject, fault, rule, state }: Alarm,
  most: number,
): Promise<readonly AlarmRow[]> =>
  alarmRows(tx, (rows) => {
    const alike = rows
      .where('subject', '=', subject)
      .where('fault', '=', fault)
      .where('rule', '=', rule)
      .where('state', '=', state)
      .where('announce_at', 'is', null)
      .where('suppressed_by', 'is', null)
      .limit(most)
    return state === 'active-unacknowledged' ? alike.where('returned_at', 'is not', null) : alike
  })

/** By the readings: what is only latched is no fault any more. */
export async function faultIsActive(tx: Tx, subject: string, fault: string): Promise<boolean> {
  const row = await tx
    .selectFrom('alarms')
    .select('id')
    .where('subject', '=', subject)
    .where('fault', '=', fault)
    .where('state', 'in', ACTIVE)
    .where('returned_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Those not told yet whose time has come, oldest first. */
export const toAnnounce = (tx: Tx, at: number): Promise<readonly AlarmRow[]> =>
  alarmRows(tx, (rows) => rows.where('announce_at', '<=', at))

export async function writeAlarm(tx: Tx, row: AlarmRow): Promise<void> {
  const { alarm, proof, announceAt } = row
  const { id, rule, fault, subject, device, severity, state, raisedAt, order, suppression } = alarm
  const quiet = ACTIVE.includes(state) ? suppression : undefined
  const changing = {
    state,
    order_id: order ?? null,
    announce_at: announceAt,
    suppressed_by: quiet?.by ?? null,
    suppressing: quiet?.by === 'parent' ? quiet.parent : null,
    returned_at: alarm.returnedAt ?? null,
    body: JSON.stringify(alarm),
  }
  await tx
    .insertInto('alarms')
    .values({
      ...changing,
      id,
      rule,
      fault,
      subject,
      device,
      severity,
      raised_at: raisedAt,
      woken: row.woken ? 1 : 0,
      owes_order: row.owesOrder ? 1 : 0,
      proof: JSON.stringify(proof),
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
    .execute()
}
