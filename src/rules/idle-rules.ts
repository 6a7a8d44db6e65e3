/**
 * Rules that judge nobody: they are allowed, for a site may get its first gate tomorrow, but a misspelt point
 * makes one too, and it would be silent for ever.
 */
import { meant } from '../model/meant.ts'
import type { BoundRule } from './bound-rule.ts'

/** A sentence for each rule without a subject; of points that none of `known` is, with the one that was meant. */
export const idleRules = (
  rules: readonly BoundRule[],
  known: readonly string[] = [],
): { readonly rule: string; readonly sentence: string }[] =>
  rules
    .filter(({ subjects }) => subjects.size === 0)
    .map(({ config: { id, kind }, passedOver: { subjects, points } }) => ({
      rule: id,
      sentence:
        subjects === 0
          ? `rule ${id} judges nobody: its scope holds no device that ${kind} can judge`
          : `rule ${id} judges nobody: of the ${subjects} in its scope none has what it judges by: ${points.map((point) => `${point}${meant(point, known)}`).join(', ')}`,
    }))
