/** Alarms as rows: found by their columns, read and written whole. */
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
    if (state !== 'all') query = query.where('state', 'in', state === 'active' ? ACTIVE : OPEN)
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

export type AlarmRow = {
  readonly alarm: Alarm
  readonly proof: Proof
  /** Not told to anyone yet: it came late and may be over already. */
  readonly announceAt: number | null
}

const rowOf = (row: Pick<Tables['alarms'], 'body' | 'proof' | 'announce_at'>): AlarmRow => ({
  alarm: alarmOf(row),
  proof: JSON.parse(row.proof),
  announceAt: row.announce_at,
})

const columns = ['body', 'proof', 'announce_at'] as const

export async function alarmRow(tx: Tx, id: string): Promise<AlarmRow | undefined> {
  const row = await tx.selectFrom('alarms').select(columns).where('id', '=', id).executeTakeFirst()
  return row && rowOf(row)
}

/** Active alarms that one rule raised for one subject; one, unless it breached again without clearing. */
export async function activeOfRule(tx: Tx, subject: string, rule: string): Promise<readonly AlarmRow[]> {
  const rows = await tx
    .selectFrom('alarms')
    .select(columns)
    .where('subject', '=', subject)
    .where('rule', '=', rule)
    .where('state', 'in', ACTIVE)
    .orderBy('raised_at')
    .execute()
  return rows.map(rowOf)
}

export async function faultIsActive(tx: Tx, subject: string, fault: string): Promise<boolean> {
  const row = await tx
    .selectFrom('alarms')
    .select('id')
    .where('subject', '=', subject)
    .where('fault', '=', fault)
    .where('state', 'in', ACTIVE)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Those not told yet whose time has come, oldest first. */
export async function toAnnounce(tx: Tx, at: number): Promise<readonly AlarmRow[]> {
  const rows = await tx
    .selectFrom('alarms')
    .select(columns)
    .where('announce_at', '<=', at)
    .orderBy('raised_at')
    .orderBy('id')
    .execute()
  return rows.map(rowOf)
}

export async function writeAlarm(tx: Tx, { alarm, proof, announceAt }: AlarmRow): Promise<void> {
  const { id, rule, fault, subject, device, severity, state, raisedAt, order } = alarm
  const changing = {
    state,
    order_id: order ?? null,
    announce_at: announceAt,
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
      proof: JSON.stringify(proof),
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
    .execute()
}
