/** What is still to be told, to whom; how loaded each seat is; which escalations run. */
import { type Kysely, type Migration, sql } from 'kysely'

export const outbox: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('outbox')
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('channel', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('noun', 'text', (c) => c.notNull())
      .addColumn('event', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('severity', 'text')
      .addColumn('in_flood', 'integer', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('parcel', 'text')
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('tried_at', 'bigint')
      .addColumn('because', 'text')
      .execute()
    await db.schema.createIndex('outbox_once').on('outbox').columns(['channel', 'key']).unique().execute()
    await db.schema
      .createIndex('outbox_waiting')
      .on('outbox')
      .columns(['channel', 'id'])
      .where(sql.ref('state'), '=', 'waiting')
      .execute()
    await db.schema.createIndex('outbox_by_state').on('outbox').columns(['state', 'id']).execute()
    await db.schema.createIndex('outbox_tried').on('outbox').columns(['channel', 'tried_at']).execute()

    await db.schema
      .createTable('seats')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('due_at', 'bigint')
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('escalations')
      .addColumn('alarm', 'text', (c) => c.notNull())
      .addColumn('policy', 'text', (c) => c.notNull())
      .addColumn('step', 'integer', (c) => c.notNull())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('escalations_key', ['alarm', 'policy'])
      .execute()
    await db.schema.createIndex('escalations_due').on('escalations').columns(['due_at']).execute()
  },
}
