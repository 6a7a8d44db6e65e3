/**
 * A number for each device, from 0 in the order in which they are first heard: what intake keeps of a hundred
 * thousand of them stands in columns.
 */
import type { DeviceId } from '../model/reading.ts'

export type Seats = (device: DeviceId) => number

export function seats(): Seats {
  const numbers = new Map<DeviceId, number>()
  /** Whose was asked for last: one sample is looked for a few times, and those of one message are of one device. */
  let asked: DeviceId | undefined
  let number = 0
  return (device) => {
    if (device === asked) return number
    asked = device
    number = numbers.get(device) ?? numbers.size
    if (number === numbers.size) numbers.set(device, number)
    return number
  }
}
