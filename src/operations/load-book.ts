/** What the load of seats is judged by: the alarms of a stretch, in pieces, and the floods that last. */
import { setImmediate as otherWork } from 'node:timers/promises'
import type { FloodState } from '../alarms/flood.ts'
import type { Alarm } from '../model/alarm.ts'
import type { Flood } from '../model/flood.ts'
import type { Interval } from '../model/instant.ts'
import { ACTIVE } from './alarm-book.ts'
import type { Database } from './tables.ts'

export interface LoadBook {
  /** Raised in it, oldest first; and before them those raised earlier that are still active. */
  alarms(raised: Interval): AsyncIterable<readonly Alarm[]>
  floods(): Promise<readonly Flood[]>
}

/** Read at once; between two pieces other work of the process gets its turn. */
const PIECE = 1_000

export const loadBook = (db: Database): LoadBook => ({
  async *alarms({ from, to }) {
    const alarms = db
      .selectFrom('alarms')
      .select(['body', 'raised_at', 'id'])
      .orderBy('raised_at')
      .orderBy('id')
    const earlier = alarms.where('state', 'in', ACTIVE).where('raised_at', '<', from)
    for (const some of [earlier, alarms.where('raised_at', '>=', from).where('raised_at', '<', to)]) {
      let last: { readonly raised_at: number; readonly id: string } | undefined
      do {
        const after = last
        const rest = after
          ? some.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('raised_at', 'id'), '>', tuple(after.raised_at, after.id)),
            )
          : some
        const rows = await rest.limit(PIECE).execute()
        yield rows.map(({ body }): Alarm => JSON.parse(body))
        last = rows.length === PIECE ? rows.at(-1) : undefined
        await otherWork()
      } while (last)
    }
  },

  async floods() {
    const rows = await db.selectFrom('seats').selectAll().orderBy('name').execute()
    return rows.flatMap(({ name, body }) => {
      const { flood }: FloodState = JSON.parse(body)
      return flood ? [{ seat: name, ...flood }] : []
    })
  },
})
