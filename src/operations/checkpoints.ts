/**
 * Where the consumers stand. An offset is written with what it vouches for, in one transaction:
 * after a crash both are there or neither is.
 */
import type { Offset } from '../model/commit.ts'
import type { Checkpoints } from './operations.ts'
import type { Store } from './store.ts'
import type { Database, Tx } from './tables.ts'

/** The effects of the alarms consumer, and the states of its rules: two offsets, see the house plan. */
export const EFFECTS = 'alarms.effects'
export const STATES = 'alarms.states'
export const DEVICES = 'devices'

export async function offsetOf(db: Database | Tx, consumer: string): Promise<Offset> {
  const row = await db
    .selectFrom('offsets')
    .select('position')
    .where('consumer', '=', consumer)
    .executeTakeFirst()
  return row?.position ?? 0
}

export async function setOffset(tx: Tx, consumer: string, position: Offset): Promise<void> {
  await tx
    .insertInto('offsets')
    .values({ consumer, position })
    .onConflict((conflict) => conflict.column('consumer').doUpdateSet({ position }))
    .execute()
}

export function checkpoints(
  store: Store,
  { deadLettersKept }: { readonly deadLettersKept: number },
): Checkpoints {
  const { db, write, counts } = store
  return {
    offset: (consumer) => offsetOf(db, consumer),

    async ruleStates() {
      const rows = await db.selectFrom('rule_states').selectAll().execute()
      return rows.map(({ rule, subject, body }) => ({ rule, subject, kept: JSON.parse(body) }))
    },

    saveRuleStates: (to, rows) =>
      write(async ({ db: tx }) => {
        for (const { rule, subject, kept } of rows) {
          if (kept === null) {
            await tx
              .deleteFrom('rule_states')
              .where('rule', '=', rule)
              .where('subject', '=', subject)
              .execute()
            continue
          }
          const body = JSON.stringify(kept)
          await tx
            .insertInto('rule_states')
            .values({ rule, subject, body })
            .onConflict((conflict) => conflict.columns(['rule', 'subject']).doUpdateSet({ body }))
            .execute()
        }
        await setOffset(tx, STATES, to)
      }),

    async saveDevices({ to, shadows, links, deadLetters }) {
      const dropped = await write(async ({ db: tx }) => {
        for (const { device, lastSeenAt, latest } of shadows) {
          const changing = { last_seen_at: lastSeenAt, latest: JSON.stringify(latest) }
          await tx
            .insertInto('shadows')
            .values({ device, ...changing })
            .onConflict((conflict) => conflict.column('device').doUpdateSet(changing))
            .execute()
        }
        for (const link of links) {
          const body = JSON.stringify(link)
          await tx
            .insertInto('links')
            .values({ source: link.source, body })
            .onConflict((conflict) => conflict.column('source').doUpdateSet({ body }))
            .execute()
        }
        let newest = 0
        for (const { at, ...letter } of deadLetters) {
          const { device = null, code } = letter
          const { id } = await tx
            .insertInto('dead_letters')
            .values({ at, device, code, body: JSON.stringify(letter) })
            .returning('id')
            .executeTakeFirstOrThrow()
          newest = id
        }
        await setOffset(tx, DEVICES, to)
        if (newest <= deadLettersKept) return 0
        const { numDeletedRows } = await tx
          .deleteFrom('dead_letters')
          .where('id', '<=', newest - deadLettersKept)
          .executeTakeFirst()
        return Number(numDeletedRows)
      })
      counts.deadLettersDropped += dropped
    },
  }
}
