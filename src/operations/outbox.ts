/**
 * The outbox: what is still to be told, one row for each event and channel, written in the transaction of the
 * event itself. So nothing is told that did not happen, and nothing that happened is forgotten, whenever the
 * process dies. Rows that have ended stay for a while: people look at them, and a restart knows from them how
 * much a channel was sent lately.
 */
import type { Severity } from '../model/alarm.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { said } from '../model/refusal.ts'
import { type BusinessEvent, eventOf, nounOf, type StoredEvent } from './events.ts'
import { keyOf, type Page, type PageQuery, pageOf } from './pages.ts'
import type { Following, Store } from './store.ts'
import type { Tables, Tx } from './tables.ts'

export const NOTIFICATION_STATES = ['waiting', 'delivered', 'dead', 'dropped'] as const

export type NotificationState = (typeof NOTIFICATION_STATES)[number]

/** Whom an event is told to: names of channels, each once. */
export type Addressees = (event: BusinessEvent) => readonly string[]

export type Notification = {
  readonly id: number
  readonly channel: string
  /** Names this event to this channel: the same at every try, and nothing else ever. */
  readonly key: string
  /** What the event is about; those about one thing leave in their order. */
  readonly noun: string
  readonly event: StoredEvent
  /** Of the alarm or order; absent for a flood. */
  readonly severity?: Severity
  readonly inFlood: boolean
  readonly state: NotificationState
  /** Key of the parcel in which it was sent together with others, once that is settled. */
  readonly parcel?: string
  readonly tries: number
  readonly triedAt?: Instant
  /** Why it is not delivered. */
  readonly because?: string
}

export type NotificationQuery = PageQuery & {
  readonly state?: NotificationState | undefined
  readonly channel?: string | undefined
  /** Id of the alarm or order. */
  readonly about?: string | undefined
}

export type Tried = { readonly ids: readonly number[]; readonly at: Instant; readonly because?: string }

export interface Outbox {
  /** Oldest first: so many, and as many critical alarms that wait behind them. */
  waiting(channel: string, limit: number): Promise<readonly Notification[]>
  countWaiting(channel: string): Promise<number>
  /** Instants of tries since then, oldest first: what counts against a channel's limits. */
  triesSince(channel: string, since: Instant): Promise<readonly Instant[]>
  /** Parcels that were given up since the last delivery, the newest of them first; at most so many. */
  givenUp(
    channel: string,
    limit: number,
  ): Promise<readonly { readonly at: Instant; readonly because: string }[]>
  /** These leave together under one key, now and at every further try. */
  seal(ids: readonly number[], parcel: string): Promise<void>
  delivered(tried: Tried): Promise<void>
  /** They stay, to be tried again. */
  failed(tried: Tried): Promise<void>
  /** They are given up, and kept to be seen. */
  dead(tried: Tried): Promise<void>
  /**
   * Where more wait than `most`: the oldest go, critical ones last, but nothing of a parcel under way. How
   * many went.
   */
  trim(channel: string, most: number): Promise<number>
  /** Those of channels that there are no more: nobody would ever send them. How many went. */
  dropOthers(channels: readonly string[]): Promise<number>
  /** Newest first. */
  list(query: NotificationQuery): Promise<Page<Notification>>
  /** A dead or dropped one waits again. Throws `not-found` where there is none such. */
  again(id: number, by: string): Promise<Notification>
  /** All dead ones wait again, of one channel or of every. How many. */
  againAll(channel: string | undefined, by: string): Promise<number>
}

type Row = Omit<Tables['outbox'], 'id'> & { readonly id: number }

const notificationOf = (row: Row): Notification => ({
  id: row.id,
  channel: row.channel,
  key: row.key,
  noun: row.noun,
  state: row.state,
  tries: row.tries,
  event: { id: row.event, at: row.at, ...eventOf(row) },
  inFlood: row.in_flood === 1,
  ...(row.severity !== null && { severity: row.severity as Severity }),
  ...(row.parcel !== null && { parcel: row.parcel }),
  ...(row.tried_at !== null && { triedAt: row.tried_at }),
  ...(row.because !== null && { because: row.because }),
})

/** Rows named in one statement. */
const NAMED = 200

const parts = (ids: readonly number[]) =>
  Array.from({ length: Math.ceil(ids.length / NAMED) }, (_, i) => ids.slice(i * NAMED, (i + 1) * NAMED))

export const addressing =
  (addresseesOf: Addressees): Following['address'] =>
  async (tx, events) => {
    for (const { inFlood, ...event } of events) {
      for (const channel of addresseesOf(event)) await put(tx, channel, event, inFlood)
    }
  }

/** Ids of alarms and orders are unique in the world; with the id of the event, so is each key. */
function nounIdOf(event: BusinessEvent): string {
  if ('alarm' in event) return event.alarm.id
  if ('order' in event) return event.order.id
  if ('flood' in event) return `flood-${event.flood.since}`
  const { kind, id } = event.outOfService
  return `out-of-service-${kind}-${id}`
}

async function put(tx: Tx, channel: string, event: StoredEvent, inFlood: boolean): Promise<void> {
  const noun = nounIdOf(event)
  await tx
    .insertInto('outbox')
    .values({
      channel,
      noun,
      key: `${noun}.${event.id}`,
      event: event.id,
      kind: event.kind,
      at: event.at,
      severity: 'alarm' in event ? event.alarm.severity : 'order' in event ? event.order.severity : null,
      in_flood: inFlood ? 1 : 0,
      body: JSON.stringify(nounOf(event)),
      state: 'waiting',
      parcel: null,
      tries: 0,
      tried_at: null,
      because: null,
    })
    .execute()
}

export function outboxOver({ db, write }: Store, { kept }: { readonly kept: number }): Outbox {
  async function dropOld(tx: Tx): Promise<void> {
    const { newest } = await tx
      .selectFrom('outbox')
      .select(({ fn }) => fn.max('id').as('newest'))
      .executeTakeFirstOrThrow()
    await tx
      .deleteFrom('outbox')
      .where('state', '!=', 'waiting')
      .where('id', '<=', Number(newest ?? 0) - kept)
      .execute()
  }

  const tried = (
    ids: readonly number[],
    changed: Partial<Pick<Row, 'state'>> & Pick<Row, 'tried_at' | 'because'>,
  ) =>
    write(async ({ db: tx }) => {
      for (const some of parts(ids)) {
        await tx
          .updateTable('outbox')
          .set((eb) => ({ ...changed, tries: eb('tries', '+', 1) }))
          .where('id', 'in', some)
          .execute()
      }
      if (changed.state) await dropOld(tx)
    })

  return {
    async waiting(channel, limit) {
      const oldest = db
        .selectFrom('outbox')
        .selectAll()
        .where('state', '=', 'waiting')
        .where('channel', '=', channel)
        .orderBy('id')
        .limit(limit)
      const rows = await oldest.execute()
      if (rows.length < limit) return rows.map(notificationOf)
      // An alarm has one severity all its life, so looking past others at critical ones mixes up no order.
      const urgent = await oldest
        .where('severity', '=', 'critical')
        .where('kind', 'like', 'alarm.%')
        .where('id', '>', rows.at(-1)?.id ?? 0)
        .execute()
      return [...rows, ...urgent].map(notificationOf)
    },

    async countWaiting(channel) {
      const { count } = await db
        .selectFrom('outbox')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('state', '=', 'waiting')
        .where('channel', '=', channel)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async triesSince(channel, since) {
      const rows = await db
        .selectFrom('outbox')
        .select('tried_at')
        .distinct()
        .where('channel', '=', channel)
        .where('tried_at', '>=', since)
        .orderBy('tried_at')
        .execute()
      return rows.flatMap(({ tried_at }) => (tried_at === null ? [] : [tried_at]))
    },

    async givenUp(channel, limit) {
      const triedOf = (state: NotificationState) =>
        db.selectFrom('outbox').where('channel', '=', channel).where('state', '=', state)
      const { at } = await triedOf('delivered')
        .select(({ fn }) => fn.max('tried_at').as('at'))
        .executeTakeFirstOrThrow()
      const rows = await triedOf('dead')
        .select(['tried_at', 'because'])
        .distinct()
        .where('tried_at', '>', Number(at ?? 0))
        .orderBy('tried_at', 'desc')
        .limit(limit)
        .execute()
      return rows.flatMap(({ tried_at, because }) =>
        tried_at === null ? [] : [{ at: tried_at, because: because ?? '' }],
      )
    },

    seal: (ids, parcel) =>
      write(async ({ db: tx }) => {
        for (const some of parts(ids))
          await tx.updateTable('outbox').set({ parcel }).where('id', 'in', some).execute()
      }),

    delivered: ({ ids, at }) => tried(ids, { state: 'delivered', tried_at: at, because: null }),
    failed: ({ ids, at, because = null }) => tried(ids, { tried_at: at, because }),
    dead: ({ ids, at, because = null }) => tried(ids, { state: 'dead', tried_at: at, because }),

    trim: (channel, most) =>
      write(async ({ db: tx }) => {
        const rows = await tx
          .selectFrom('outbox')
          .select(['id', 'severity', 'parcel'])
          .where('state', '=', 'waiting')
          .where('channel', '=', channel)
          .orderBy('id')
          .execute()
        const loose = rows.filter(({ parcel }) => parcel === null)
        const rest = loose.filter(({ severity }) => severity !== 'critical')
        const urgent = loose.filter(({ severity }) => severity === 'critical')
        const going = [...rest, ...urgent].slice(0, Math.max(0, rows.length - most)).map(({ id }) => id)
        for (const some of parts(going)) {
          const because = `more than ${most} were waiting`
          await tx.updateTable('outbox').set({ state: 'dropped', because }).where('id', 'in', some).execute()
        }
        await dropOld(tx)
        return going.length
      }),

    dropOthers: (channels) =>
      write(async ({ db: tx }) => {
        let query = tx.updateTable('outbox').set({ state: 'dropped', because: 'the channel is gone' })
        if (channels.length > 0) query = query.where('channel', 'not in', [...channels])
        const { numUpdatedRows } = await query.where('state', '=', 'waiting').executeTakeFirst()
        return Number(numUpdatedRows)
      }),

    async list({ state, channel, about, cursor, limit }) {
      let query = db.selectFrom('outbox').selectAll()
      if (state) query = query.where('state', '=', state)
      if (channel !== undefined) query = query.where('channel', '=', channel)
      if (about !== undefined) query = query.where('noun', '=', about)
      if (cursor) query = query.where('id', '<', keyOf(cursor, ['number'])[0] as number)
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, notificationOf, ({ id }) => [id])
    },

    again: (id, by) =>
      write(async ({ db: tx, audit }) => {
        // Alone: what it was sent with has gone its own way.
        const row = await tx
          .updateTable('outbox')
          .set({ state: 'waiting', parcel: null, tries: 0, because: null })
          .where('id', '=', id)
          .where('state', 'in', ['dead', 'dropped'])
          .returningAll()
          .executeTakeFirst()
        if (!row) throw new GatehouseError('not-found', said('no-notification', { notification: String(id) }))
        audit({ by, action: 'notification.retried', subject: String(id), details: { channel: row.channel } })
        return notificationOf(row)
      }),

    againAll: (channel, by) =>
      write(async ({ db: tx, audit }) => {
        let query = tx.updateTable('outbox').set({ state: 'waiting', parcel: null, tries: 0, because: null })
        if (channel !== undefined) query = query.where('channel', '=', channel)
        const { numUpdatedRows } = await query.where('state', '=', 'dead').executeTakeFirst()
        const count = Number(numUpdatedRows)
        const subject = channel ?? 'all'
        if (count > 0) audit({ by, action: 'notifications.retried', subject, details: { count } })
        return count
      }),
  }
}
