/**
 * Points of a profile that are almost called like one which their family knows. Others may be added freely,
 * so it is no error; but nothing that rules, water use or the page do with `volume` is done with `volum`, and
 * nobody would be told why.
 */
import { meant } from '../model/meant.ts'
import { type DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { FAMILY_POINTS } from '../profiles/family-points.ts'

export function nearPoints(profile: DeviceProfile): string[] {
  const { family, points } = profile
  const unused = Object.keys(FAMILY_POINTS[family]).filter((name) => !Object.hasOwn(points, name))
  return Object.keys(points).flatMap((name) => {
    const hint = Object.hasOwn(FAMILY_POINTS[family], name) ? '' : meant(name, unused)
    return hint === ''
      ? []
      : [`profile ${profileName(profile)}: a ${family} has no ${name} of its own${hint}`]
  })
}
