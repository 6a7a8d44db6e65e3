/**
 * The life of a Sparkplug edge node and of what speaks through it, as pure steps: births declare names, aliases and
 * datatypes; everything after leans on them and is numbered 0 to 255. Where a number is missing, a birth may have been
 * missed with it, and an alias could then mean another meter: from there on aliases mean nothing until the node is
 * born again, which it is asked for at once (a reorder timeout would only help where messages overtake each other, and
 * on one connection at QoS 0 they do not).
 *
 * All of this is forgotten at a restart; then the first message that leans on a birth asks for it.
 */
import type { Instant } from '../model/instant.ts'
import type { Metric, SparkplugPayload } from './sparkplug-payload.ts'

export type SparkplugKind = 'NBIRTH' | 'NDEATH' | 'NDATA' | 'DBIRTH' | 'DDEATH' | 'DDATA'

/** Since when somebody is not heard, and why. */
export type Absence = { readonly since: Instant; readonly reason: string }

export type NodeLife =
  /** Not heard since we started. */
  | { readonly is: 'unheard'; readonly session: number }
  | {
      readonly is: 'born'
      /** Counts births, so that what was declared before the last one is known to be stale. */
      readonly session: number
      readonly seq: number
      /** The payload's own time: with `seq` it tells a message that came twice from one that is new. */
      readonly sentAt: bigint | undefined
      readonly bornAt: bigint | undefined
      readonly bdSeq: bigint | undefined
      readonly heardAt: Instant
      /** What this birth ended; each device that is born in this session was away for that. */
      readonly ended: Absence | undefined
    }
  /** Dead, or not heard in full: it waits for a birth. */
  | { readonly is: 'lost'; readonly session: number; readonly absence: Absence }

/** What a device, or the node for itself, has declared at its birth. */
export type Speaker = {
  readonly session: number
  /** Undefined for what no profile reads: declared, but nobody's. */
  readonly byAlias: ReadonlyMap<bigint, Declared | undefined>
  readonly byName: ReadonlyMap<string, Declared>
  /** Set by a death certificate. */
  readonly diedAt?: Instant
}

export type Declared = { readonly name: string; readonly datatype: number | undefined }

export type Session = { readonly node: NodeLife; readonly speaker: Speaker | undefined }

export type Step = Session & {
  /** Whether aliases and datatypes of the speaker may be believed for this message. */
  readonly isTrusted: boolean
  /** What turned out to have been missed by this speaker. */
  readonly missed?: Absence
  readonly isBirthWanted: boolean
}

export const UNHEARD: NodeLife = { is: 'unheard', session: 0 }

const SEQ_RANGE = 256

/** `isOfNode`: the speaker is the node itself. `isWanted` says which metrics a profile reads. */
export function step(
  { node, speaker }: Session,
  kind: SparkplugKind,
  payload: SparkplugPayload,
  arrivedAt: Instant,
  isWanted: (name: string) => boolean,
): Step {
  if (kind === 'NDEATH') return { ...dying(node, speaker, payload), isTrusted: false, isBirthWanted: false }
  const seq = payload.seq === undefined ? undefined : Number(payload.seq)
  if (kind === 'NBIRTH') return born(node, speaker, payload, seq ?? 0, arrivedAt, isWanted)

  const heard = inOrder(node, seq, payload, arrivedAt)
  const isInOrder = heard.is === 'born'
  if (kind === 'DDEATH') {
    const dead = speaker && isInOrder ? { ...speaker, diedAt: speaker.diedAt ?? arrivedAt } : speaker
    return { node: heard, speaker: dead, isTrusted: false, isBirthWanted: !isInOrder }
  }
  if (kind === 'DBIRTH') {
    if (!isInOrder) return { node: heard, speaker, isTrusted: false, isBirthWanted: true }
    const missed = speaker && absenceOf(speaker, heard)
    const now = { node: heard, speaker: declared(payload, heard.session, isWanted), isTrusted: true }
    return { ...now, isBirthWanted: false, ...(missed && { missed }) }
  }
  const isTrusted = isInOrder && speaker?.session === heard.session && speaker.diedAt === undefined
  return { node: heard, speaker, isTrusted, isBirthWanted: !isTrusted }
}

/** What was sent and not kept is as good as missed. */
export function forgotten(node: NodeLife): NodeLife {
  return node.is === 'born' ? lost(node, 'what its edge node sent could not be kept') : node
}

type Born = Extract<NodeLife, { is: 'born' }>

const lost = ({ session, heardAt }: Born, reason: string): NodeLife => ({
  is: 'lost',
  session,
  absence: { since: heardAt, reason },
})

/** A death is of the birth with the same bdSeq; a will that comes late says nothing about the life after it. */
function dying(node: NodeLife, speaker: Speaker | undefined, payload: SparkplugPayload): Session {
  const isOfThisLife = node.is === 'born' && (node.bdSeq === undefined || node.bdSeq === bdSeqOf(payload))
  return { node: isOfThisLife ? lost(node, 'its edge node went offline') : node, speaker }
}

function born(
  node: NodeLife,
  speaker: Speaker | undefined,
  payload: SparkplugPayload,
  seq: number,
  arrivedAt: Instant,
  isWanted: (name: string) => boolean,
): Step {
  const { timestamp } = payload
  const bdSeq = bdSeqOf(payload)
  const isRepeat =
    node.is === 'born' && timestamp !== undefined && node.bornAt === timestamp && node.bdSeq === bdSeq
  if (isRepeat) return { node, speaker, isTrusted: true, isBirthWanted: false }
  const ended = node.is === 'lost' ? node.absence : undefined
  const session = node.session + 1
  return {
    node: {
      is: 'born',
      session,
      seq,
      sentAt: timestamp,
      bornAt: timestamp,
      bdSeq,
      heardAt: arrivedAt,
      ended,
    },
    speaker: declared(payload, session, isWanted),
    isTrusted: true,
    isBirthWanted: false,
    ...(speaker && ended && { missed: ended }),
  }
}

/** The node after a message that must follow the last one. */
function inOrder(
  node: NodeLife,
  seq: number | undefined,
  { timestamp }: SparkplugPayload,
  arrivedAt: Instant,
): NodeLife {
  if (node.is !== 'born') return node
  if (seq === (node.seq + 1) % SEQ_RANGE) return { ...node, seq, sentAt: timestamp, heardAt: arrivedAt }
  const isRepeat = seq === node.seq && timestamp !== undefined && timestamp === node.sentAt
  if (isRepeat) return node
  return lost(node, `messages of its edge node are missing: seq ${seq} came after ${node.seq}`)
}

/** Why a device that is born now was not heard before, if it was not. */
function absenceOf(speaker: Speaker, node: Born): Absence | undefined {
  if (speaker.diedAt !== undefined) return { since: speaker.diedAt, reason: 'its edge node lost it' }
  return speaker.session === node.session ? undefined : node.ended
}

const bdSeqOf = ({ metrics }: SparkplugPayload): bigint | undefined => {
  const said = metrics.find(({ name }) => name === 'bdSeq')?.said
  return said?.is === 'integer' ? said.value : undefined
}

function declared(
  { metrics }: SparkplugPayload,
  session: number,
  isWanted: (name: string) => boolean,
): Speaker {
  const byAlias = new Map<bigint, Declared | undefined>()
  const byName = new Map<string, Declared>()
  for (const { name, alias, datatype } of metrics as readonly Metric[]) {
    if (name === undefined) continue
    const known = isWanted(name) ? { name, datatype } : undefined
    if (alias !== undefined) byAlias.set(alias, known)
    if (known) byName.set(name, known)
  }
  return { session, byAlias, byName }
}
