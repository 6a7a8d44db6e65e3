/** The own format: a JSON object, or an array of them, of points by their own names and a `time`. */

import type { DeviceId, Value } from '../model/reading.ts'
import {
  type DecodedSample,
  type Decoder,
  draft,
  gathering,
  MOST_SAMPLES,
  refused,
  UNDATED_RETAINED,
} from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import {
  depthOf,
  hasForbiddenKey,
  isObject,
  type JsonObject,
  parseUnmeasured,
  type Refusal,
} from './payload.ts'
import { pointReader, rangeOfPlain } from './point.ts'
import { expectedOf } from './strange.ts'
import { readTime } from './time.ts'

export function ownFormat(profile: DeviceProfile): Decoder {
  const readers = new Map(Object.entries(profile.points).map(([name, point]) => [name, pointReader(point)]))
  const expected = expectedOf(profile, 'time')
  const required = Object.keys(profile.points).filter((name) => profile.points[name]?.required)
  const ranges = new Map(
    Object.entries(profile.points).flatMap(([name, point]) => {
      const range = rangeOfPlain(point)
      return range ? [[name, range] as const] : []
    }),
  )

  /**
   * The short way for what most samples are: nothing but plausible numbers. Undefined for all others, which
   * are read with care.
   */
  const readPlain = (
    sample: JsonObject,
    device: DeviceId,
    isRetained: boolean,
  ): DecodedSample | undefined => {
    const values: Record<string, Value> = {}
    let isEmpty = true
    for (const name in sample) {
      if (name === 'time') continue
      const range = ranges.get(name)
      const said = sample[name]
      if (range === undefined || typeof said !== 'number' || !(said >= range[0] && said <= range[1])) return
      values[name] = said + 0 // −0 is 0
      isEmpty = false
    }
    for (const name of required) if (!Object.hasOwn(values, name)) return
    if (isEmpty || (isRetained && sample.time === undefined)) return
    if (!Object.hasOwn(sample, 'time')) return { device, at: undefined, values }
    const at = readTime(sample.time, 'own')
    return typeof at === 'number' ? { device, at, values } : undefined
  }

  const read = (sample: JsonObject, isRetained: boolean) => {
    const made = draft()
    made.seen = sample
    made.expected = expected
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
    const refuse = ({ code, reason }: Refusal) => refused(message, code, reason, device)
    const parsed = parseUnmeasured(message.payload)
    if ('code' in parsed) return refuse(depthOf(message.payload) ?? parsed)
    const isArray = Array.isArray(parsed.json)
    const samples: readonly unknown[] = isArray ? (parsed.json as unknown[]) : [parsed.json]
    if (samples.length === 0) return refuse({ code: 'payload-shape', reason: 'an empty array' })
    if (samples.length > MOST_SAMPLES) {
      const reason = `${samples.length} samples; at most ${MOST_SAMPLES} are read`
      return refuse({ code: 'payload-shape', reason })
    }
    const gathered = gathering(message, device)
    const readWithCare = (sample: unknown, place: string) => {
      if (!isObject(sample)) gathered.refuse('payload-shape', `${place}expected an object of points`)
      else if (hasForbiddenKey(sample))
        gathered.refuse('forbidden-key', `${place}the key __proto__ is forbidden`)
      else gathered.take(read(sample, message.retained), place)
    }
    let isMeasured = false
    for (const [index, sample] of samples.entries()) {
      const plain = isObject(sample) ? readPlain(sample, device, message.retained) : undefined
      if (plain) {
        gathered.keep(plain)
        continue
      }
      const tooDeep = isMeasured ? undefined : depthOf(message.payload)
      if (tooDeep) return refuse(tooDeep)
      isMeasured = true
      readWithCare(sample, isArray ? `sample ${index + 1}: ` : '')
    }
    return gathered.done()
  }
}
