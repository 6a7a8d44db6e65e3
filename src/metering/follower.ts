/**
 * Follows a register mark by mark. What nearly every mark does, following three stands in agreement, is done
 * in place and leaves nothing behind: with thousands of meters the collector of garbage would cost more than
 * the sums. All else is `takeMark`.
 */
import type { Instant } from '../model/instant.ts'
import type { LinkState, Stand } from '../model/water-use.ts'
import { exchangeWithin } from './exchange.ts'
import { addLink, type OpenHours } from './hours.ts'
import { believedM3, flowedM3, NOTHING_YET, openLinks, takeMark } from './links.ts'
import { CONFIRMATIONS, type MeterFacts } from './meter.ts'

/** Plain, without functions of its own: a ledger holds one a meter. */
export type Follower = {
  readonly facts: MeterFacts
  /**
   * Of each of three stands: instant, volume, volume since the one before it or NaN. Holds where `other` is
   * undefined.
   */
  readonly stands: number[]
  other: LinkState | undefined
}

const FIGURES = 3

export const followerOf = (facts: MeterFacts, state: LinkState = NOTHING_YET): Follower => {
  const follower = { facts, stands: Array<number>(CONFIRMATIONS * FIGURES).fill(0.5), other: state }
  goOnFrom(follower, state)
  return follower
}

export function goOnFrom(follower: Follower, state: LinkState): void {
  const isSteady = state.chain.length === CONFIRMATIONS && state.held.length === 0
  follower.other = isSteady ? undefined : state
  if (!isSteady) return
  const { stands } = follower
  for (let n = 0; n < CONFIRMATIONS; n++) {
    const { at, volumeM3, sinceM3 = Number.NaN } = state.chain[n] as Stand
    stands[FIGURES * n] = at
    stands[FIGURES * n + 1] = volumeM3
    stands[FIGURES * n + 2] = sinceM3
  }
}

/** What is known so far. */
export const stateOf = ({ other, stands }: Follower): LinkState =>
  other ?? { chain: [standIn(stands, 0), standIn(stands, FIGURES), standIn(stands, 2 * FIGURES)], held: [] }

/** The oldest stand that may still be taken back; undefined before the first mark. */
export const openFrom = ({ other, stands }: Follower): Instant | undefined =>
  other ? other.chain[0]?.at : stands[0]

/**
 * Marks come in the order of time; links that nothing will take back any more go to `hours`. True where a
 * reset or exchange is suspected.
 */
export function follow(follower: Follower, at: Instant, volumeM3: number, hours: OpenHours): boolean {
  if (!follower.other && stepped(follower, at, volumeM3, hours)) return false
  const taken = takeMark(stateOf(follower), { at, volumeM3 }, follower.facts)
  for (const link of taken.settled) addLink(hours, link.from, link.to, link.volumeM3)
  goOnFrom(follower, taken.state)
  return taken.brokenAt !== undefined
}

/** Adds links as things stand, which later marks may still take back. */
export function addOpenLinks({ other, stands }: Follower, hours: OpenHours): void {
  if (other) {
    for (const { from, to, volumeM3 } of openLinks(other)) addLink(hours, from, to, volumeM3)
    return
  }
  const [first, second, third] = [stands[0], stands[3], stands[6]] as [number, number, number]
  const [sinceFirstM3, sinceSecondM3] = [stands[5], stands[8]] as [number, number]
  if (!Number.isNaN(sinceFirstM3)) addLink(hours, first, second, sinceFirstM3)
  if (!Number.isNaN(sinceSecondM3)) addLink(hours, second, third, sinceSecondM3)
}

function stepped({ facts, stands }: Follower, at: Instant, volumeM3: number, hours: OpenHours): boolean {
  const [lastAt, lastM3] = [stands[6] as number, stands[7] as number]
  if (facts.exchanges && exchangeWithin(facts.exchanges, lastAt, at)) return false
  const sinceM3 = flowedM3(lastAt, lastM3, at, volumeM3, facts)
  if (Number.isNaN(sinceM3)) return false
  const linkM3 = stands[5] as number
  if (!Number.isNaN(linkM3)) addLink(hours, stands[0] as number, stands[3] as number, linkM3)
  for (let place = 0; place < 2 * FIGURES; place++) stands[place] = stands[place + FIGURES] as number
  stands[6] = at
  stands[7] = believedM3(lastM3, volumeM3)
  stands[8] = sinceM3
  return true
}

function standIn(stands: readonly number[], place: number): Stand {
  const [at, volumeM3, sinceM3] = [stands[place], stands[place + 1], stands[place + 2]] as [
    number,
    number,
    number,
  ]
  return Number.isNaN(sinceM3) ? { at, volumeM3 } : { at, volumeM3, sinceM3 }
}
