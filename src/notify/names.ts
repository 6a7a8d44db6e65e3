/** What people call things, from the site: ids where it no longer has them. */
import { devicesById } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import type { Names } from './channel.ts'

export function namesOf(
  { name, devices, institutions, buildings, zones }: Site,
  instant: Names['instant'],
): Names {
  const nameIn = (list: readonly { readonly id: string; readonly name: string }[]) => {
    const known = new Map(list.map((one) => [one.id, one.name]))
    return (id: string) => known.get(id) ?? id
  }
  const [institution, building, zone] = [nameIn(institutions), nameIn(buildings), nameIn(zones)]
  const known = devicesById(devices)
  return {
    site: name,
    instant,
    device: (id) => known.get(id)?.name ?? id,
    zone,
    place: (place) =>
      [
        institution(place.institution),
        ...(place.building === undefined ? [] : [building(place.building)]),
        ...(place.zone === undefined ? [] : [zone(place.zone)]),
      ].join(' · '),
  }
}
