/**
 * From a verdict of a rule to what the desk is told of it: with the order it owes, its proof, its evidence,
 * and how it rings.
 */
import { SOURCE_DOWN } from '../alarms/source-watch.ts'
import type { SubjectId } from '../model/alarm.ts'
import type { Place } from '../model/device.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Breach, Finding } from '../operations/findings.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import type { RuleVerdict } from '../rules/engine.ts'
import { JUDGED_ANEW } from '../rules/rule-run.ts'
import { judgementOf } from '../rules/rule-version.ts'
import { OUT_OF_SCHEDULE } from '../rules/telling.ts'
import { evidenceOf, spanOf } from './evidence.ts'
import type { SourceAlarms } from './source-alarms.ts'

export type FindingParts = {
  readonly sources: Pick<SourceAlarms, 'breachOf'>
  /** Where a device stands; undefined for one that the site no longer has. */
  placeOf(device: DeviceId): Place | undefined
  /** Whether others are heard through it: while it is silent, so are they. */
  isParent(subject: SubjectId): boolean
}

/** Ends that say nothing of the fault: nobody judges it from then on, or it is judged from the beginning. */
const UNPROVEN: ReadonlySet<string> = new Set([JUDGED_ANEW.code, OUT_OF_SCHEDULE.code])

/** None for a breach of whom the site or the rules no longer know. */
export function findingOf(
  verdict: RuleVerdict,
  rules: ReadonlyMap<string, BoundRule>,
  { sources, placeOf, isParent }: FindingParts,
): Finding | undefined {
  const { rule, subject, at, breached, because } = verdict
  if (!breached) {
    const unproven = UNPROVEN.has(because.code) && { unproven: true as const }
    return { is: 'clear', rule, subject, at, because, ...unproven }
  }
  if (rule === SOURCE_DOWN) return sources.breachOf(verdict)
  const bound = rules.get(rule)
  const judged = bound?.subjects.get(subject)
  const place = judged && placeOf(judged.device)
  if (!bound || !judged || !place) return undefined
  const { fault, order, verifyMs } = bound.config
  const severity = bound.severityAt(subject, at)
  const judgement = judgementOf(bound.config.kind, judged.options)
  const proof = { rule, judgement, verifyMs, points: judged.points }
  const { device } = judged
  const evidence = evidenceOf(bound, verdict)
  const grounds = evidence && { evidence, span: spanOf(judged, evidence) }
  const about = { rule, subject, at, because, fault, severity, order, proof, device, place }
  return { is: 'breach', ...about, ...ringingOf(bound.config, verdict, isParent), ...grounds }
}

/** Kinds and faults that are about people's lives: nobody shelves them, whatever their rules say. */
const LIFE_SAFETY = ['duress', 'fire']

export const ringsAlways = ({
  kind,
  fault,
  neverShelve = false,
}: Pick<BoundRule['config'], 'kind' | 'fault' | 'neverShelve'>): boolean =>
  neverShelve || LIFE_SAFETY.includes(kind) || LIFE_SAFETY.includes(fault)

/** What the alarm has to be told of how it rings. */
function ringingOf(
  config: BoundRule['config'],
  { subject, at, because, grounds }: RuleVerdict,
  isParent: (subject: SubjectId) => boolean,
): Pick<Breach, 'latching' | 'neverShelve' | 'woken' | 'cutsOffSince'> {
  const { kind, latching } = config
  const { forMs = 0 } = because.figures
  return {
    ...(latching && { latching: true }),
    ...(ringsAlways(config) && { neverShelve: true }),
    ...(grounds && 'wokenAt' in grounds.moment && { woken: true }),
    ...(kind === 'silent' && isParent(subject) && { cutsOffSince: at - Number(forMs) }),
  }
}
