/** OPC UA: one data change is one point; its StatusCode says how far to believe it. */
import type { DataChange } from '../model/raw-message.ts'
import type { DeviceId } from '../model/reading.ts'
import { type Decoded, refused } from './decoder.ts'
import type { ProfilePoint } from './device-profile.ts'
import { pointReader } from './point.ts'

export type ChangeDecoder = (change: DataChange, device: DeviceId) => Decoded

const SEVERITIES = ['good', 'uncertain', 'bad', 'bad'] as const

/**
 * A bad status with a value keeps the value, doubted: it is what the server holds and says not
 * to use. Without one (the line to the meter is down) there is nothing to keep but the reason.
 */
export function variableReader(name: string, point: ProfilePoint): ChangeDecoder {
  const read = pointReader(point)
  return (change, device) => {
    const severity = SEVERITIES[change.statusCode >>> 30] ?? 'bad' // OPC UA Part 4 §7.39: the two top bits
    if (change.value === undefined) {
      const status = `0x${(change.statusCode >>> 0).toString(16).padStart(8, '0')}`
      return refused(change, 'bad-point', `${name}: no value, status ${status}`, device)
    }
    const said = read(change.value)
    if ('fault' in said) return refused(change, 'bad-point', `${name}: ${said.fault}`, device)
    const at = change.sourceTimestamp ?? change.serverTimestamp
    const values = { [name]: said.value }
    const doubt = said.doubt ?? (severity === 'good' ? undefined : severity)
    const sample = doubt ? { device, at, values, doubts: { [name]: doubt } } : { device, at, values }
    return { samples: [sample], deadLetters: [], unknownPoints: 0, isPassedOver: false }
  }
}
