/** Anybody's JSON: one object a message, its points picked out by path. */

import { type Decoder, draft, gathering, PASSED_OVER, refused, UNDATED_RETAINED } from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import { at, hasForbiddenKey, isObject, parsePayload } from './payload.ts'
import { pointReader } from './point.ts'
import { expectedOf } from './strange.ts'
import { readTime } from './time.ts'

export const pathOf = (path: string): readonly string[] => path.split('.')

export function pickedJson(profile: Extract<DeviceProfile, { codec: 'json' }>): Decoder {
  const points = Object.entries(profile.points).map(([name, point]) => {
    const places = [point.from ?? name].flat().map(pathOf)
    return { name, places, read: pointReader(point), required: point.required }
  })
  const only = Object.entries(profile.only).map(([path, allowed]) => ({
    path: pathOf(path),
    allowed: new Set<unknown>(allowed),
  }))
  const expected = expectedOf(profile, profile.time?.from)
  const time = profile.time && { path: pathOf(profile.time.from), format: profile.time.format }

  return (message, device) => {
    const parsed = parsePayload(message.payload)
    if ('code' in parsed) return refused(message, parsed.code, parsed.reason, device)
    const { json } = parsed
    if (!isObject(json)) return refused(message, 'payload-shape', 'expected an object', device)
    if (hasForbiddenKey(json))
      return refused(message, 'forbidden-key', 'the key __proto__ is forbidden', device)
    if (only.some(({ path, allowed }) => !allowed.has(at(json, path)))) return PASSED_OVER

    const made = draft()
    made.seen = json
    made.expected = expected
    for (const { name, places, read, required } of points) {
      const place = places.find((path) => at(json, path) !== undefined)
      if (!place) {
        if (required) made.faults.push(`${name}: is missing`)
        continue
      }
      const point = read(at(json, place))
      if ('fault' in point) made.faults.push(`${name}: ${point.fault}`)
      else {
        made.values[name] = point.value
        if (point.doubt) made.doubts[name] = point.doubt
      }
    }
    if (time) {
      const read = readTime(at(json, time.path), time.format)
      if (typeof read === 'number') made.at = read
      else made.timeFault = read.fault
    } else if (message.retained) made.timeFault = UNDATED_RETAINED
    const gathered = gathering(message, device)
    gathered.take(made)
    return gathered.done()
  }
}
