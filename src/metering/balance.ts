/**
 * What runs into a part of the network against what runs out of it, over days that are known of all its
 * meters. What is within the meters' own errors is no loss: √Σ(e·V)² for 2 % each (ISO 4064, class 2), 5 % of
 * the supply, or 0.1 m³ a day, whichever is most, as the rule `balance` has it where it is not told
 * otherwise.
 */
import type { BalanceState } from '../model/water-use.ts'
import { rounded } from './water-use.ts'

const SHARE = 0.05
const METER_ERROR = 0.02
const FLOOR_M3 = 0.1

export type BalanceSum = {
  readonly supplyM3: number
  readonly meteredM3: number
  /** What is used without a meter, by the site's estimate. */
  readonly unmeteredM3: number
  /** Supply less metered and unmetered: lost on the way, or too much where it is below zero. */
  readonly missingM3: number
  /** Of the supply; null where there was none. */
  readonly missingShare: number | null
  readonly toleranceM3: number
  readonly state: BalanceState
}

/** m³ of each main and sub meter over the same days; null where no day could be compared. */
export function balanceSum(
  main: readonly number[],
  subs: readonly number[],
  days: number,
  unmeteredM3ADay = 0,
): BalanceSum | null {
  if (days === 0) return null
  const supplyM3 = main.reduce((sum, volume) => sum + volume, 0)
  const meteredM3 = subs.reduce((sum, volume) => sum + volume, 0)
  const errorM3 = Math.hypot(...[...main, ...subs].map((volume) => METER_ERROR * volume))
  const toleranceM3 = rounded(Math.max(FLOOR_M3 * days, SHARE * supplyM3, errorM3))
  const unmeteredM3 = rounded(unmeteredM3ADay * days)
  const missingM3 = rounded(supplyM3 - meteredM3 - unmeteredM3)
  const missingShare = supplyM3 > 0 ? rounded(missingM3 / supplyM3) : null
  const state = Math.abs(missingM3) <= toleranceM3 ? 'balanced' : missingM3 > 0 ? 'lost' : 'surplus'
  return {
    supplyM3: rounded(supplyM3),
    meteredM3: rounded(meteredM3),
    unmeteredM3,
    missingM3,
    missingShare,
    toleranceM3,
    state,
  }
}

type Node = { readonly id: string; readonly main: readonly string[]; readonly subs: readonly string[] }

/**
 * The balance that a balance is a part of: the one whose sub meter is its main meter. Null at the top, and
 * where following the parents would lead round in a circle.
 */
export function parentsOf(balances: readonly Node[]): ReadonlyMap<string, string | null> {
  const holdersOf = new Map<string, string[]>()
  for (const { id, subs } of balances)
    for (const sub of subs) holdersOf.getOrInsertComputed(sub, () => []).push(id)
  const above = new Map<string, string>()
  for (const { id, main } of balances) {
    const parent = main.flatMap((meter) => holdersOf.get(meter) ?? []).find((holder) => holder !== id)
    if (parent !== undefined) above.set(id, parent)
  }
  const circles = (start: string) => {
    const walked = new Set([start])
    for (let at = above.get(start); at !== undefined; at = above.get(at)) {
      if (at === start) return true
      if (walked.has(at)) return false
      walked.add(at)
    }
    return false
  }
  return new Map(balances.map(({ id }) => [id, circles(id) ? null : (above.get(id) ?? null)]))
}
