/**
 * From a meter's marks, in the order of time, to links: what ran through it between two good
 * readings. A mark that does not fit is held until later ones say whether it or the past was wrong.
 */
import type { Instant } from '../model/instant.ts'
import type { LinkState, MeterMark, Stand } from '../model/water-use.ts'
import { type ExchangeAt, exchangeWithin } from './exchange.ts'
import {
  CONFIRMATIONS,
  CONFIRMED_AFTER_MS,
  DEFAULT_MAX_RATE_M3H,
  JITTER_M3,
  type MeterFacts,
  ROLLOVER_FROM,
} from './meter.ts'

/** Volume between two good readings next to each other. */
export type MeterLink = { readonly from: Instant; readonly to: Instant; readonly volumeM3: number }

const NONE: readonly [] = []

export const NOTHING_YET: LinkState = { chain: [], held: [] }

export type Taken = {
  readonly state: LinkState
  /** Links that nothing will take back any more, oldest first. */
  readonly settled: readonly MeterLink[]
  /** A reset or exchange is suspected here: what ran through in between is unknown. */
  readonly brokenAt?: Instant
}

/** Takes the next mark; marks come in the order of time, each instant once. */
export function takeMark(state: LinkState, mark: MeterMark, facts: MeterFacts): Taken {
  const exchange = facts.exchanges && exchangeWithin(facts.exchanges, lastAt(state), mark.at)
  return exchange ? takeAcross(exchange, state, mark, facts) : takeNext(state, mark, facts)
}

/** Before the first mark there is nothing that could have been exchanged. */
const lastAt = ({ chain, held }: LinkState): Instant =>
  Math.max(chain.at(-1)?.at ?? Number.POSITIVE_INFINITY, held.at(-1)?.at ?? Number.NEGATIVE_INFINITY)

/**
 * Who reads the last figures of a register mostly leaves the red ones out: less than this below what it said
 * before is that.
 */
const READ_BY_EYE_M3 = 1

/**
 * What the old register said last is a reading that nothing later takes back, and the new one goes on from
 * what it said first. A mark of that very instant may be of either and says nothing more.
 */
function takeAcross(exchange: ExchangeAt, state: LinkState, mark: MeterMark, facts: MeterFacts): Taken {
  const { at, finalM3, initialM3 } = exchange
  const lastM3 = state.chain.at(-1)?.volumeM3 ?? finalM3
  const volumeM3 = finalM3 < lastM3 && lastM3 - finalM3 < READ_BY_EYE_M3 ? lastM3 : finalM3
  const old = takeNext(state, { at, volumeM3 }, facts)
  const settled = [...old.settled, ...linksOf(old.state.chain)]
  const begun: LinkState = { chain: [{ at, volumeM3: initialM3 }], held: NONE }
  const isAtOdds = old.state.held.length > 0
  const next = mark.at === at ? { state: begun, settled: NONE } : takeMark(begun, mark, facts)
  const brokenAt = old.brokenAt ?? (isAtOdds ? at : next.brokenAt)
  const taken: Taken = { state: next.state, settled: [...settled, ...next.settled] }
  return brokenAt === undefined ? taken : { ...taken, brokenAt }
}

function takeNext(state: LinkState, mark: MeterMark, facts: MeterFacts): Taken {
  const last = state.chain.at(-1)
  if (!last) return { state: { chain: [mark], held: [] }, settled: [] }
  const next = following(last, mark, facts)
  if (next) return settle([...state.chain, next])
  const lastHeld = state.held.at(-1)
  const agreed = lastHeld && following(lastHeld, mark, facts)
  const held = agreed ? [...state.held, agreed] : [mark]
  const [first] = held
  const confirmed =
    held.length >= CONFIRMATIONS || (held.length > 1 && mark.at - (first?.at ?? 0) >= CONFIRMED_AFTER_MS)
  if (!first || !confirmed) return { state: { chain: state.chain, held }, settled: [] }
  // What stays low and goes on from before the last stands says that those were a spike.
  for (let i = state.chain.length - 2; i >= 0 && first.volumeM3 < last.volumeM3; i--) {
    const base = state.chain[i] as Stand
    const resumed = following(base, first, facts)
    if (resumed) return settle([...state.chain.slice(0, i + 1), resumed, ...held.slice(1)])
  }
  return { state: { chain: held, held: [] }, settled: linksOf(state.chain), brokenAt: first.at }
}

/** Whether nothing that comes later can tell the two apart. */
export const sameState = (a: LinkState, b: LinkState): boolean =>
  sameStands(a.chain, b.chain) && sameStands(a.held, b.held)

const sameStands = (a: readonly Stand[], b: readonly Stand[]): boolean =>
  a.length === b.length &&
  a.every((stand, n) => {
    const other = b[n] as Stand
    return stand.at === other.at && stand.volumeM3 === other.volumeM3 && stand.sinceM3 === other.sinceM3
  })

/** Links as things stand, which later marks may still take back. */
export const openLinks = ({ chain }: LinkState): MeterLink[] => linksOf(chain)

function settle(chain: readonly Stand[]): Taken {
  const keep = chain.length - CONFIRMATIONS
  if (keep <= 0) return { state: { chain, held: NONE }, settled: NONE }
  return { state: { chain: chain.slice(keep), held: NONE }, settled: linksOf(chain, keep) }
}

/** The links up to the stand of that place, or to the last one. */
function linksOf(chain: readonly Stand[], upTo = chain.length - 1): MeterLink[] {
  const links: MeterLink[] = []
  for (let place = 1; place <= upTo; place++) {
    const [before, { at, sinceM3 }] = [chain[place - 1] as Stand, chain[place] as Stand]
    if (sinceM3 !== undefined) links.push({ from: before.at, to: at, volumeM3: sinceM3 })
  }
  return links
}

/** The mark as the next stand after `base`, if it can be that. */
function following(base: Stand, { at, volumeM3 }: MeterMark, facts: MeterFacts): Stand | undefined {
  const sinceM3 = flowedM3(base.at, base.volumeM3, at, volumeM3, facts)
  return Number.isNaN(sinceM3) ? undefined : { at, volumeM3: believedM3(base.volumeM3, volumeM3), sinceM3 }
}

/**
 * What ran through since the stand at `baseAt` if the mark can follow it, else NaN. A step back by a display
 * unit is none; one from the end of the register is a rollover where so much can have run in that time.
 * Oracle's meter data management decides by a share of the capacity too.
 */
export function flowedM3(
  baseAt: Instant,
  baseM3: number,
  at: Instant,
  volumeM3: number,
  { capacityM3, maxRateM3h = DEFAULT_MAX_RATE_M3H }: MeterFacts,
): number {
  const mostM3 = (maxRateM3h * (at - baseAt)) / 3_600_000 + JITTER_M3
  const sinceM3 = volumeM3 - baseM3
  if (sinceM3 >= 0) return sinceM3 <= mostM3 ? sinceM3 : Number.NaN
  if (isJitter(baseM3, volumeM3)) return 0
  if (capacityM3 === undefined || baseM3 < ROLLOVER_FROM * capacityM3) return Number.NaN
  const overM3 = sinceM3 + capacityM3
  return overM3 >= 0 && overM3 <= mostM3 ? overM3 : Number.NaN
}

/** What the mark after one that follows `baseM3` is held against. */
export const believedM3 = (baseM3: number, volumeM3: number): number =>
  isJitter(baseM3, volumeM3) ? baseM3 : volumeM3

const isJitter = (baseM3: number, volumeM3: number) =>
  volumeM3 < baseM3 && baseM3 - volumeM3 <= JITTER_M3 + 1e-9
