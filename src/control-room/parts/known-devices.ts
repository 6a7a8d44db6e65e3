/**
 * What stays of the devices while their values change many times a second: names and units. Whoever needs
 * only these is not drawn anew with each value.
 */
import type { Whole } from '../api/calls.ts'
import type { Device } from '../api/types.ts'

export type KnownDevice = { readonly name: string; readonly unitOf: Readonly<Record<string, string | null>> }
export type KnownDevices = ReadonlyMap<string, KnownDevice>

type Entry = { readonly device: Device; readonly known: KnownDevice }

const isSame = ({ name, unitOf }: KnownDevice, { name: now, latest }: Device): boolean => {
  const points = Object.entries(latest)
  return (
    name === now &&
    points.length === Object.keys(unitOf).length &&
    points.every(([point, { unit }]) => unitOf[point] === unit)
  )
}

const knownOf = ({ name, latest }: Device): KnownDevice => ({
  name,
  unitOf: Object.fromEntries(Object.entries(latest).map(([point, { unit }]) => [point, unit])),
})

/** The very same map as long as all that it knows stays the same. */
export function knownDevicesOf(): (list: Whole<Device>) => KnownDevices {
  let entries = new Map<string, Entry>()
  let last: KnownDevices = new Map()
  return ({ items }) => {
    let isOther = items.length !== entries.size
    const fresh = new Map<string, Entry>()
    for (const device of items) {
      const before = entries.get(device.id)
      if (before?.device === device) {
        fresh.set(device.id, before)
      } else {
        const kept = before && isSame(before.known, device) ? before.known : undefined
        isOther ||= !kept
        fresh.set(device.id, { device, known: kept ?? knownOf(device) })
      }
    }
    entries = fresh
    if (isOther) last = new Map([...fresh].map(([id, { known }]) => [id, known]))
    return last
  }
}
