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
  /**
   * Not now, because the server can go on with no more answers at a time (Part 4 §7.9): once others were read
   * to their end.
   */
  | { readonly later: string }
  /**
   * What it promised to go on from it has let go of, for answers to others (Part 4 §7.9): from the start of
   * the stretch once more.
   */
  | { readonly again: string }

export type HistoryQuestion = { readonly nodeId: string; readonly more?: Uint8Array }

/**
 * Answers in the order of the questions. `from` belongs to the stretch; `to` does not by the specification
 * (Part 11 §3.1.9), and does to some servers.
 */
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
/** Nor one that keeps no promise, though ever fewer nodes are asked for at a time. */
const RESTARTS = 12

type Wanting = {
  /** Of these nodes nothing more is to be had, and why. */
  readonly refusals: Map<string, string>
  /** Not told yet; of one node from the first lacking slice to the last. */
  readonly lacks: Map<string, Lacking>
  /** Of each node: what is newer is new, whether or not the end of the slice before belonged to it. */
  readonly broughtTo: Map<string, Instant>
}

type Pending = {
  readonly node: MissedNode
  readonly more?: Uint8Array
  readonly emptyPages: number
  readonly restarts: number
  /** What was brought of this slice before it was begun once more. */
  readonly broughtTo?: Instant | undefined
}

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
  const broughtTo = new Map(nodes.map(({ nodeId, after }) => [nodeId, after]))
  const samplingMs = Math.min(...nodes.map((node) => node.samplingMs))
  // Both ends may belong to a slice, and a server that fills a page promises more, though there is none.
  const sliceMs = Math.max(1, valuesPerNode - 2) * samplingMs
  let lengthMs = sliceMs
  let from = nodes[0]?.after ?? until
  while (from < until && refusals.size < nodes.length) {
    const asked = nodes.filter(({ nodeId, after }) => after <= from && !refusals.has(nodeId))
    const next = nodes.find(({ after }) => after > from)?.after ?? until
    const to = Math.min(from + lengthMs, next, until)
    if (asked.length > 0) {
      const wanting = { refusals, lacks, broughtTo }
      const found = await fillSlice(asked, from, to, valuesPerNode, parts, wanting)
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
  { refusals, lacks, broughtTo }: Wanting,
): Promise<number> {
  let pending: Pending[] = nodes.map((node) => ({ node, emptyPages: 0, restarts: 0 }))
  let atOnce = pending.length
  let held: DataChange[] = []
  let found = 0
  const newest = new Map<string, Instant>()
  const hand = async () => {
    const changes = held.sort((one, other) => atOf(one) - atOf(other))
    held = []
    if (changes.length === 0) return
    tellLacks(lacks, parts)
    await parts.deliver(changes)
  }
  const take = ({ node: { nodeId }, broughtTo: before }: Pending, values: readonly DataChange[]): number => {
    const known = Math.max(broughtTo.get(nodeId) ?? from, before ?? Number.NEGATIVE_INFINITY)
    const fresh = values.filter((value) => atOf(value) > known)
    for (const value of fresh) newest.set(nodeId, Math.max(newest.get(nodeId) ?? 0, atOf(value)))
    found += fresh.length
    held.push(...fresh)
    return fresh.length
  }
  while (pending.length > 0) {
    const asking = pending.slice(0, atOnce)
    const asked = asking.map(({ node: { nodeId }, more }) => (more ? { nodeId, more } : { nodeId }))
    const pages = await parts.read(asked, from, to, valuesPerNode)
    const goingOn: Pending[] = []
    const postponed: Pending[] = []
    let isForgetting = false
    for (const [index, one] of asking.entries()) {
      const { nodeId } = one.node
      const page = pages[index] ?? { refusal: 'no answer' }
      if ('refusal' in page) {
        refusals.set(nodeId, page.refusal)
        continue
      }
      if ('later' in page) {
        if (atOnce === 1) refusals.set(nodeId, page.later)
        else postponed.push(one)
        continue
      }
      if ('again' in page) {
        isForgetting = true
        const restarts = one.restarts + 1
        if (restarts > RESTARTS) refusals.set(nodeId, page.again)
        else postponed.push({ node: one.node, emptyPages: 0, restarts, broughtTo: newest.get(nodeId) })
        continue
      }
      if (page.lacking !== undefined) {
        const { reason, stretch } = lacks.get(nodeId) ?? { reason: page.lacking, stretch: { from } }
        lacks.set(nodeId, { nodeId, reason, stretch: { from: stretch.from, to } })
      }
      const count = take(one, page.values)
      if (!page.more) continue
      const emptyPages = count > 0 ? 0 : one.emptyPages + 1
      if (emptyPages < EMPTY_PAGES) goingOn.push({ ...one, more: page.more, emptyPages })
      else refusals.set(nodeId, 'the server promises more and gives nothing')
    }
    if (isForgetting || postponed.length === asking.length) atOnce = Math.ceil(atOnce / 2)
    // Whoever takes up a place at the server is read to its end first.
    pending = [...goingOn, ...postponed, ...pending.slice(asking.length)]
    if (held.length > HELD_VALUES) await hand()
  }
  await hand()
  for (const [nodeId, at] of newest) broughtTo.set(nodeId, at)
  return found
}

/** What its device did not date is dated by the server, in its history as live. */
const atOf = ({ sourceTimestamp, serverTimestamp = 0 }: DataChange): Instant =>
  sourceTimestamp ?? serverTimestamp
