/** OPC UA: one data change is one point; its StatusCode says how far to believe it. */
import type { DataChange } from '../model/raw-message.ts'
import type { DeviceId } from '../model/reading.ts'
import { type Decoded, refused } from './decoder.ts'
import type { ProfilePoint } from './device-profile.ts'
import { pointReader } from './point.ts'

export type ChangeDecoder = (change: DataChange, device: DeviceId) => Decoded

const SEVERITIES = ['good', 'uncertain', 'bad', 'bad'] as const

/**
 * By the upper half of the code: UncertainNoCommunicationLastUsableValue, UncertainLastUsableValue,
 * UncertainInitialValue (OPC UA Part 8 §6.3.2). Nobody measured these now: taken for uncertain, a meter
 * without a line would use no water and a fault would seem to be gone (docs/decisions/0058).
 */
const NOT_MEASURED: ReadonlySet<number> = new Set([0x408f, 0x4090, 0x4092])

/** OPC UA Part 4 §7.39: the two top bits are the severity. */
function severityOf(statusCode: number): 'good' | 'uncertain' | 'bad' {
  return NOT_MEASURED.has(statusCode >>> 16) ? 'bad' : (SEVERITIES[statusCode >>> 30] ?? 'bad')
}

/**
 * A bad status with a value keeps the value, doubted: it is what the server holds and says not
 * to use. Without one (the line to the meter is down) there is nothing to keep but the reason.
 */
export function variableReader(name: string, point: ProfilePoint): ChangeDecoder {
  const read = pointReader(point)
  return (change, device) => {
    const severity = severityOf(change.statusCode)
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
