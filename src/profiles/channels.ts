/**
 * The codecs by which many devices speak on one topic, and which of them reads a topic: one look-up, and
 * only topics with a `+` are tried one by one, one a topic however many devices and profiles share it.
 */
import type { Device } from '../model/device.ts'
import type { Channel } from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import { namedPoints } from './named-points.ts'
import { neuron } from './neuron.ts'
import { isSparkplug, sparkplug } from './sparkplug.ts'
import { type BridgeChannel, thingsboard } from './thingsboard.ts'

export type BridgedProfile = Extract<DeviceProfile, { codec: 'sparkplug' | 'thingsboard' | 'neuron' }>

export const isBridged = (profile: DeviceProfile): profile is BridgedProfile =>
  profile.codec === 'sparkplug' || profile.codec === 'thingsboard' || profile.codec === 'neuron'

export type Channels = {
  /** Why the device cannot be bound, if it cannot. */
  bind(device: Device, profile: BridgedProfile): string | undefined
  of(topic: string): Channel | undefined
}

export function channels(): Channels {
  const edgeNodes = sparkplug()
  const bridges = new Map<string, { readonly codec: string; readonly channel: BridgeChannel }>()
  const open: { readonly levels: readonly string[]; readonly channel: BridgeChannel }[] = []
  let hasEdgeNodes = false

  function bindBridge(
    device: Device,
    address: string,
    profile: Exclude<BridgedProfile, { codec: 'sparkplug' }>,
  ) {
    const { codec, topic } = profile
    if (codec === 'neuron' && !/.\/./.test(address))
      return `${device.id}: its address must be <node>/<group>, as Neuron calls them, not ${address}`
    const known = bridges.get(topic)
    if (known && known.codec !== codec)
      return `${device.id}: ${topic} is already read by codec ${known.codec}`
    const channel = known?.channel ?? (codec === 'neuron' ? neuron() : thingsboard())
    if (!known) {
      bridges.set(topic, { codec, channel })
      if (topic.includes('+')) open.push({ levels: topic.split('/'), channel })
    }
    return channel.devices.bind(address, device, namedPoints(profile))
  }

  return {
    bind(device, profile) {
      const { address } = device
      if (address === undefined) {
        return `${device.id}: codec ${profile.codec} finds its devices by address, and it has none`
      }
      if (profile.codec === 'sparkplug') hasEdgeNodes = true
      const taken =
        profile.codec === 'sparkplug'
          ? edgeNodes.bind(device, address, namedPoints(profile))
          : bindBridge(device, address, profile)
      if (taken === undefined || typeof taken === 'string') return taken
      return `${device.id}: ${address} is already the address of ${taken.id}`
    },
    of(topic) {
      if (hasEdgeNodes && isSparkplug(topic)) return edgeNodes
      const found = bridges.get(topic)?.channel
      if (found || open.length === 0) return found
      const levels = topic.split('/')
      return open.find(({ levels: pattern }) => matches(pattern, levels))?.channel
    },
  }
}

const matches = (pattern: readonly string[], levels: readonly string[]): boolean =>
  pattern.length === levels.length &&
  pattern.every((level, index) => level === '+' || level === levels[index])
