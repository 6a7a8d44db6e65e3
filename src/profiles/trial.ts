/**
 * What helps a person who tries a profile on a real message: whose it seems to be, and what in it no point
 * reads. Guesses for a person to look at; the gateway itself never guesses.
 */
import type { DeviceProfile } from './device-profile.ts'
import { at } from './payload.ts'
import { pathOf } from './picked-json.ts'

/** The address that topic or payload name, as far as the codec says where it stands. */
export function addressIn(
  profile: DeviceProfile,
  topic: string | undefined,
  json: unknown,
): string | undefined {
  const said = (...path: string[]) => {
    const value = at(json, path)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
  switch (profile.codec) {
    case 'neuron':
      return [said('node'), said('group')].every((part) => part !== undefined)
        ? `${said('node')}/${said('group')}`
        : undefined
    case 'thingsboard':
      return json !== null && typeof json === 'object' ? Object.keys(json)[0] : undefined
    case 'sparkplug': {
      const [, group, , node, device] = topic?.split('/') ?? []
      return [group, node, device].filter((part) => part !== undefined).join('/') || undefined
    }
    case 'chirpstack':
      return levelOf(profile.topic, topic) ?? said('deviceInfo', 'devEui')?.toLowerCase()
    case 'json':
      return profile.address === undefined ? levelOf(profile.topic, topic) : said(...pathOf(profile.address))
    default:
      return undefined
  }
}

/** What stands for {address} in a topic that fits the pattern; it may hold several levels. */
function levelOf(pattern: string, topic: string | undefined): string | undefined {
  if (topic === undefined) return undefined
  const [before = '', after = ''] = pattern
    .split('{address}')
    .map((part) => RegExp.escape(part).replaceAll('\\+', '[^/]+'))
  return new RegExp(`^${before}(.+)${after}$`).exec(topic)?.[1]
}

/** More would be no help. */
const MOST_PATHS = 40

/**
 * Paths in the payload (of several samples in the first) that the profile does not read, of codecs that pick
 * by path or name.
 */
export function unreadIn(profile: DeviceProfile, json: unknown): string[] {
  const readBy = (from: string | readonly string[] | undefined, name: string) => [from ?? name].flat()
  const points = Object.entries(profile.points).flatMap(([name, { from }]) => readBy(from, name))
  if (profile.codec === 'json') {
    const beside = [profile.address, profile.samples, ...Object.keys(profile.only)]
    const read = [...points, profile.time?.from]
    if (profile.samples === undefined)
      return leavesOf(json).filter((path) => !read.includes(path) && !beside.includes(path))
    const first = at(json, [...pathOf(profile.samples), '0'])
    return [
      ...leavesOf(json).filter((path) => !beside.includes(path)),
      ...leavesOf(first)
        .filter((path) => !read.includes(path))
        .map((path) => `${profile.samples}.0.${path}`),
    ]
  }
  if (profile.codec === 'gatehouse-json')
    return leavesOf(Array.isArray(json) ? json[0] : json).filter(
      (path) => path !== 'time' && !(path in profile.points),
    )
  if (profile.codec === 'chirpstack')
    return leavesOf(at(json, ['object'])).filter((path) => !points.includes(path))
  return []
}

function leavesOf(value: unknown): string[] {
  const found: string[] = []
  const walk = (part: unknown, path: readonly string[]) => {
    if (found.length >= MOST_PATHS) return
    if (part === null || typeof part !== 'object' || Array.isArray(part)) {
      if (path.length > 0) found.push(path.join('.'))
      return
    }
    for (const [key, below] of Object.entries(part)) walk(below, [...path, key])
  }
  walk(value, [])
  return found
}
