/** Which rules were in force since when, who changed them and why. The newest row of a rule is what is in force. */
import type { Kysely, Migration } from 'kysely'

export const ruleChanges: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('rule_changes')
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('by_name', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('rule', 'text', (c) => c.notNull())
      .addColumn('from_version', 'text')
      .addColumn('to_version', 'text')
      .addColumn('declared', 'text')
      .execute()
    await db.schema.createIndex('rule_changes_by_rule').on('rule_changes').columns(['rule', 'id']).execute()
  },
}
