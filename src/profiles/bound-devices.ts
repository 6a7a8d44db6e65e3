/** Devices by the name that others know them by, found in one look-up however many there are. */
import type { Device } from '../model/device.ts'

export type BoundDevices<T> = {
  /** The device that holds the name already, if it may come by the same source. */
  bind(name: string, device: Device, reads: T): Device | undefined
  find(name: string, source: string): { readonly device: Device; readonly reads: T } | undefined
}

export function boundDevices<T>(): BoundDevices<T> {
  const byName = new Map<string, { readonly device: Device; readonly reads: T }[]>()
  return {
    bind(name, device, reads) {
      const others = byName.get(name) ?? []
      const other = others.find((one) => mayShareSource(one.device, device))
      byName.set(name, [...others, { device, reads }])
      return other?.device
    },
    find: (name, source) => byName.get(name)?.find(({ device }) => isBroughtBy(device, source)),
  }
}

/** A device that names no source may come by any MQTT source; who may publish its topic is the broker's to judge. */
export const isBroughtBy = (device: Device, source: string): boolean =>
  device.source === undefined || device.source === source

export const mayShareSource = (one: Device, other: Device): boolean =>
  one.source === undefined || other.source === undefined || one.source === other.source
