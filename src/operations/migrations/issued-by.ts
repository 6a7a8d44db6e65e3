/** Who issued the present password of a device stands with it: the audit, where it was looked up, is cut one day. */
import { type Kysely, type Migration, sql } from 'kysely'

export const issuedBy: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('credentials').addColumn('issued_by', 'text').execute()
    await sql`
      update credentials set issued_by = (
        select by_name from audit
        where action = credentials.kind || '.token-issued' and subject = credentials.name
        order by id desc limit 1
      )`.execute(db)
  },
}
