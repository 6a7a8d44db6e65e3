/**
 * The way from a raw message to its device and decoder, found in one look-up: every topic and
 * node id that devices are known to use is written out once, at compile time. Only patterns that
 * leave something open (`+`, or the device in the payload) are tried one by one, one a profile.
 */
import { type Device, devicesById } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { DataChange, Publish, RawMessage } from '../model/raw-message.ts'
import type { DeviceId } from '../model/reading.ts'
import { isBroughtBy, mayShareSource } from './bound-devices.ts'
import { type BridgedProfile, channels, isBridged } from './channels.ts'
import { chirpstack } from './chirpstack.ts'
import { type Decoded, type Decoder, refused } from './decoder.ts'
import { type DeviceProfile, profileName } from './device-profile.ts'
import { inWgs84 } from './gcj-02.ts'
import { type ChangeDecoder, variableReader } from './opcua-variable.ts'
import { ownFormat } from './own-format.ts'
import { at, parsePayload, type Refusal } from './payload.ts'
import { pathOf, pickedJson } from './picked-json.ts'

/** A variable to watch, as a source of OPC UA wants it. */
export type MonitoredNode = {
  readonly nodeId: string
  readonly device: DeviceId
  readonly point: string
  readonly samplingMs: number
  readonly queueSize: number
  readonly trigger: 'status-value' | 'status-value-timestamp'
}

export type Directory = {
  readonly devices: ReadonlyMap<DeviceId, Device>
  /** Never throws, whatever the bytes. `arrivedAt` matters only to codecs that answer or tell of absences. */
  decode(message: RawMessage, arrivedAt?: Instant): Decoded
  /** The message was not kept: what a codec learned from it no longer holds. */
  forget(message: RawMessage): void
  /** What the OPC UA source of that name is to watch. */
  monitored(source: string): readonly MonitoredNode[]
  profileOf(device: DeviceId): DeviceProfile | undefined
}

type TopicProfile = Exclude<DeviceProfile, BridgedProfile | { codec: 'opcua' }>

type Bound = { readonly device: Device; readonly decode: Decoder }

/** Who speaks on a topic: nearly always one. Devices of different sources may share it. */
type Speakers = Device | readonly Device[]

/** A topic pattern that many devices share; one a profile, however many devices. */
type Shared = {
  readonly levels: readonly string[]
  /** Where the device's name stands: a level of the topic, or a path in the payload. */
  readonly name: { readonly level: number } | { readonly path: readonly string[] }
  readonly boundBy: Map<string, Bound>
}

/** Throws GatehouseError `config-invalid` naming every device that cannot be bound. */
export function compileProfiles(profiles: readonly DeviceProfile[], devices: readonly Device[]): Directory {
  const byName = new Map(profiles.map((profile) => [profileName(profile), profile]))
  const decoders = new Map<string, Decoder>()
  const byTopic = new Map<string, Speakers>()
  const shared = new Map<string, Shared>()
  const byNode = new Map<string, { device: Device; decode: ChangeDecoder }>()
  const nodesOf = new Map<string, MonitoredNode[]>()
  const bridged = channels()
  const wrong: string[] = []

  for (const device of devices) {
    const profile = byName.get(device.profile)
    if (!profile) {
      wrong.push(`${device.id}: there is no profile ${device.profile}`)
      continue
    }
    if (profile.family !== device.family) {
      wrong.push(`${device.id}: profile ${device.profile} is for a ${profile.family}, not a ${device.family}`)
      continue
    }
    if (profile.codec === 'opcua') bindNodes(device, profile)
    else if (isBridged(profile))
      wrong.push(...[bridged.bind(device, profile)].filter((one) => one !== undefined))
    else bindTopic(device, profile)
  }
  if (wrong.length > 0) throw new GatehouseError('config-invalid', wrong.join('\n'))

  function bindNodes(device: Device, profile: Extract<DeviceProfile, { codec: 'opcua' }>) {
    const { address, source } = device
    if (address === undefined || source === undefined) {
      wrong.push(`${device.id}: a device of OPC UA needs its address and its source`)
      return
    }
    for (const [name, point] of Object.entries(profile.points)) {
      const nodeId = (point.node ?? '').replace('{address}', address)
      const key = nodeKey(source, nodeId)
      const other = byNode.get(key)
      if (other) wrong.push(`${device.id}: ${nodeId} is already ${other.device.id}`)
      byNode.set(key, { device, decode: variableReader(name, point) })
      const nodes = nodesOf.get(source) ?? []
      const { samplingMs, queueSize, trigger } = profile
      nodes.push({ nodeId, device: device.id, point: name, samplingMs, queueSize, trigger })
      nodesOf.set(source, nodes)
    }
  }

  function bindTopic(device: Device, profile: TopicProfile) {
    const decode = decoders.get(device.profile) ?? decoderOf(profile)
    decoders.set(device.profile, decode)
    const pathOfAddress = profile.codec === 'json' ? profile.address : undefined
    const isByAddress = pathOfAddress !== undefined || profile.topic.includes('{address}')
    const name = isByAddress ? device.address : device.id
    if (name === undefined) {
      wrong.push(`${device.id}: profile ${device.profile} finds its devices by address, and it has none`)
      return
    }
    if (pathOfAddress === undefined && !profile.topic.includes('+')) {
      const topic = profile.topic.replaceAll('{device}', device.id).replaceAll('{address}', name)
      const others = [byTopic.get(topic) ?? []].flat()
      const other = others.find((one) => mayShareSource(one, device))
      if (other) wrong.push(`${device.id}: ${topic} is already the topic of ${other.id}`)
      byTopic.set(topic, others.length === 0 ? device : [...others, device])
      return
    }
    const group = shared.get(device.profile) ?? sharedTopic(profile.topic, pathOfAddress)
    shared.set(device.profile, group)
    const other = group.boundBy.get(name)
    if (other) wrong.push(`${device.id}: ${name} is already ${other.device.id}`)
    group.boundBy.set(name, { device, decode })
  }

  const patterns = [...shared.values()]

  function speakerOn({ topic, source }: Publish): Device | undefined {
    const speakers = byTopic.get(topic)
    if (speakers === undefined) return undefined
    if ('id' in speakers) return isBroughtBy(speakers, source) ? speakers : undefined
    return speakers.find((device) => isBroughtBy(device, source))
  }

  function boundTo(message: Publish, arrivedAt: Instant): Bound | Decoded {
    const device = speakerOn(message)
    const decode = device && decoders.get(device.profile)
    if (decode) return { device, decode }
    const channel = bridged.of(message.topic)
    if (channel) return channel.decode(message, arrivedAt)
    const levels = patterns.length > 0 ? message.topic.split('/') : []
    let called: string | undefined
    for (const pattern of patterns) {
      if (!matches(pattern.levels, levels)) continue
      const name = nameIn(message, levels, pattern)
      if (typeof name !== 'string') return refused(message, name.code, name.reason)
      const bound = pattern.boundBy.get(name)
      if (bound && isBroughtBy(bound.device, message.source)) return bound
      called = name
    }
    const lost =
      called === undefined
        ? `the topic ${message.topic.slice(0, 200)}`
        : `the address ${JSON.stringify(called.slice(0, 200))}`
    return refused(message, 'unknown-device', `no device is bound to ${lost}`)
  }

  /** Devices that say where they are as on a Chinese map. */
  const shifted = new Set(
    devices.filter(({ profile }) => byName.get(profile)?.coordinates === 'gcj-02').map(({ id }) => id),
  )

  function decodePublish(message: Publish, arrivedAt: Instant): Decoded {
    const bound = boundTo(message, arrivedAt)
    const decoded = 'decode' in bound ? bound.decode(message, bound.device.id) : bound
    if (shifted.size === 0 || !decoded.samples.some(({ device }) => shifted.has(device))) return decoded
    const samples = decoded.samples.map((sample) => (shifted.has(sample.device) ? inWgs84(sample) : sample))
    return { ...decoded, samples }
  }

  function decodeChange(change: DataChange): Decoded {
    const bound = byNode.get(nodeKey(change.source, change.nodeId))
    if (bound) return bound.decode(change, bound.device.id)
    return refused(change, 'unknown-device', `no device is bound to the node ${change.nodeId.slice(0, 200)}`)
  }

  const deviceOf = devicesById(devices)
  return {
    devices: deviceOf,
    decode: (message, arrivedAt = 0) =>
      message.is === 'publish' ? decodePublish(message, arrivedAt) : decodeChange(message),
    forget(message) {
      if (message.is === 'publish') bridged.of(message.topic)?.forget?.(message)
    },
    monitored: (source) => nodesOf.get(source) ?? [],
    profileOf: (device) => byName.get(deviceOf.get(device)?.profile ?? ''),
  }
}

const nodeKey = (source: string, nodeId: string): string => `${source}\n${nodeId}`

function decoderOf(profile: TopicProfile): Decoder {
  switch (profile.codec) {
    case 'gatehouse-json':
      return ownFormat(profile)
    case 'json':
      return pickedJson(profile)
    case 'chirpstack':
      return chirpstack(profile)
  }
}

function sharedTopic(topic: string, pathOfAddress: string | undefined): Shared {
  const levels = topic.split('/')
  const level = levels.findIndex(isName)
  const name = pathOfAddress === undefined ? { level } : { path: pathOf(pathOfAddress) }
  return { levels, name, boundBy: new Map() }
}

const isName = (level: string): boolean => level === '{device}' || level === '{address}'

const matches = (pattern: readonly string[], levels: readonly string[]): boolean =>
  pattern.length === levels.length &&
  pattern.every((level, index) => level === '+' || isName(level) || level === levels[index])

/** The name by which the message says whose it is, or why it says none. */
function nameIn(message: Publish, levels: readonly string[], { name }: Shared): string | Refusal {
  if ('level' in name) return levels[name.level] ?? ''
  const parsed = parsePayload(message.payload)
  if ('code' in parsed) return parsed
  const said = at(parsed.json, name.path)
  if (typeof said === 'string' || typeof said === 'number') return String(said)
  return { code: 'unknown-device', reason: `${name.path.join('.')}: expected the address of a device` }
}
