/** Anybody's JSON: an object a message, its points picked out by path, of it or of each sample in a list of it. */
import {
  type Decoder,
  type Draft,
  draft,
  gathering,
  MOST_SAMPLES,
  PASSED_OVER,
  refused,
  UNDATED_RETAINED,
} from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import { at, hasForbiddenKey, isObject, type JsonObject, parsePayload } from './payload.ts'
import { pointReader } from './point.ts'
import { expectedOf } from './strange.ts'
import { readLocalTime, readTime } from './time.ts'

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
  const dated = profile.time && timeReader(profile.time)
  const list = profile.samples === undefined ? undefined : pathOf(profile.samples)

  const read = (sample: JsonObject, isRetained: boolean): Draft => {
    const made = draft()
    made.seen = sample
    made.expected = expected
    for (const { name, places, read, required } of points) {
      const place = places.find((path) => at(sample, path) !== undefined)
      if (!place) {
        if (required) made.faults.push(`${name}: is missing`)
        continue
      }
      const point = read(at(sample, place))
      if ('fault' in point) made.faults.push(`${name}: ${point.fault}`)
      else {
        made.values[name] = point.value
        if (point.doubt) made.doubts[name] = point.doubt
      }
    }
    if (dated) {
      const read = dated(sample)
      if (typeof read === 'number') made.at = read
      else made.timeFault = read.fault
    } else if (isRetained) made.timeFault = UNDATED_RETAINED
    return made
  }

  return (message, device) => {
    const parsed = parsePayload(message.payload)
    if ('code' in parsed) return refused(message, parsed.code, parsed.reason, device)
    const { json } = parsed
    if (!isObject(json)) return refused(message, 'payload-shape', 'expected an object', device)
    if (hasForbiddenKey(json))
      return refused(message, 'forbidden-key', 'the key __proto__ is forbidden', device)
    if (only.some(({ path, allowed }) => !allowed.has(at(json, path)))) return PASSED_OVER

    const gathered = gathering(message, device)
    if (list === undefined) {
      gathered.take(read(json, message.retained))
      return gathered.done()
    }
    const samples = at(json, list)
    const shape = samplesFault(samples, list.join('.'))
    if (shape !== undefined) return refused(message, 'payload-shape', shape, device)
    for (const [index, sample] of (samples as readonly unknown[]).entries()) {
      const place = `sample ${index + 1}: `
      if (isObject(sample)) gathered.take(read(sample, message.retained), place)
      else gathered.refuse('payload-shape', `${place}expected an object of points`)
    }
    return gathered.done()
  }
}

function samplesFault(samples: unknown, path: string): string | undefined {
  if (!Array.isArray(samples)) return `${path}: expected a list of samples`
  if (samples.length === 0) return `${path}: an empty list`
  return samples.length > MOST_SAMPLES
    ? `${samples.length} samples; at most ${MOST_SAMPLES} are read`
    : undefined
}

type Time = NonNullable<Extract<DeviceProfile, { codec: 'json' }>['time']>

function timeReader({ from, format, offset }: Time) {
  const path = pathOf(from)
  return (sample: JsonObject) => {
    const value = at(sample, path)
    if (format === 'local') return readLocalTime(value, offset ?? '')
    const isQuoted = format !== 'iso' && typeof value === 'string' && /^\d{9,16}$/.test(value)
    return readTime(isQuoted ? Number(value) : value, format)
  }
}
