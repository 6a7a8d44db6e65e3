/** What the API says of a device's kind, from its profile. */
import type { DeviceId } from '../model/reading.ts'
import type { Directory } from '../profiles/directory.ts'
import type { DeviceFacts } from './services.ts'

export function deviceFacts(directory: Directory, device: DeviceId): DeviceFacts {
  const profile = directory.profileOf(device)
  const points = Object.entries(profile?.points ?? {})
  return {
    ...(profile?.reportsEveryMs != null && { reportEveryMs: profile.reportsEveryMs }),
    units: Object.fromEntries(
      points.flatMap(([name, point]) => ('unit' in point ? [[name, point.unit]] : [])),
    ),
  }
}
