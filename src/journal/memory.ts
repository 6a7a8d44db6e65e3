/** A journal that forgets: for tests and benches that are not about durability. */
import type { Commit } from '../model/commit.ts'
import type { Journal } from './journal.ts'
import { journalOver, type LineParts } from './line.ts'
import type { CommitStore } from './store.ts'

export const memoryJournal = (parts: LineParts): Journal => journalOver(memoryStore(), parts)

/** Commits go by age once every consumer has passed them, as anywhere. */
function memoryStore(): CommitStore {
  const commits: Commit[] = []
  return {
    head: { offset: 0, receivedAt: 0 },
    positions: new Map(),
    damaged: 0,
    spoiltFiles: 0,
    async write(commit) {
      if (!commit) return { bytes: 0 }
      commits.push(commit)
      return { bytes: 0, kept: commit }
    },
    async read(after, limit) {
      const from = Math.max(0, after + 1 - (commits[0]?.offset ?? 1))
      return commits.slice(from, from + limit)
    },
    async remove({ upTo, before }) {
      const kept = commits.findIndex(({ offset, receivedAt }) => offset > upTo || receivedAt >= before)
      const old = kept < 0 ? commits.length : kept
      return commits.splice(0, Math.min(old, commits.length - 1)).length
    },
    diskUsed: async () => 0,
    async close() {},
  }
}
