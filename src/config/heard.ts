/**
 * Whether anything brings what a device says: its own credentials, a bridge, a source. A topic that nobody
 * may publish to, or that nobody subscribes to, is no error, for it may be meant for later; but the device
 * would be silent without a word of why.
 */
import type { Device } from '../model/device.ts'
import { type DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { ownTopics } from '../profiles/own-topics.ts'
import type { GatehouseConfig } from './config.ts'

/** One sentence a profile and reason, with a device as its example. */
export function unheard({ site, profiles, bridges, sources }: GatehouseConfig): string[] {
  const byName = new Map(profiles.map((profile) => [profileName(profile), profile]))
  const kinds = new Map(sources.map(({ name, kind }) => [name, kind]))
  const filtersOf = (source: string | undefined): readonly string[] => {
    const subscribed = sources.flatMap((one) =>
      one.kind === 'mqtt' && (source === undefined || one.name === source) ? one.topics : [],
    )
    return source === undefined ? [...bridges.flatMap(({ publish }) => publish), ...subscribed] : subscribed
  }
  const reasonOf = (device: Device, profile: DeviceProfile): string | undefined => {
    const { source } = device
    const kind = source === undefined ? undefined : kinds.get(source)
    if (profile.codec === 'opcua')
      return kind === 'mqtt' ? `comes by ${source}, a broker, but its profile reads OPC UA` : undefined
    if (kind === 'opcua') return `comes by ${source}, an OPC UA server, but its profile reads MQTT`
    if (source === undefined && ownTopics(device, profile).length > 0) return undefined
    const topic = topicOf(device, profile)
    if (filtersOf(source).some((filter) => overlaps(filter, topic))) return undefined
    return source === undefined
      ? `is heard on ${topic}, but no bridge may publish there and no source of kind mqtt subscribes to it`
      : `is heard on ${topic}, to which the source ${source} does not subscribe`
  }
  const found = new Map<string, { readonly first: string; readonly reason: string; count: number }>()
  for (const device of site.devices) {
    const profile = byName.get(device.profile)
    const reason = profile && reasonOf(device, profile)
    if (reason === undefined) continue
    // Of topics that differ from device to device one is example enough.
    const key = `${device.profile} ${device.source} ${reason.slice(0, 8)}`
    const known = found.get(key)
    if (known) known.count++
    else found.set(key, { first: device.id, reason, count: 1 })
  }
  return [...found.values()].map(
    ({ first, reason, count }) =>
      `device ${first}${count === 1 ? '' : ` (and ${count - 1} more of its profile)`} ${reason}`,
  )
}

/** Of one share the broker gives each message to one of them. */
const shareOf = (filter: string): string | undefined => /^\$share\/[^/]+\//.exec(filter)?.[0]

const hearSame = (one: string, other: string): boolean =>
  overlaps(one, other) && (shareOf(one) === undefined || shareOf(one) !== shareOf(other))

/**
 * Two sources that subscribe to the same of one broker: what is said there is taken twice, and the repeats
 * are only sorted out.
 */
export function heardTwice({ sources }: Pick<GatehouseConfig, 'sources'>): string[] {
  const brokers = sources.flatMap((one) =>
    one.kind === 'mqtt' ? [{ name: one.name, broker: new URL(one.url).host, topics: one.topics }] : [],
  )
  return brokers.flatMap((one, index) =>
    brokers.slice(index + 1).flatMap((other) => {
      if (one.broker !== other.broker) return []
      const clash = one.topics
        .map((topic) => [topic, other.topics.find((wanted) => hearSame(topic, wanted))] as const)
        .find(([, wanted]) => wanted !== undefined)
      return clash === undefined
        ? []
        : [`sources ${one.name} and ${other.name} hear the same at ${one.broker}: ${clash.join(' and ')}`]
    }),
  )
}

function topicOf({ id, address = id }: Device, profile: Exclude<DeviceProfile, { codec: 'opcua' }>): string {
  if (profile.codec !== 'sparkplug')
    return profile.topic.replaceAll('{device}', id).replaceAll('{address}', address)
  const [group = '+', node = '+', ...device] = address.split('/')
  return ['spBv1.0', group, device.length > 0 ? 'DDATA' : 'NDATA', node, ...device].join('/')
}

/** Whether there is a topic that both filters match. */
export function overlaps(one: string, other: string): boolean {
  const [left, right] = [one, other].map((filter) => filter.replace(/^\$share\/[^/]+\//, '').split('/'))
  for (let depth = 0; ; depth++) {
    const [a, b] = [left?.[depth], right?.[depth]]
    if (a === '#' || b === '#') return true
    if (a === undefined || b === undefined) return a === b
    if (a !== '+' && b !== '+' && a !== b) return false
  }
}
