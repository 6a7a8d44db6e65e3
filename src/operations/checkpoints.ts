/**
 * Where the consumers stand. An offset is written with what it vouches for, in one transaction:
 * after a crash both are there or neither is.
 */
import { setImmediate as otherWork } from 'node:timers/promises'
import type { Offset } from '../model/commit.ts'
import { ACTIVE } from './alarm-book.ts'
import type { Checkpoints } from './operations.ts'
import type { StateStore } from './state-store.ts'
import type { Store } from './store.ts'
import type { Database, Tx } from './tables.ts'

/** The effects of the alarms consumer, and the states of its rules: two offsets, see the house plan. */
export const EFFECTS = 'alarms.effects'
export const STATES = 'alarms.states'
export const DEVICES = 'devices'
/**
 * Dead letters and links, which people ask for and so are in the books; the devices consumer passes what it
 * has written before.
 */
export const LETTERS = 'devices.letters'

/** Rows in one statement; between two statements other work of the process gets its turn. */
const ROWS = 200

function* parts<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += ROWS) yield rows.slice(start, start + ROWS)
}

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
  states: StateStore,
  { deadLettersKept }: { readonly deadLettersKept: number },
): Checkpoints {
  const { db, write, counts } = store
  return {
    offset: (consumer) =>
      consumer === STATES || consumer === DEVICES ? states.offset(consumer) : offsetOf(db, consumer),
    ruleStates: states.ruleStates,
    saveRuleStates: (to, rows) => states.saveRuleStates(STATES, to, rows),
    saveShadows: (to, shadows) => states.saveShadows(DEVICES, to, shadows),

    activeAlarms: () =>
      db
        .selectFrom('alarms')
        .select(['rule', 'subject'])
        .distinct()
        .where('state', 'in', ACTIVE)
        .where('returned_at', 'is', null)
        .execute(),

    async rebaseAlarms(to) {
      await write(({ db: tx }) => setOffset(tx, EFFECTS, to))
      await states.saveRuleStates(STATES, to, [])
    },

    async saveLetters({ to, links, deadLetters }) {
      const dropped = await write(async ({ db: tx }) => {
        for (const link of links) {
          const body = JSON.stringify(link)
          await tx
            .insertInto('links')
            .values({ source: link.source, body })
            .onConflict((conflict) => conflict.column('source').doUpdateSet({ body }))
            .execute()
        }
        let newest = 0
        for (const part of parts(deadLetters)) {
          const rows = await tx
            .insertInto('dead_letters')
            .values(
              part.map(({ at, ...letter }) => {
                const { device = null, code } = letter
                return { at, device, code, body: JSON.stringify(letter) }
              }),
            )
            .returning('id')
            .execute()
          newest = Math.max(...rows.map(({ id }) => id))
          await otherWork()
        }
        await setOffset(tx, LETTERS, to)
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
