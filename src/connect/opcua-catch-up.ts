/**
 * Sees to it that what comes after a loss never hides the loss: live values wait while the
 * server's history is read, and what is not to be had by then is written down as a gap before they
 * pass. So whoever finds a newer value of a node durable knows that the older ones are too, or that a
 * gap says otherwise; after a crash the newest durable value of each node is all there is to know.
 */
import type { Gap } from '../model/commit.ts'
import type { Clock, Instant, Interval } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { pause } from '../model/pause.ts'
import type { DataChange } from './connector.ts'
import { fillFromHistory, type Lacking, type ReadHistory, type Unfilled } from './opcua-history.ts'
import type { MonitoredNode } from './opcua-monitoring.ts'

export type CatchUpParts = {
  readonly source: string
  readonly items: readonly MonitoredNode[]
  /** How far back history is asked for; 0 never asks. */
  readonly historyBackMs: number
  /** How long live values wait for older ones. */
  readonly historyHoldMs: number
  /** Live values that may wait. */
  readonly mostHeld: number
  /** When the node's newest durable value was measured, from before this process. */
  lastSeen(nodeId: string): Instant | undefined
  /** Resolves when durable, however long it takes; rejects once the source is stopped. */
  deliver(changes: readonly DataChange[]): Promise<void>
  pass(change: DataChange): void
  gap(gap: Gap): void
  /** The source has stopped: what waits is fetched with what it waits for after the next start. */
  readonly stopped: AbortSignal
  readonly clock: Clock
  readonly log: Log
}

export type CatchUp = {
  readonly counts: { readonly fromHistory: number; readonly historyReads: number }
  /** From now on live values wait. `heardAt` is when the source was last heard with nothing lost since. */
  begin(heardAt: Instant | undefined): void
  /** Resolves when all that could be had is durable and live values pass. */
  run(read: ReadHistory): Promise<void>
  live(change: DataChange): void
  /** Something of these nodes was lost on a connection that goes on; fetched in a moment, and comes late. */
  suspect(nodeIds: readonly string[], read: ReadHistory): void
  /** The connection has ended, perhaps in the middle. */
  interrupt(): void
}

type Missing = Pick<Unfilled, 'nodeId'> & { readonly stretch?: Interval }

/** A server's clock may be ahead of ours by as much; what is dated later still is not believed. */
const AHEAD_MS = 5 * 60_000
/** A server that loses values all the time is asked, and told of, no more often. */
const SUSPECTED_FOR_MS = 5_000
/**
 * A server that does not answer one question may be busy with what its restart has left it; what it never
 * answers becomes a gap.
 */
const ASK_AGAIN_AFTER_MS = [2_000, 10_000]

export function catchUp(parts: CatchUpParts): CatchUp {
  const { source, items, clock, log } = parts
  const counts = { fromHistory: 0, historyReads: 0 }
  /** Of each node by source time: everything up to here is durable or on its way, or a gap tells of it. */
  const knownTo = new Map<string, Instant>()
  const deviceOf = new Map(items.map(({ nodeId, device }) => [nodeId, device]))
  /** Nodes of which something may be missing, and is being asked for. */
  const open = new Set<string>()
  const suspects = new Set<string>()
  let held: DataChange[] = []
  let isHolding = false
  let isTold = false
  let lostSince: Instant | undefined
  let unfinishedSince: Instant | undefined
  let running = new AbortController()
  let callOffSuspicion: (() => void) | undefined

  function known(nodeId: string, at: Instant | undefined): void {
    if (at === undefined || at > clock.now() + AHEAD_MS) return
    if (at > (knownTo.get(nodeId) ?? Number.NEGATIVE_INFINITY)) knownTo.set(nodeId, at)
  }

  function pass(change: DataChange): void {
    const { nodeId } = change
    if (!open.has(nodeId) && !suspects.has(nodeId)) known(nodeId, datedAt(change))
    parts.pass(change)
  }

  /** One gap where nothing of the source is to be had, else one a device. */
  function tellMissing(missing: readonly Missing[], reason: string): void {
    if (missing.length === 0) return
    const now = clock.now()
    const since = ({ nodeId, stretch }: Missing) =>
      Math.min(stretch?.from ?? Math.max(knownTo.get(nodeId) ?? 0, lostSince ?? 0), now)
    const until = ({ stretch }: Missing) => Math.min(stretch?.to ?? now, now)
    const nodes = new Set(missing.map(({ nodeId }) => nodeId))
    const groups =
      nodes.size === knownTo.size
        ? [[undefined, missing] as const]
        : Map.groupBy(missing, ({ nodeId }) => deviceOf.get(nodeId))
    for (const [device, those] of groups) {
      const from = those.map(since).reduce((least, at) => Math.min(least, at))
      const gap = { source, from, to: latest(those.map(until)), reason }
      parts.gap(device === undefined ? gap : { ...gap, device })
    }
  }

  /** Where all of it was told as missing before, the rest of the fill has nothing to add. */
  function tellOnce(missing: readonly Missing[], reason: string): void {
    if (!isTold) tellMissing(missing, reason)
    isTold = true
  }

  /** What was heard live needs no history: a node at rest was asked for from its last value on. */
  function tellLacking(stretches: readonly Lacking[]): void {
    const lost = stretches
      .map((one) => ({
        ...one,
        stretch: { ...one.stretch, from: Math.max(one.stretch.from, lostSince ?? 0) },
      }))
      .filter(({ stretch }) => stretch.from < stretch.to)
    const [first] = lost
    if (!first) return
    log.info({ source, nodes: lost.length, first }, 'The history of an OPC UA server is not whole')
    tellMissing(lost, `It could not be heard, and its history is not whole: ${first.reason}`)
  }

  const allOpen = (): Missing[] => [...open].map((nodeId) => ({ nodeId }))

  function letGo(): void {
    isHolding = false
    unfinishedSince = undefined
    const waiting = held
    held = []
    for (const change of waiting) pass(change)
  }

  /** What was not had so far is told as missing, though it may still come. */
  function letGoWithout(reason: string): void {
    if (!isHolding) return
    tellOnce(allOpen(), reason)
    letGo()
  }

  async function fill(read: ReadHistory, signal: AbortSignal): Promise<readonly Unfilled[]> {
    const earliest = clock.now() - parts.historyBackMs
    const missed = items.flatMap(({ nodeId, samplingMs }) => {
      const after = open.has(nodeId) ? knownTo.get(nodeId) : undefined
      return after === undefined ? [] : [{ nodeId, samplingMs, after }]
    })
    if (missed.length === 0) return []
    if (parts.historyBackMs === 0) return missed.map(({ nodeId }) => ({ nodeId, reason: 'not asked for' }))
    const reason = 'it is longer ago than historyBackMs'
    tellLacking(
      missed.map(({ nodeId, after: from }) => ({ nodeId, reason, stretch: { from, to: earliest } })),
    )
    const asked = missed.map((node) => ({ ...node, after: Math.max(node.after, earliest) }))
    counts.historyReads++
    return fillFromHistory(asked, clock.now() + AHEAD_MS, {
      read: patient(read, signal),
      async deliver(changes) {
        if (signal.aborted) throw new Error('the connection has ended')
        await parts.deliver(changes)
        counts.fromHistory += changes.length
        for (const change of changes) known(change.nodeId, datedAt(change))
      },
      lacking(stretches) {
        if (!signal.aborted && !isTold) tellLacking(stretches)
      },
    })
  }

  const patient =
    (read: ReadHistory, signal: AbortSignal): ReadHistory =>
    async (...question) => {
      for (const afterMs of ASK_AGAIN_AFTER_MS) {
        try {
          return await read(...question)
        } catch (cause) {
          if (signal.aborted) throw cause
          log.info({ source, err: cause, afterMs }, 'The history of an OPC UA server is asked again')
          await pause(clock, afterMs, signal)
          if (signal.aborted) throw cause
        }
      }
      return read(...question)
    }

  async function run(read: ReadHistory): Promise<void> {
    running.abort()
    running = new AbortController()
    const signal = AbortSignal.any([running.signal, parts.stopped])
    isTold = false
    const callOff = clock.after(parts.historyHoldMs, () => {
      if (!signal.aborted) letGoWithout('It could not be heard; its history is being fetched and comes later')
    })
    try {
      const unfilled = await fill(read, signal)
      if (signal.aborted) return
      const [first] = unfilled
      if (first) {
        log.info({ source, nodes: unfilled.length, first }, 'The OPC UA server has no history of some nodes')
        tellOnce(unfilled, `It could not be heard, and has no history: ${first.reason}`)
      }
    } catch (cause) {
      if (signal.aborted) return
      const sentence = (cause as Error).message.split('\n')[0]
      log.warn({ source, err: cause }, 'The history of an OPC UA server could not be read')
      tellOnce(allOpen(), `It could not be heard, nor its history read: ${sentence}`)
    } finally {
      callOff()
    }
    open.clear()
    letGo()
  }

  return {
    counts,
    run,
    begin(heardAt) {
      isHolding = true
      isTold = false
      open.clear()
      for (const { nodeId } of items) {
        if (!knownTo.has(nodeId)) known(nodeId, parts.lastSeen(nodeId) ?? heardAt)
        if (knownTo.has(nodeId)) open.add(nodeId)
      }
      lostSince = unfinishedSince ?? heardAt ?? latest(knownTo.values())
      if (knownTo.size > 0) unfinishedSince = lostSince
    },
    live(change) {
      if (!isHolding) return pass(change)
      held.push(change)
      if (held.length > parts.mostHeld) letGoWithout('Too many values came while its history was read')
    },
    suspect(nodeIds, read) {
      for (const nodeId of nodeIds) if (knownTo.has(nodeId)) suspects.add(nodeId)
      const settle = () => {
        callOffSuspicion = undefined
        if (open.size > 0) {
          callOffSuspicion = clock.after(SUSPECTED_FOR_MS, settle)
          return
        }
        for (const nodeId of suspects) open.add(nodeId)
        suspects.clear()
        lostSince = undefined
        void run(read)
      }
      callOffSuspicion ??= clock.after(SUSPECTED_FOR_MS, settle)
    },
    interrupt() {
      running.abort()
      callOffSuspicion?.()
      callOffSuspicion = undefined
      // What nothing newer has passed yet is asked for on the next connection.
      if (held.length > 0) letGoWithout('The connection ended while its history was read')
      isHolding = false
      open.clear()
      suspects.clear()
    },
  }
}

/** As a profile dates it. */
const datedAt = ({ sourceTimestamp, serverTimestamp }: DataChange) => sourceTimestamp ?? serverTimestamp

/** One by one: a hundred thousand nodes are more than a call takes as arguments. */
const latest = (instants: Iterable<Instant>): Instant => {
  let newest = 0
  for (const at of instants) newest = Math.max(newest, at)
  return newest
}
