/**
 * Why an alarm does not ring, on the alarm itself, and all that is in force: shelves, what is out of service,
 * who was heard behind a dead parent.
 */
import { type Kysely, type Migration, sql } from 'kysely'

export const shelving: Migration = {
  async up(db: Kysely<unknown>) {
    const alarms = db.schema.alterTable('alarms')
    await alarms.addColumn('suppressed_by', 'text').execute()
    await alarms.addColumn('suppressing', 'text').execute()
    await alarms.addColumn('returned_at', 'bigint').execute()
    await alarms.addColumn('woken', 'integer', (c) => c.notNull().defaultTo(0)).execute()
    await alarms.addColumn('owes_order', 'integer', (c) => c.notNull().defaultTo(0)).execute()
    await db.schema
      .createIndex('alarms_suppressed')
      .on('alarms')
      .columns(['suppressed_by', 'suppressing'])
      .where(sql.ref('suppressed_by'), 'is not', null)
      .execute()
    await db.schema
      .createTable('shelves')
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('rule', 'text', (c) => c.notNull())
      .addColumn('alarm', 'text', (c) => c.notNull())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('shelves_key', ['subject', 'rule'])
      .execute()
    await db.schema.createIndex('shelves_by_end').on('shelves').columns(['until']).execute()

    await db.schema
      .createTable('out_of_service')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('until', 'bigint', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('out_of_service_key', ['kind', 'id'])
      .execute()
    await db.schema.createIndex('out_of_service_by_end').on('out_of_service').columns(['until']).execute()

    await db.schema
      .createTable('dead_parents')
      .addColumn('alarm', 'text', (c) => c.primaryKey())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addColumn('until', 'bigint')
      .execute()
    await db.schema
      .createTable('heard_behind')
      .addColumn('alarm', 'text', (c) => c.notNull())
      .addColumn('device', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('heard_behind_key', ['alarm', 'device'])
      .execute()
  },
}
