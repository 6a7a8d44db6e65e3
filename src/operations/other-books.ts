/** The books that others read, and hardly write: events, audit, dead letters, the newest of each device, links. */
import { eventOf, type StoredEvent } from './events.ts'
import type { AuditBook, DeadLetterBook, EventBook, LinkBook } from './operations.ts'
import { keyOf, pageOf } from './pages.ts'
import type { Store } from './store.ts'
import type { Database, Tables } from './tables.ts'

const storedEventOf = ({
  id,
  at,
  ...row
}: Pick<Tables['events'], 'at' | 'kind' | 'body'> & { id: number }): StoredEvent => ({
  id,
  at,
  ...eventOf(row),
})

export function eventBook({ db, onEvent }: Store): EventBook {
  const edge = async (which: 'min' | 'max') => {
    const { id } = await db
      .selectFrom('events')
      .select(({ fn }) => fn[which]('id').as('id'))
      .executeTakeFirstOrThrow()
    return Number(id ?? 0)
  }
  return {
    async after(id, limit) {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('id', '>', id)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(storedEventOf)
    },
    oldestId: () => edge('min'),
    newestId: () => edge('max'),
    onEvent,
  }
}

export const auditBook = ({ db, write }: Store): AuditBook => ({
  note: (entry) => write(async ({ audit }) => audit(entry)),

  async list({ by, action, subject, from, to, cursor, limit }) {
    let query = db.selectFrom('audit').selectAll()
    if (by !== undefined) query = query.where('by_name', '=', by)
    if (subject !== undefined) query = query.where('subject', '=', subject)
    if (action?.includes('.')) query = query.where('action', '=', action)
    else if (action !== undefined) query = query.where('action', 'like', `${action}.%`)
    if (from !== undefined) query = query.where('at', '>=', from)
    if (to !== undefined) query = query.where('at', '<', to)
    if (cursor) query = query.where('id', '<', keyOf(cursor, ['number'])[0] as number)
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return pageOf(
      rows,
      limit,
      ({ id, at, by_name: by, action, subject, details, hash }) => ({
        id,
        at,
        by,
        action,
        subject,
        details: JSON.parse(details),
        hash,
      }),
      ({ id }) => [id],
    )
  },
})

export const deadLetterBook = (db: Database): DeadLetterBook => ({
  async list({ from, to, device, code, cursor, limit }) {
    let query = db.selectFrom('dead_letters').selectAll()
    if (from !== undefined) query = query.where('at', '>=', from)
    if (to !== undefined) query = query.where('at', '<', to)
    if (device !== undefined) query = query.where('device', '=', device)
    if (code !== undefined) query = query.where('code', '=', code)
    if (cursor) query = query.where('id', '<', keyOf(cursor, ['number'])[0] as number)
    const rows = await query
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return pageOf(
      rows,
      limit,
      ({ id, at, body }) => ({ id, at, ...JSON.parse(body) }),
      ({ id }) => [id],
    )
  },
})

export const linkBook = (db: Database): LinkBook => ({
  async all() {
    const rows = await db.selectFrom('links').select('body').orderBy('source').execute()
    return rows.map(({ body }) => JSON.parse(body))
  },
})
