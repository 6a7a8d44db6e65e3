/**
 * The tables. A noun is kept whole as JSON beside the columns by which it is found, so that what
 * was written is what is read. Plain SQL types only: the same migrations run on PostgreSQL.
 */
import {
  type Generated,
  type Kysely,
  type Migration,
  type MigrationProvider,
  sql,
  type Transaction,
} from 'kysely'
import { shelving } from './migrations/002-shelving.ts'
import { evidence } from './migrations/evidence.ts'
import { issuedBy } from './migrations/issued-by.ts'
import { noScopes } from './migrations/no-scopes.ts'
import { notificationsByNoun } from './migrations/notifications-by-noun.ts'
import { ordersByTime } from './migrations/orders-by-time.ts'
import { outbox } from './migrations/outbox.ts'
import { ruleChanges } from './migrations/rule-changes.ts'

export type Tables = {
  alarms: {
    id: string
    rule: string
    fault: string
    subject: string
    device: string
    severity: string
    state: string
    raised_at: number
    order_id: string | null
    /** By the journal: tell of it no sooner, because it came late and may be over already. Null: told. */
    announce_at: number | null
    /** What keeps it from ringing now; null: nothing, or it is over. */
    suppressed_by: string | null
    /** The alarm of its dead parent, where that is what suppresses it. */
    suppressing: string | null
    /** Its condition is over since, but it is latched. */
    returned_at: number | null
    /** 1 where time passing decided it, not something heard. */
    woken: number
    /** 1 where its rule opens an order by itself. */
    owes_order: number
    /** `Proof`, JSON. */
    proof: string
    body: string
  }
  orders: {
    id: string
    number: number
    fault: string
    subject: string
    device: string
    state: string
    /** 1 until it is closed, rejected, merged or cancelled. */
    open: number
    created_at: number
    /** Null while it is open. */
    ended_at: number | null
    /** When the window of its proof ends; null where none is under way. */
    due_at: number | null
    assignee: string | null
    verification: string
    /** `Proof`, JSON; null where no rule watches. */
    proof: string | null
    /** `GoodReading`, JSON: the first one of the window under way. */
    good: string | null
    body: string
  }
  events: { id: Generated<number>; at: number; kind: string; body: string }
  users: {
    name: string
    role: string
    contractor: string | null
    password: string
    created_at: number
  }
  sessions: { hash: string; user_name: string; created_at: number; seen_at: number }
  tokens: {
    hash: string
    role: string
    label: string
    contractor: string | null
    created_at: number
    revoked_at: number | null
  }
  credentials: {
    kind: string
    name: string
    hash: string
    created_at: number
    /** Null where an earlier release issued it so long ago that the audit no longer knows by whom. */
    issued_by: string | null
  }
  audit: {
    id: Generated<number>
    at: number
    by_name: string
    action: string
    subject: string
    details: string
    hash: string
  }
  dead_letters: {
    id: Generated<number>
    at: number
    device: string | null
    code: string
    body: string
  }
  links: { source: string; body: string }
  evidence: { id: Generated<number>; alarm: string; body: string }
  rule_changes: {
    id: Generated<number>
    at: number
    by_name: string
    reason: string
    rule: string
    from_version: string | null
    to_version: string | null
    /** The declaration in force from then on, JSON. */
    declared: string | null
  }
  /** `Shelf`, JSON, and the columns by which it is found. */
  shelves: { subject: string; rule: string; alarm: string; until: number; body: string }
  /** `OutOfService`, JSON. */
  out_of_service: { kind: string; id: string; until: number; body: string }
  /**
   * Parents whose children cannot be heard, by their alarms; `until`: they count as dead so long after they
   * were heard again.
   */
  dead_parents: { alarm: string; subject: string; at: number; since: number; until: number | null }
  /** Devices that were heard although the alarm of their parent is active. */
  heard_behind: { alarm: string; device: string }
  offsets: { consumer: string; position: number }
  /** One row for each event and channel. */
  outbox: {
    id: Generated<number>
    channel: string
    /** The same at every try, and in no other row of the channel. */
    key: string
    /** What the event is about: those of one noun leave in their order. */
    noun: string
    /** Id of the event. */
    event: number
    kind: string
    severity: string | null
    /** 1 where a seat of it was in flood. */
    in_flood: number
    at: number
    /** The noun as it stood, JSON. */
    body: string
    state: 'waiting' | 'delivered' | 'dead' | 'dropped'
    /** Key of what it left in together with others; null: alone, or not yet. */
    parcel: string | null
    tries: number
    tried_at: number | null
    because: string | null
  }
  /** `due_at`: when its flood ends, if nothing more comes; `body`: `FloodState`, JSON. */
  seats: { name: string; due_at: number | null; body: string }
  escalations: { alarm: string; policy: string; step: number; due_at: number }
  /** Of open orders: when what was promised falls due. */
  order_dues: { order_id: string; clock: string; due_at: number }
}

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('alarms')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('rule', 'text', (c) => c.notNull())
      .addColumn('fault', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('severity', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('raised_at', 'bigint', (c) => c.notNull())
      .addColumn('order_id', 'text')
      .addColumn('announce_at', 'bigint')
      .addColumn('proof', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await index(db, 'alarms', 'alarms_by_time', ['raised_at', 'id'])
    await index(db, 'alarms', 'alarms_by_device', ['device', 'raised_at', 'id'])
    await index(db, 'alarms', 'alarms_by_fault', ['subject', 'fault', 'state'])
    await index(db, 'alarms', 'alarms_by_state', ['state', 'raised_at', 'id'])
    await db.schema
      .createIndex('alarms_to_announce')
      .on('alarms')
      .column('announce_at')
      .where('announce_at', 'is not', null)
      .execute()

    await db.schema
      .createTable('orders')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('number', 'bigint', (c) => c.notNull().unique())
      .addColumn('fault', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('open', 'integer', (c) => c.notNull())
      .addColumn('assignee', 'text')
      .addColumn('verification', 'text', (c) => c.notNull())
      .addColumn('proof', 'text')
      .addColumn('good', 'text')
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createIndex('one_open_order')
      .on('orders')
      .columns(['subject', 'fault'])
      .unique()
      .where(sql.ref('open'), '=', 1)
      .execute()
    await index(db, 'orders', 'orders_by_state', ['state', 'number'])
    await index(db, 'orders', 'orders_by_assignee', ['assignee', 'number'])
    await index(db, 'orders', 'orders_by_verification', ['verification'])

    await numbered(db, 'events')
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()

    await db.schema
      .createTable('users')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('scopes', 'text', (c) => c.notNull())
      .addColumn('contractor', 'text')
      .addColumn('password', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('sessions')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('user_name', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .execute()
    await index(db, 'sessions', 'sessions_by_user', ['user_name', 'seen_at'])
    await db.schema
      .createTable('tokens')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('label', 'text', (c) => c.notNull())
      .addColumn('contractor', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('revoked_at', 'bigint')
      .execute()
    await db.schema
      .createTable('credentials')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('credentials_key', ['kind', 'name'])
      .execute()

    await numbered(db, 'audit')
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('by_name', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('details', 'text', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .execute()

    await numbered(db, 'dead_letters')
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('device', 'text')
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await index(db, 'dead_letters', 'dead_letters_by_device', ['device', 'id'])
    await db.schema
      .createTable('links')
      .addColumn('source', 'text', (c) => c.primaryKey())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('offsets')
      .addColumn('consumer', 'text', (c) => c.primaryKey())
      .addColumn('position', 'bigint', (c) => c.notNull())
      .execute()
  },
}

const ordersByFault: Migration = {
  up: (db: Kysely<unknown>) => index(db, 'orders', 'orders_by_fault', ['subject', 'fault', 'number']),
}

const orderDues: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('order_dues')
      .addColumn('order_id', 'text', (c) => c.notNull())
      .addColumn('clock', 'text', (c) => c.notNull())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('order_dues_key', ['order_id', 'clock'])
      .execute()
    await index(db, 'order_dues', 'order_dues_by_time', ['due_at'])
  },
}

/** A number that is never given out twice, even once the newest rows are deleted. */
const numbered = (db: Kysely<unknown>, table: string) =>
  db.schema.createTable(table).addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())

const index = (db: Kysely<unknown>, table: string, name: string, columns: string[]) =>
  db.schema.createIndex(name).on(table).columns(columns).execute()

export const MIGRATIONS: MigrationProvider = {
  getMigrations: async () => ({
    '001-first-light': first,
    '002-shelving': shelving,
    '003-outbox': outbox,
    '004-evidence': evidence,
    '005-rule-changes': ruleChanges,
    '006-notifications-by-noun': notificationsByNoun,
    '007-no-scopes': noScopes,
    '008-orders-by-time': ordersByTime,
    '009-issued-by': issuedBy,
    '010-order-dues': orderDues,
    '011-orders-by-fault': ordersByFault,
  }),
}
