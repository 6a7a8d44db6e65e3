/**
 * Sparkplug B (3.0): edge nodes and the devices behind them, on topics of their own. Here stands what must be
 * remembered between messages, of known edge nodes only; what it means is decided by pure steps (sparkplug-session.ts).
 */
import type { Gap } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { Publish } from '../model/raw-message.ts'
import { boundDevices } from './bound-devices.ts'
import { type Channel, type Decoded, PASSED_OVER, type Reply, refused } from './decoder.ts'
import type { NamedPoints } from './named-points.ts'
import { readMetrics } from './sparkplug-metrics.ts'
import { readSparkplug, type SparkplugPayload } from './sparkplug-payload.ts'
import { rebirthCommand } from './sparkplug-rebirth.ts'
import {
  forgotten,
  type NodeLife,
  type SparkplugKind,
  type Speaker,
  step,
  UNHEARD,
} from './sparkplug-session.ts'

export type SparkplugChannel = Channel & {
  /** The device that has the address already; or what is wrong with the address. */
  bind(device: Device, address: string, points: NamedPoints): Device | string | undefined
}

const NAMESPACE = 'spBv1.0'

export const isSparkplug = (topic: string): boolean => topic.startsWith('spBv1.0/')

const KINDS: ReadonlySet<string> = new Set(['NBIRTH', 'NDEATH', 'NDATA', 'DBIRTH', 'DDEATH', 'DDATA'])

/** Commands to nodes, and the state of hosts: said on the same topics, and not by devices. */
const OF_OTHERS: ReadonlySet<string> = new Set(['NCMD', 'DCMD'])

export function sparkplug(): SparkplugChannel {
  const devices = boundDevices<NamedPoints>()
  const edgeNodes = new Set<string>()
  /** Of known edge nodes, by source: what comes by two brokers is numbered twice. */
  const nodes = new Map<string, NodeLife>()
  const speakers = new Map<string, Speaker>()
  const keyOf = (source: string, address: string) => `${source}\n${address}`

  function decode(message: Publish, arrivedAt: Instant): Decoded {
    const said = topicOf(message.topic)
    if (said === 'of others') return PASSED_OVER
    const found = said && devices.find(said.speaker, message.source)
    if (!said || !edgeNodes.has(said.node)) {
      const topic = message.topic.slice(0, 200)
      return refused(message, 'unknown-device', `no device is bound to the topic ${topic}`)
    }
    const payload = readSparkplug(message.payload)
    if ('code' in payload) return refused(message, payload.code, payload.reason, found?.device.id)

    const isWanted = (name: string) => found?.reads.byName.has(name) ?? false
    const [nodeKey, speakerKey] = [keyOf(message.source, said.node), keyOf(message.source, said.speaker)]
    const before = { node: nodes.get(nodeKey) ?? UNHEARD, speaker: speakers.get(speakerKey) }
    // A retained message is of a life that may be over: its values stand, and nothing is learned from it.
    const after = message.retained
      ? { ...before, isTrusted: false, isBirthWanted: false, missed: undefined }
      : step(before, said.kind, payload, arrivedAt, isWanted)
    nodes.set(nodeKey, after.node)
    if (found && after.speaker) speakers.set(speakerKey, after.speaker)

    const isDeath = said.kind === 'NDEATH' || said.kind === 'DDEATH'
    const read = isDeath ? undefined : readSpoken(message, said, payload, found, after)
    // A device that is nobody's may have been born before we looked; only the numbering of its node is our business.
    const isAsked = found ? after.isBirthWanted || read?.isAliasUnknown : after.node.is !== 'born' && !isDeath
    return {
      ...(read ?? PASSED_OVER),
      gaps: found && after.missed ? [gapOf(message, found.device, after.missed, arrivedAt)] : [],
      replies: isAsked && !message.retained ? [rebirthOf(said.node, arrivedAt)] : [],
    }
  }

  return {
    bind(device, address, points) {
      const levels = address.split('/')
      if (levels.length < 2 || levels.length > 3 || levels.some((level) => level === '')) {
        return `${device.id}: its address must be <group>/<edge node>/<device> or <group>/<edge node>`
      }
      edgeNodes.add(`${levels[0]}/${levels[1]}`)
      return devices.bind(address, device, points)
    },
    decode,
    forget({ topic, source }) {
      const said = topicOf(topic)
      const key = said && said !== 'of others' ? keyOf(source, said.node) : ''
      const node = nodes.get(key)
      if (node) nodes.set(key, forgotten(node))
    },
  }
}

type Spoken = { readonly kind: SparkplugKind; readonly node: string; readonly speaker: string }

/** `speaker` is the address of the device that speaks: of the node itself for N messages. */
function topicOf(topic: string): Spoken | 'of others' | undefined {
  const [namespace, group, kind = '', node, device, more] = topic.split('/')
  if (namespace !== NAMESPACE || more !== undefined) return undefined
  if (group === 'STATE' || OF_OTHERS.has(kind)) return 'of others'
  const isOfDevice = kind.startsWith('D')
  if (!KINDS.has(kind) || !node || isOfDevice !== (device !== undefined)) return undefined
  const address = `${group}/${node}`
  return {
    kind: kind as SparkplugKind,
    node: address,
    speaker: isOfDevice ? `${address}/${device}` : address,
  }
}

function readSpoken(
  message: Publish,
  { kind, speaker }: Spoken,
  payload: SparkplugPayload,
  found: { readonly device: Device; readonly reads: NamedPoints } | undefined,
  { isTrusted, speaker: declared }: { readonly isTrusted: boolean; readonly speaker: Speaker | undefined },
) {
  if (found) {
    const isBirth = kind === 'NBIRTH' || kind === 'DBIRTH'
    return readMetrics(payload, message, found.device.id, found.reads, {
      declared: isTrusted ? declared : undefined,
      isBirth,
    })
  }
  if (kind === 'NBIRTH' || kind === 'NDATA') return undefined // of the node, which is no device of ours
  const reason = `no device is bound to the address ${speaker.slice(0, 200)}`
  return { ...refused(message, 'unknown-device', reason), isAliasUnknown: false }
}

const gapOf = (
  { source }: Publish,
  { id }: Device,
  { since, reason }: { readonly since: Instant; readonly reason: string },
  to: Instant,
): Gap => ({ source, device: id, from: Math.min(since, to), to, reason })

function rebirthOf(address: string, now: Instant): Reply {
  const [group, node] = address.split('/')
  return { topic: `${NAMESPACE}/${group}/NCMD/${node}`, payload: rebirthCommand(now) }
}
