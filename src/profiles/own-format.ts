/** The own format: a JSON object, or an array of them, of points by their own names and a `time`. */

import { type Decoder, draft, gathering, MOST_SAMPLES, refused, UNDATED_RETAINED } from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import { hasForbiddenKey, isObject, type JsonObject, parsePayload } from './payload.ts'
import { pointReader } from './point.ts'
import { readTime } from './time.ts'

export function ownFormat(profile: DeviceProfile): Decoder {
  const readers = new Map(Object.entries(profile.points).map(([name, point]) => [name, pointReader(point)]))
  const required = Object.keys(profile.points).filter((name) => profile.points[name]?.required)

  const read = (sample: JsonObject, isRetained: boolean) => {
    const made = draft()
    for (const name in sample) {
      const reader = readers.get(name)
      if (!reader) {
        if (name !== 'time') made.unknownPoints++
        continue
      }
      const point = reader(sample[name])
      if ('fault' in point) made.faults.push(`${name}: ${point.fault}`)
      else {
        made.values[name] = point.value
        if (point.doubt) made.doubts[name] = point.doubt
      }
    }
    for (const name of required) if (!Object.hasOwn(sample, name)) made.faults.push(`${name}: is missing`)
    if (Object.hasOwn(sample, 'time')) {
      const time = readTime(sample.time, 'own')
      if (typeof time === 'number') made.at = time
      else made.timeFault = time.fault
    } else if (isRetained) made.timeFault = UNDATED_RETAINED
    return made
  }

  return (message, device) => {
    const parsed = parsePayload(message.payload)
    if ('code' in parsed) return refused(message, parsed.code, parsed.reason, device)
    const isArray = Array.isArray(parsed.json)
    const samples: readonly unknown[] = isArray ? (parsed.json as unknown[]) : [parsed.json]
    if (samples.length === 0) return refused(message, 'payload-shape', 'an empty array', device)
    if (samples.length > MOST_SAMPLES) {
      const reason = `${samples.length} samples; at most ${MOST_SAMPLES} are read`
      return refused(message, 'payload-shape', reason, device)
    }
    const gathered = gathering(message, device)
    samples.forEach((sample, index) => {
      const place = isArray ? `sample ${index + 1}: ` : ''
      if (!isObject(sample)) gathered.refuse('payload-shape', `${place}expected an object of points`)
      else if (hasForbiddenKey(sample))
        gathered.refuse('forbidden-key', `${place}the key __proto__ is forbidden`)
      else gathered.take(read(sample, message.retained), place)
    })
    return gathered.done()
  }
}
