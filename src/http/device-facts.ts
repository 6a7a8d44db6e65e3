/** What the API says of a device's kind, from its profile. */
import type { Device } from '../model/device.ts'
import type { DeviceProfile } from '../profiles/device-profile.ts'
import type { Directory } from '../profiles/directory.ts'
import type { DeviceFacts } from './services.ts'

export function deviceFactsIn(directory: Directory): (device: Device) => DeviceFacts {
  /** Made once a profile: the live stream asks for each device that has spoken. */
  const byProfile = new Map<DeviceProfile | undefined, DeviceFacts>()
  return ({ id, reportsEveryMs }) => {
    const profile = directory.profileOf(id)
    const facts = byProfile.get(profile) ?? factsOf(profile)
    byProfile.set(profile, facts)
    return reportsEveryMs === undefined ? facts : { ...facts, reportEveryMs: reportsEveryMs }
  }
}

function factsOf(profile: DeviceProfile | undefined): DeviceFacts {
  const points = Object.entries(profile?.points ?? {})
  return {
    ...(profile?.reportsEveryMs != null && { reportEveryMs: profile.reportsEveryMs }),
    units: Object.fromEntries(
      points.flatMap(([name, point]) => ('unit' in point ? [[name, point.unit]] : [])),
    ),
  }
}
