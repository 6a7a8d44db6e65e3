/** The topics that belong to one device alone: what its own credentials may publish to, and nothing else. */
import type { Device } from '../model/device.ts'
import type { DeviceProfile } from './device-profile.ts'

/** Empty where its messages come through a bridge, on topics shared with others, or over OPC UA. */
export function ownTopics(device: Device, profile: DeviceProfile): readonly string[] {
  if (!('topic' in profile) || profile.topic.includes('+')) return []
  const isOwn = profile.topic.includes('{device}') || (profile.topic.includes('{address}') && device.address)
  if (!isOwn) return []
  return [
    profile.topic.replaceAll('{device}', device.id).replaceAll('{address}', device.address ?? device.id),
  ]
}
