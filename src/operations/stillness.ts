/**
 * How long commits that found nothing cause nothing: asked of the books once, and believed until something is
 * written in them. Most commits are like that, and a transaction for each of them would cost the gateway's
 * thread more than their rules do.
 */
import type { Instant } from '../model/instant.ts'
import type { CommitFindings } from './findings.ts'
import { deadParents, nextEnd } from './quiet-book.ts'
import type { Store, Write } from './store.ts'
import type { Tx } from './tables.ts'

/** Another process may write as well: the books are asked again after so much journal time. */
const BELIEVED_MS = 10_000

export type Stillness = {
  /** Whether these commits cause nothing, as far as is known; false where it is not known. */
  covers(commits: readonly CommitFindings[]): boolean
  /** To be called in the transaction that found nothing for a commit of that instant. */
  look(transaction: Write, at: Instant): Promise<void>
}

export function stillness({ counts }: Pick<Store, 'counts'>): Stillness {
  let known: { readonly transactions: number; readonly until: Instant } | undefined
  return {
    covers(commits) {
      const latest = commits.at(-1)?.receivedAt
      if (!known || latest === undefined) return false
      if (known.transactions !== counts.transactions || latest >= known.until) return false
      return commits.every(({ findings }) => findings.length === 0)
    },
    async look({ db, afterCommit }, at) {
      const until = await stillUntil(db)
      const transactions = counts.transactions + 1
      afterCommit(() => {
        known = until === undefined ? undefined : { transactions, until: Math.min(until, at + BELIEVED_MS) }
      })
    },
  }
}

/** The first instant at which something is due; undefined where any reading may matter. */
async function stillUntil(tx: Tx): Promise<Instant | undefined> {
  const waiting = tx.selectFrom('orders').select('id').where('verification', '=', 'waiting').limit(1)
  if ((await waiting.executeTakeFirst()) || (await deadParents(tx)).length > 0) return undefined
  const due = [
    await tx
      .selectFrom('alarms')
      .select(({ fn }) => fn.min('announce_at').as('at'))
      .where('announce_at', 'is not', null)
      .executeTakeFirstOrThrow(),
    await tx
      .selectFrom('escalations')
      .select(({ fn }) => fn.min('due_at').as('at'))
      .executeTakeFirstOrThrow(),
    await tx
      .selectFrom('seats')
      .select(({ fn }) => fn.min('due_at').as('at'))
      .executeTakeFirstOrThrow(),
    await tx
      .selectFrom('order_dues')
      .select(({ fn }) => fn.min('due_at').as('at'))
      .executeTakeFirstOrThrow(),
    { at: (await nextEnd(tx)) ?? null },
  ]
  return Math.min(...due.map(({ at }) => (at === null ? Number.POSITIVE_INFINITY : Number(at))))
}
