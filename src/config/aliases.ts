/**
 * Anchors and their aliases, put in each place once they are known to be harmless. The parser's own way looks through
 * the whole file for each alias, and takes whoever writes `place: *hall` for a hundred meters for an attacker.
 */
import { type Document, isAlias, isMap, isNode, isSeq, type Node } from 'yaml'

/** A thousand devices that share a place are some thousand; aliases of aliases soon mean more than a machine holds. */
const MOST_VALUES_BY_ALIAS = 1_000_000

/** `at`: its offset in the text. */
export type AliasSlip = { readonly at: number; readonly message: string }

type Anchored = { readonly node: Node; readonly values: number }

/** Puts what it stands for in the place of each alias. Where it names any slip, the document is of no more use. */
export function unfoldAliases(document: Document.Parsed): readonly AliasSlip[] {
  const slips: AliasSlip[] = []
  const anchors = new Map<string, Anchored>()
  const open = new Set<string>()
  let byAlias = 0

  /** What stands in its place in the end, and how many values that is. */
  function unfolded(node: unknown): Anchored | undefined {
    if (!isNode(node)) return undefined
    if (isAlias(node)) {
      const { source } = node
      const at = node.range?.[0] ?? 0
      const meant = anchors.get(source)
      if (open.has(source)) slips.push({ at, message: `${source} would contain itself` })
      else if (!meant) slips.push({ at, message: `Unresolved alias ${source}` })
      else {
        const before = byAlias
        byAlias += meant.values
        if (before <= MOST_VALUES_BY_ALIAS && byAlias > MOST_VALUES_BY_ALIAS)
          slips.push({
            at,
            message: `the aliases up to here stand for more than ${MOST_VALUES_BY_ALIAS} values`,
          })
      }
      return meant
    }
    const { anchor } = node as { anchor?: string }
    if (anchor !== undefined) open.add(anchor)
    const whole = { node, values: 1 + valuesBelow(node) }
    if (anchor !== undefined) {
      open.delete(anchor)
      anchors.set(anchor, whole)
    }
    return whole
  }

  function valuesBelow(node: Node): number {
    let values = 0
    const inPlace = (below: unknown) => {
      const meant = unfolded(below)
      values += meant?.values ?? 0
      return meant?.node ?? below
    }
    if (isSeq(node)) for (const [at, item] of node.items.entries()) node.items[at] = inPlace(item)
    else if (isMap(node)) {
      for (const pair of node.items) {
        pair.key = inPlace(pair.key)
        pair.value = inPlace(pair.value)
      }
    }
    return values
  }

  unfolded(document.contents)
  return slips
}
