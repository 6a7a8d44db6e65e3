/**
 * A guard who walks a route: each planned visit is made within a minute of its plan and read by the checkpoint's
 * own device. Troubles name a checkpoint; what is planned there during one is left out.
 */
import { nextVisit } from '../src/model/patrol-plan.ts'
import type { PatrolRoute } from '../src/model/site.ts'
import type { Behaviour, Said } from './behaviour.ts'
import { chance, pick } from './chance.ts'
import { isOn, type Trouble } from './trouble.ts'

/** How far from the plan a visit may be, either way. */
const JITTER_MS = 45_000

const GUARDS = ['马建国', '王志强', '李秀兰', '张伟']

export type PatrolOptions = {
  readonly route: PatrolRoute
  readonly timeZone: string
  readonly seed: number
  readonly troubles: readonly Trouble[]
}

export function patrolGuard({ route, timeZone, seed, troubles }: PatrolOptions): Behaviour {
  const missed = troubles.filter(({ name }) => name === 'missed-patrol')
  return (after, upTo) => {
    const said: Said[] = []
    for (const { checkpoint, offsetMinutes } of route.visits) {
      const plan = { timeZone, starts: route.starts, offsetsMinutes: [offsetMinutes] }
      let planned = nextVisit(plan, after - JITTER_MS - 1)
      for (; planned <= upTo + JITTER_MS; planned = nextVisit(plan, planned)) {
        const jitter = chance(seed, route.id, checkpoint, planned) * 2 - 1
        const at = planned + Math.round((jitter * JITTER_MS) / 1_000) * 1_000
        if (at <= after || at > upTo) continue
        if (missed.some((trouble) => trouble.device === checkpoint && isOn(trouble, planned))) continue
        const guard = pick(GUARDS, chance(seed, route.id, planned - offsetMinutes * 60_000))
        said.push({ device: checkpoint, at, values: { tag: `T-${checkpoint}`, guard } })
      }
    }
    return said.toSorted((a, b) => a.at - b.at)
  }
}
