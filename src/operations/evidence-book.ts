/** The evidence of alarms: written once, in the transaction that raises the alarm, and never changed. */
import type { Evidence } from '../model/evidence.ts'
import type { Database, Tx } from './tables.ts'

/** Alarms whose evidence is kept; with some 10 kB each a few hundred megabytes. The oldest go first. */
const KEPT = 20_000
/** Characters of one evidence. What is over it costs the oldest readings first, then the state. */
const MOST_CHARACTERS = 256 * 1_024

export interface EvidenceBook {
  /** Undefined where the alarm has none: it was raised by an earlier release, or is too old. */
  of(alarm: string): Promise<Evidence | undefined>
}

export const evidenceBook = (db: Database): EvidenceBook => ({
  async of(alarm) {
    const row = await db.selectFrom('evidence').select('body').where('alarm', '=', alarm).executeTakeFirst()
    return row && JSON.parse(row.body)
  },
})

export async function writeEvidence(tx: Tx, alarm: string, evidence: Evidence): Promise<void> {
  const { id } = await tx
    .insertInto('evidence')
    .values({ alarm, body: bodyOf(evidence) })
    .returning('id')
    .executeTakeFirstOrThrow()
  if (id > KEPT)
    await tx
      .deleteFrom('evidence')
      .where('id', '<=', id - KEPT)
      .execute()
}

export function bodyOf(evidence: Evidence): string {
  let kept = evidence
  for (;;) {
    const body = JSON.stringify(kept)
    if (body.length <= MOST_CHARACTERS) return body
    if (kept.readings.length > 0) {
      const readings = kept.readings.slice(Math.ceil(kept.readings.length / 2))
      kept = { ...kept, readings, from: readings[0]?.at ?? kept.at, cut: 'too-many' }
    } else if (kept.before !== undefined) {
      const { before: _tooLarge, ...rest } = kept
      kept = rest
    } else return body
  }
}
