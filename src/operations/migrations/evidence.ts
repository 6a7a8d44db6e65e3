/** What each alarm was decided by. Numbered, so that the oldest go first once there are too many. */
import type { Kysely, Migration } from 'kysely'

export const evidence: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('evidence')
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('alarm', 'text', (c) => c.notNull().unique())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute()
  },
}
