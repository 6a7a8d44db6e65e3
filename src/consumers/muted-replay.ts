/**
 * A start steps again through commits whose effects are in the books already. Under the same rules the books
 * are as they should be; under others, or where a rule is gone, this is what has to be put right before
 * anything new is told.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Finding } from '../operations/findings.ts'
import type { RuleVerdict } from '../rules/engine.ts'

type Orphan = { readonly rule: string; readonly subject: SubjectId }

export type MutedReplay = {
  /** Verdicts of a commit that is stepped through again. */
  note(verdicts: readonly RuleVerdict[]): void
  /** Active by the books, but no rule judges them any more: nobody else would ever clear them. */
  leave(orphans: readonly Orphan[]): void
  /**
   * What each subject came to, once, as findings that change nothing where the books agree; and the end of
   * what is left.
   */
  settled(at: Instant, findingsOf: (verdicts: readonly RuleVerdict[]) => readonly Finding[]): Finding[]
  /** Nothing that was stepped through waits to be settled. */
  readonly isSettled: boolean
}

export function mutedReplay(): MutedReplay {
  const lastOf = new Map<string, RuleVerdict>()
  let orphans: readonly Orphan[] = []
  return {
    note(verdicts) {
      for (const verdict of verdicts) lastOf.set(JSON.stringify([verdict.rule, verdict.subject]), verdict)
    },
    leave(found) {
      orphans = found
    },
    settled(at, findingsOf) {
      if (lastOf.size + orphans.length === 0) return []
      const findings = findingsOf([...lastOf.values()]).map((finding) =>
        finding.is === 'breach' ? { ...finding, unlessActive: true as const } : finding,
      )
      const ends = orphans.map((orphan) => ({ is: 'clear', ...orphan, at, unproven: true }) as const)
      lastOf.clear()
      orphans = []
      return [...findings, ...ends]
    },
    get isSettled() {
      return lastOf.size === 0
    },
  }
}
