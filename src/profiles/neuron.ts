/**
 * What EMQX Neuron uploads, in both of its formats: `tags` is a list of names with a value or an error code,
 * `values` and `errors` are two objects. Which of them it is shows in each message, so no profile has to say it.
 */
import { boundDevices } from './bound-devices.ts'
import { type Draft, draft, gathering, refused, UNDATED_RETAINED } from './decoder.ts'
import { type NamedPoints, refuseMissing, refuseNamed, takeNamed } from './named-points.ts'
import { hasForbiddenKey, isObject, type JsonObject, parsePayload } from './payload.ts'
import type { BridgeChannel } from './thingsboard.ts'
import { readTime } from './time.ts'

/** Devices are found by `<node>/<group>`: the southbound driver and the group of tags that stand in every message. */
export function neuron(): BridgeChannel {
  const devices = boundDevices<NamedPoints>()
  return {
    devices,
    decode(message) {
      const parsed = parsePayload(message.payload)
      if ('code' in parsed) return refused(message, parsed.code, parsed.reason)
      const { json } = parsed
      if (!isObject(json) || typeof json.node !== 'string' || typeof json.group !== 'string') {
        return refused(message, 'payload-shape', 'expected an object with node and group')
      }
      const address = `${json.node}/${json.group}`
      const found = devices.find(address, message.source)
      if (!found) {
        const called = JSON.stringify(address.slice(0, 200))
        return refused(message, 'unknown-device', `no device is bound to the address ${called}`)
      }
      const { device, reads } = found
      if (hasForbiddenKey(json)) {
        return refused(message, 'forbidden-key', 'the key __proto__ is forbidden', device.id)
      }
      const isRead = Array.isArray(json.tags) || isObject(json.values) || isObject(json.errors)
      if (!isRead) return refused(message, 'payload-shape', 'expected tags, or values and errors', device.id)
      const made = draft()
      const said = Array.isArray(json.tags) ? fromTags(json.tags, reads, made) : fromValues(json, reads, made)
      refuseMissing(reads, (name) => said.has(name), made)
      made.seen = said
      made.expected = reads.expected
      if (json.timestamp !== undefined) {
        const time = readTime(json.timestamp, 'epoch-milliseconds')
        if (typeof time === 'number') made.at = time
        else made.timeFault = time.fault
      } else if (message.retained) made.timeFault = UNDATED_RETAINED
      const gathered = gathering(message, device.id)
      gathered.take(made)
      return gathered.done()
    },
  }
}

/** A tag is `{name, value}`, or `{name, error}` where it could not be read; both give back the names that were said. */
function fromTags(tags: readonly unknown[], points: NamedPoints, made: Draft): Set<string> {
  const said = new Set<string>()
  let nameless = 0
  for (const tag of tags) {
    if (!isObject(tag) || typeof tag.name !== 'string') nameless++
    else if (!said.has(tag.name)) {
      said.add(tag.name)
      note(points, tag.name, tag.value, tag.error, made)
    }
  }
  if (nameless > 0) made.faults.push(`${nameless} tags without a name`)
  return said
}

function fromValues(json: JsonObject, points: NamedPoints, made: Draft): Set<string> {
  const values = isObject(json.values) ? json.values : {}
  const errors = isObject(json.errors) ? json.errors : {}
  const said = new Set([...Object.keys(values), ...Object.keys(errors)])
  for (const name of said) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    note(points, name, value, Object.hasOwn(errors, name) ? errors[name] : undefined, made)
  }
  return said
}

/** An error code means that the driver has no value; a code of 0 beside a value means none. */
function note(points: NamedPoints, name: string, value: unknown, error: unknown, made: Draft): void {
  const isFaulty = value === undefined && error !== undefined
  const isKnown = isFaulty
    ? refuseNamed(points, name, `error ${String(error).slice(0, 20)}`, made)
    : takeNamed(points, name, value, made)
  if (!isKnown) made.unknownPoints++
}
