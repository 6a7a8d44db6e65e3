/** Every rule kind there is. To add one: a file like these, a line here, its words in `model/words-because.ts`. */
import * as z from 'zod'
import { absenceKind } from './absence.ts'
import { antiPassbackKind } from './anti-passback.ts'
import { balanceKind } from './balance.ts'
import type { DeclaredKind } from './bound-rule.ts'
import { burstKind } from './burst.ts'
import { clockSkewKind } from './clock-skew.ts'
import { compareKind } from './compare.ts'
import { continuousFlowKind } from './continuous-flow.ts'
import { countKind } from './count.ts'
import { deniedBurstKind } from './denied-burst.ts'
import { doorForcedKind } from './door-forced.ts'
import { doorHeldOpenKind } from './door-held-open.ts'
import { doorOpenWarningKind } from './door-open-warning.ts'
import { doorTamperKind } from './door-tamper.ts'
import { doorUnlockedKind } from './door-unlocked.ts'
import { duressKind } from './duress.ts'
import { earlyCheckpointKind } from './early-checkpoint.ts'
import { expressionKind } from './expression.ts'
import { forbiddenParkingKind } from './forbidden-parking.ts'
import { fuelDropKind } from './fuel-drop.ts'
import { geofenceKind } from './geofence.ts'
import { implausibleJumpKind } from './implausible-jump.ts'
import { lateCheckpointKind } from './late-checkpoint.ts'
import { longParkingKind } from './long-parking.ts'
import { lowBatteryKind } from './low-battery.ts'
import { missedCheckpointKind } from './missed-checkpoint.ts'
import { nightFlowKind } from './night-flow.ts'
import { notReturnedKind } from './not-returned.ts'
import { outOfHoursKind } from './out-of-hours.ts'
import { patrolOrderKind } from './patrol-order.ts'
import { patrolPaceKind } from './patrol-pace.ts'
import { reverseFlowKind } from './reverse-flow.ts'
import { roundIncompleteKind } from './round-incomplete.ts'
import { type RuleConfig, ruleConfigOf } from './rule-config.ts'
import { silentKind } from './silent.ts'
import { speedingKind } from './speeding.ts'
import { stuckMeterKind } from './stuck-meter.ts'
import { sustainedKind } from './sustained.ts'
import { tamperKind } from './tamper.ts'
import { towKind } from './tow.ts'
import { trackerUnpluggedKind } from './tracker-unplugged.ts'
import { unknownTagKind } from './unknown-tag.ts'

export const RULE_KINDS: readonly DeclaredKind[] = [
  sustainedKind,
  silentKind,
  continuousFlowKind,
  nightFlowKind,
  burstKind,
  stuckMeterKind,
  reverseFlowKind,
  implausibleJumpKind,
  lowBatteryKind,
  tamperKind,
  clockSkewKind,
  balanceKind,
  doorHeldOpenKind,
  doorOpenWarningKind,
  doorForcedKind,
  doorUnlockedKind,
  doorTamperKind,
  deniedBurstKind,
  duressKind,
  antiPassbackKind,
  missedCheckpointKind,
  lateCheckpointKind,
  earlyCheckpointKind,
  roundIncompleteKind,
  patrolOrderKind,
  patrolPaceKind,
  unknownTagKind,
  longParkingKind,
  forbiddenParkingKind,
  geofenceKind,
  notReturnedKind,
  outOfHoursKind,
  speedingKind,
  towKind,
  fuelDropKind,
  trackerUnpluggedKind,
  expressionKind,
  compareKind,
  absenceKind,
  countKind,
]

const schemas = RULE_KINDS.map(({ kind, declared }) => ruleConfigOf(kind, declared))

const Rule = z
  .discriminatedUnion('kind', schemas as [(typeof schemas)[number], ...typeof schemas])
  .transform((rule): RuleConfig => ({ ...rule, fault: rule.fault ?? rule.id }))

/** What rules.yaml holds. */
export const RulesOptions = z.strictObject({
  rules: z
    .array(Rule)
    .superRefine((rules, context) => {
      rules.forEach(({ id }, index) => {
        if (rules.findIndex((other) => other.id === id) === index) return
        context.addIssue({ code: 'custom', path: [index, 'id'], message: `another rule is called ${id}` })
      })
    })
    .default([]),
})

export type RulesOptions = z.output<typeof RulesOptions>
