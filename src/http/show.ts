/**
 * From the gateway's nouns to what a client sees: instants in the site's zone, words in its language, units
 * beside values.
 */

import type { Device } from '../model/device.ts'
import type { Language } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { retold } from '../model/retold.ts'
import { GATEWAY } from '../model/work-order.ts'
import type { LinkStatus, Shadow } from '../operations/operations.ts'
import type { ShowInstant } from './instants.ts'
import type { DeviceBody, LinkBody } from './schemas.ts'
import type { DeviceFacts } from './services.ts'

/** What the gateway notes of itself is in the language of who asks; what people wrote stays as they wrote it. */
export const showReason = (by: string, reason: string, language: Language): string =>
  by === GATEWAY ? retold(reason, language) : reason

/**
 * A report may be late by one and a half periods, and by half a minute whatever the period, before anyone
 * calls it silence.
 */
const GRACE_PERIODS = 2.5
const GRACE_MS = 30_000

export function statusOf(
  shadow: Pick<Shadow, 'lastSeenAt'> | undefined,
  reportEveryMs: number | undefined,
  now: Instant,
): DeviceBody['status'] {
  if (!shadow) return 'never-seen'
  if (reportEveryMs === undefined) return 'online' // it speaks only on events, so its silence says nothing
  const patienceMs = Math.max(reportEveryMs * GRACE_PERIODS, reportEveryMs + GRACE_MS)
  return now - shadow.lastSeenAt > patienceMs ? 'silent' : 'online'
}

export function showLatest(
  shadow: Shadow | undefined,
  { reportEveryMs, units }: DeviceFacts,
  now: Instant,
  instant: ShowInstant,
): Pick<DeviceBody, 'status' | 'lastSeenAt' | 'latest'> {
  const points = Object.entries(shadow?.latest ?? {})
  return {
    status: statusOf(shadow, reportEveryMs, now),
    lastSeenAt: shadow ? instant(shadow.lastSeenAt) : null,
    latest: Object.fromEntries(
      points.map(([point, { value, at, quality }]) => [
        point,
        { value, unit: units[point] ?? null, at: instant(at), quality },
      ]),
    ),
  }
}

export function showDevice(
  { id, name, family, profile, place, position }: Device,
  facts: DeviceFacts,
  shadow: Shadow | undefined,
  now: Instant,
  instant: ShowInstant,
): DeviceBody {
  return {
    id,
    name,
    family,
    profile,
    place,
    ...(position && { position }),
    reportsEveryMs: facts.reportEveryMs ?? null,
    ...showLatest(shadow, facts, now, instant),
  }
}

/** What a source says of its link it says once, for all readers. */
export const showLink = (
  { since, detail, ...link }: LinkStatus,
  instant: ShowInstant,
  language: Language,
): LinkBody => ({
  ...link,
  ...(detail !== undefined && { detail: retold(detail, language) }),
  since: instant(since),
})
