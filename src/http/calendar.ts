/** Whether an instant stands on a boundary of the site's calendar; daylight saving is Temporal's business. */
import type { Instant } from '../model/instant.ts'
import type { UseStep } from '../model/water-use.ts'

export function isBoundary(at: Instant, step: UseStep, timeZone: string): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  if (step === 'hour') return local.minute === 0 && local.second === 0 && local.millisecond === 0
  const isMidnight = local.startOfDay().epochMilliseconds === at
  return step === 'day' ? isMidnight : isMidnight && local.day === 1
}
