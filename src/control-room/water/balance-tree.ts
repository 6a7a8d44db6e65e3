/** Balances as a tree: below a sub meter hangs the balance that begins with it. */
import type { WaterBalance } from '../api/types.ts'

export type BalanceTree = {
  readonly balance: WaterBalance
  /** By the sub meter below which they hang. */
  readonly below: ReadonlyMap<string, readonly BalanceTree[]>
}

export function treeOf(balances: readonly WaterBalance[]): BalanceTree[] {
  const known = new Set(balances.map(({ id }) => id))
  const nodeOf = (balance: WaterBalance): BalanceTree => {
    const below = new Map<string, BalanceTree[]>()
    for (const child of balances.filter(({ parent }) => parent === balance.id)) {
      const sub = balance.subs.find(({ device }) => child.main.some((main) => main.device === device))
      const at = sub?.device ?? balance.subs[0]?.device ?? ''
      below.set(at, [...(below.get(at) ?? []), nodeOf(child)])
    }
    return { balance, below }
  }
  return balances.filter(({ parent }) => parent === null || !known.has(parent)).map(nodeOf)
}
