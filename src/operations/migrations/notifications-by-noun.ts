/** Whoever looks at an alarm asks what was told of it. */
import type { Kysely, Migration } from 'kysely'

export const notificationsByNoun: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createIndex('outbox_by_noun').on('outbox').columns(['noun', 'id']).execute()
  },
}
