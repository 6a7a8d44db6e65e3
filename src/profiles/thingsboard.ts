/**
 * The gateway telemetry of ThingsBoard: `{"Device A": [{"ts": 1790812800000, "values": {…}}], …}`, many devices in
 * one message. An entry without `ts` and `values` is the values themselves, as ThingsBoard takes it too.
 */
import { type BoundDevices, boundDevices } from './bound-devices.ts'
import { type Channel, draft, gatheringMany, MOST_SAMPLES, refused, UNDATED_RETAINED } from './decoder.ts'
import { type NamedPoints, refuseMissing, takeNamed } from './named-points.ts'
import { hasForbiddenKey, isObject, type JsonObject, parsePayload } from './payload.ts'
import { readTime } from './time.ts'

export type BridgeChannel = Channel & { readonly devices: BoundDevices<NamedPoints> }

/** Devices are found by their address, the name that ThingsBoard shows. */
export function thingsboard(): BridgeChannel {
  const devices = boundDevices<NamedPoints>()
  return {
    devices,
    decode(message) {
      const parsed = parsePayload(message.payload)
      if ('code' in parsed) return refused(message, parsed.code, parsed.reason)
      const { json } = parsed
      if (!isObject(json)) return refused(message, 'payload-shape', 'expected an object of devices')
      if (hasForbiddenKey(json)) return refused(message, 'forbidden-key', 'the key __proto__ is forbidden')
      const names = Object.keys(json)
      if (names.length === 0) return refused(message, 'payload-shape', 'an object without devices')
      const entries = names.reduce((sum, name) => sum + lengthOf(json[name]), 0)
      if (entries > MOST_SAMPLES) {
        const reason = `${entries} samples; at most ${MOST_SAMPLES} are read`
        return refused(message, 'payload-shape', reason)
      }
      const gathered = gatheringMany(message)
      for (const name of names) {
        const found = devices.find(name, message.source)
        const called = JSON.stringify(name.slice(0, 100))
        const said = json[name]
        if (!found) gathered.refuse('unknown-device', `no device is bound to the name ${called}`)
        else if (!Array.isArray(said) || said.length === 0) {
          gathered.refuse('payload-shape', `${called}: expected an array of samples`, found.device.id)
        } else {
          said.forEach((entry: unknown, index) => {
            const place = `${called} sample ${index + 1}: `
            if (!isObject(entry)) {
              gathered.refuse('payload-shape', `${place}expected an object`, found.device.id)
            } else gathered.take(found.device.id, read(entry, found.reads, message.retained), place)
          })
        }
      }
      return gathered.done()
    },
  }
}

const lengthOf = (said: unknown): number => (Array.isArray(said) ? said.length : 0)

function read(entry: JsonObject, points: NamedPoints, isRetained: boolean) {
  const made = draft()
  const values = isObject(entry.values) ? entry.values : entry
  made.seen = values
  made.expected = points.expected
  for (const name of Object.keys(values)) {
    const isTime = values === entry && name === 'ts'
    if (!isTime && !takeNamed(points, name, values[name], made)) made.unknownPoints++
  }
  refuseMissing(points, (name) => Object.hasOwn(values, name), made)
  if (Object.hasOwn(entry, 'ts')) {
    const time = readTime(entry.ts, 'epoch-milliseconds')
    if (typeof time === 'number') made.at = time
    else made.timeFault = time.fault
  } else if (isRetained) made.timeFault = UNDATED_RETAINED
  return made
}
