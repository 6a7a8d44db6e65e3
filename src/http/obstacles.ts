/**
 * What a running gateway says of itself at /readyz and on the page: what stands in its way, and what a person
 * should see to.
 */
import type { Alarms } from '../consumers/alarms.ts'
import type { Consumer } from '../consumers/consumer.ts'
import type { History } from '../consumers/history.ts'
import type { Ledger } from '../consumers/ledger.ts'
import type { Journal } from '../journal/journal.ts'
import { said } from '../model/refusal.ts'
import type { Obstacle } from './services.ts'

/** How far a consumer may be behind the journal before the gateway says that it is not ready, commits. */
const CATCHING_UP_COMMITS = 5_000

/** Until it is over, devices are not answered or alarms wait. */
export function obstaclesOf(
  journal: Journal,
  { trouble }: Alarms,
  consumers: readonly Consumer[],
): Obstacle[] {
  const obstacles: Obstacle[] = []
  if (journal.refusing) {
    obstacles.push({ code: `journal-${journal.refusing}`, detail: said('journal-refuses') })
  }
  if (trouble !== undefined) obstacles.push({ code: 'operations-failed', detail: trouble })
  for (const { name, offset } of consumers) {
    const behind = journal.head.offset - offset
    if (behind <= CATCHING_UP_COMMITS) continue
    obstacles.push({ code: 'catching-up', detail: said('consumer-behind', { name, behind }) })
  }
  return obstacles
}

/** Nothing is lost or late by these yet; a person has time to see to them. */
export function warningsOf(journal: Journal, history: History, ledger: Ledger): Obstacle[] {
  const warnings: Obstacle[] = []
  if (journal.diskFilling) {
    const percent = Math.floor(journal.counts.diskUsed * 100)
    warnings.push({ code: 'disk-filling', detail: said('disk-used', { percent }) })
  }
  const { spoiltFiles } = journal.counts
  if (spoiltFiles > 0)
    warnings.push({ code: 'journal-spoilt', detail: said('journal-spoilt', { files: spoiltFiles }) })
  if (history.failing !== undefined) warnings.push({ code: 'history-failing', detail: history.failing })
  if (ledger.failing !== undefined) warnings.push({ code: 'ledger-failing', detail: ledger.failing })
  return warnings
}
