/** Users were once to be limited to institutions; nothing ever asked for it. */
import type { Kysely, Migration } from 'kysely'

export const noScopes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('users').dropColumn('scopes').execute()
  },
}
