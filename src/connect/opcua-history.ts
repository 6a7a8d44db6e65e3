/**
 * Fetches from a server's history what was measured while nobody listened: a slice of time for many
 * nodes at once, oldest first, and each slice durable before the next is asked for. So little is held
 * whatever the outage was, and after a crash in the middle the rest begins where the last slice ended.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { DataChange } from './connector.ts'

export type MissedNode = {
  readonly nodeId: string
  readonly samplingMs: number
  /** Everything up to here is known. */
  readonly after: Instant
}

/** What the server gave for one node; `more` asks for the rest of the same stretch. */
export type HistoryPage =
  | {
      readonly values: readonly DataChange[]
      readonly more?: Uint8Array
      /** Why the server cannot give all of this stretch, though it may have others. */
      readonly lacking?: string
    }
  | { readonly refusal: string }

export type HistoryQuestion = { readonly nodeId: string; readonly more?: Uint8Array }

/** Answers in the order of the questions. `from` and `to` both belong to the stretch. */
export type ReadHistory = (
  asked: readonly HistoryQuestion[],
  from: Instant,
  to: Instant,
  valuesPerNode: number,
) => Promise<readonly HistoryPage[]>

export type HistoryParts = {
  readonly read: ReadHistory
  /** Resolves when durable; a rejection ends it all. Those of one node come in the order of their time. */
  deliver(changes: readonly DataChange[]): Promise<void>
  /** Told before anything newer is delivered, for a later fill begins behind it. */
  lacking(stretches: readonly Lacking[]): void
}

export type Unfilled = { readonly nodeId: string; readonly reason: string }

/** Of this stretch the server does not have all; what comes after it is asked for as ever. */
export type Lacking = Unfilled & { readonly stretch: Interval }

export type HistoryLimits = {
  readonly nodesPerCall: number
  readonly valuesPerNode: number
}

/** Some 25,000 values an answer, far below the message sizes that servers set. */
const LIMITS: HistoryLimits = { nodesPerCall: 50, valuesPerNode: 500 }
/** More is delivered at once, though points measured together may then come apart. */
const HELD_VALUES = 50_000
/** A server that goes on promising more without giving any is not asked for ever. */
const EMPTY_PAGES = 100

type Wanting = {
  /** Of these nodes nothing more is to be had, and why. */
  readonly refusals: Map<string, string>
  /** Not told yet; of one node from the first lacking slice to the last. */
  readonly lacks: Map<string, Lacking>
}

type Pending = { readonly node: MissedNode; more?: Uint8Array; emptyPages: number }

/** Fills all nodes up to `until`; resolves with those of which something is still missing, and why. */
export async function fillFromHistory(
  missed: readonly MissedNode[],
  until: Instant,
  parts: HistoryParts,
  limits: HistoryLimits = LIMITS,
): Promise<Unfilled[]> {
  const oldestFirst = missed.toSorted((one, other) => one.after - other.after)
  const unfilled: Unfilled[] = []
  for (let first = 0; first < oldestFirst.length; first += limits.nodesPerCall) {
    const nodes = oldestFirst.slice(first, first + limits.nodesPerCall)
    unfilled.push(...(await fillTogether(nodes, until, parts, limits)))
  }
  return unfilled
}

/** `nodes` have the oldest first. */
async function fillTogether(
  nodes: readonly MissedNode[],
  until: Instant,
  parts: HistoryParts,
  { valuesPerNode }: HistoryLimits,
): Promise<Unfilled[]> {
  const refusals = new Map<string, string>()
  const lacks = new Map<string, Lacking>()
  const sliceMs = valuesPerNode * Math.min(...nodes.map(({ samplingMs }) => samplingMs))
  let lengthMs = sliceMs
  let from = nodes[0]?.after ?? until
  while (from < until && refusals.size < nodes.length) {
    const asked = nodes.filter(({ nodeId, after }) => after <= from && !refusals.has(nodeId))
    const next = nodes.find(({ after }) => after > from)?.after ?? until
    const to = Math.min(from + lengthMs, next, until)
    if (asked.length > 0) {
      const found = await fillSlice(asked, from, to, valuesPerNode, parts, { refusals, lacks })
      // A node at rest for a month is not asked for each quarter of an hour of it.
      lengthMs = found > 0 ? sliceMs : lengthMs * 2
    }
    from = to
  }
  tellLacks(lacks, parts)
  return [...refusals].map(([nodeId, reason]) => ({ nodeId, reason }))
}

function tellLacks(lacks: Map<string, Lacking>, { lacking }: HistoryParts): void {
  if (lacks.size > 0) lacking([...lacks.values()])
  lacks.clear()
}

/** Returns how many values there were. */
async function fillSlice(
  nodes: readonly MissedNode[],
  from: Instant,
  to: Instant,
  valuesPerNode: number,
  parts: HistoryParts,
  { refusals, lacks }: Wanting,
): Promise<number> {
  let pending: Pending[] = nodes.map((node) => ({ node, emptyPages: 0 }))
  let held: DataChange[] = []
  let found = 0
  const hand = async () => {
    const changes = held.sort((one, other) => (one.sourceTimestamp ?? 0) - (other.sourceTimestamp ?? 0))
    held = []
    if (changes.length === 0) return
    tellLacks(lacks, parts)
    await parts.deliver(changes)
  }
  while (pending.length > 0) {
    const asked = pending.map(({ node: { nodeId }, more }) => (more ? { nodeId, more } : { nodeId }))
    const pages = await parts.read(asked, from, to, valuesPerNode)
    const left: Pending[] = []
    for (const [index, { node, emptyPages }] of pending.entries()) {
      const page = pages[index] ?? { refusal: 'no answer' }
      if ('refusal' in page) {
        refusals.set(node.nodeId, page.refusal)
        continue
      }
      if (page.lacking !== undefined) {
        const { nodeId } = node
        const { reason, stretch } = lacks.get(nodeId) ?? { reason: page.lacking, stretch: { from } }
        lacks.set(nodeId, { nodeId, reason, stretch: { from: stretch.from, to } })
      }
      // The value at `from` itself came before, or with the slice before.
      const fresh = page.values.filter(({ sourceTimestamp }) => (sourceTimestamp ?? 0) > from)
      found += fresh.length
      held.push(...fresh)
      if (!page.more) continue
      const inARow = fresh.length > 0 ? 0 : emptyPages + 1
      if (inARow < EMPTY_PAGES) left.push({ node, more: page.more, emptyPages: inARow })
      else refusals.set(node.nodeId, 'the server promises more and gives nothing')
    }
    pending = left
    if (held.length > HELD_VALUES) await hand()
  }
  await hand()
  return found
}
