/**
 * A guard who walks a route: each planned visit is made within a minute of its plan and read by the checkpoint's
 * own device. Troubles name a checkpoint, and change what is planned there during one.
 */
import type { Instant } from '../src/model/instant.ts'
import { nextVisit } from '../src/model/patrol-plan.ts'
import type { PatrolRoute } from '../src/model/site.ts'
import type { Behaviour, Said } from './behaviour.ts'
import { chance, pick } from './chance.ts'
import { isOn, type ScenarioName, type Trouble } from './trouble.ts'

/** How far from the plan a visit may be, either way. */
const JITTER_MS = 45_000
/** Just late enough for the demo, whose guards count as late 50 s after the plan and as missing after a minute. */
const LATE_MS = 55_000
const EARLY_MS = 90_000
/** Nobody walks from one checkpoint to the next in this time. */
const COPIED_MS = 3_000
/** So long after the guard somebody comes by with a tag of their own. */
const STRANGER_MS = 20_000

const GUARDS = ['马建国', '王志强', '李秀兰', '张伟']

export type PatrolOptions = {
  readonly route: PatrolRoute
  readonly timeZone: string
  readonly seed: number
  readonly troubles: readonly Trouble[]
}

export function patrolGuard({ route, timeZone, seed, troubles }: PatrolOptions): Behaviour {
  const { visits } = route
  const offsetMs = (visit: number) => (visits[visit]?.offsetMinutes ?? 0) * 60_000
  const gapMs = (visit: number) => offsetMs(visit) - offsetMs(visit - 1)
  const reachMs = 2 * EARLY_MS + Math.max(0, ...visits.slice(1).map((_, nth) => Math.abs(gapMs(nth + 1))))

  const struck = (name: ScenarioName, visit: number, planned: Instant) =>
    troubles.some(
      (trouble) =>
        trouble.name === name && trouble.device === visits[visit]?.checkpoint && isOn(trouble, planned),
    )
  const usual = (visit: number, planned: Instant) => {
    const jitter = chance(seed, route.id, visits[visit]?.checkpoint ?? '', planned) * 2 - 1
    return planned + Math.round((jitter * JITTER_MS) / 1_000) * 1_000
  }

  /** When the checkpoint is read for the visit planned then. */
  const readsOf = (visit: number, planned: Instant): Instant[] => {
    if (struck('missed-patrol', visit, planned)) return []
    if (struck('late-patrol', visit, planned)) return [planned + LATE_MS]
    const at = usual(visit, planned)
    if (struck('early-patrol', visit, planned)) return [planned - EARLY_MS, at]
    if (struck('copied-tags', visit, planned)) {
      const before = planned - gapMs(visit)
      return [(readsOf(visit - 1, before).at(-1) ?? usual(visit - 1, before)) + COPIED_MS, at]
    }
    // Forgotten, and visited on the way back from the next one, which was therefore not too soon
    if (visit + 1 < visits.length && struck('wrong-order', visit, planned)) {
      return [Math.max(planned + gapMs(visit + 1), usual(visit + 1, planned + gapMs(visit + 1))) + 20_000]
    }
    return [at]
  }

  return (after, upTo) => {
    const said: Said[] = []
    for (const [visit, { checkpoint, offsetMinutes }] of visits.entries()) {
      const plan = { timeZone, starts: route.starts, offsetsMinutes: [offsetMinutes] }
      let planned = nextVisit(plan, after - reachMs - 1)
      for (; planned <= upTo + reachMs; planned = nextVisit(plan, planned)) {
        const guard = pick(GUARDS, chance(seed, route.id, planned - offsetMinutes * 60_000))
        const reads = readsOf(visit, planned).map((at) => ({ at, values: { tag: `T-${checkpoint}`, guard } }))
        const strangers = struck('unknown-tag', visit, planned)
          ? [{ at: usual(visit, planned) + STRANGER_MS, values: { tag: `X-${checkpoint}` } }]
          : []
        for (const { at, values } of [...reads, ...strangers]) {
          if (at > after && at <= upTo) said.push({ device: checkpoint, at, values })
        }
      }
    }
    return said.toSorted((a, b) => a.at - b.at)
  }
}
