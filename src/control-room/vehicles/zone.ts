/**
 * In which zone of the site a spot lies: the narrowest, so that a car park is told rather than the campus
 * around it. Pure.
 */
import type { Site } from '../api/calls.ts'
import type { Spot } from '../map/layers.ts'

type Ring = readonly (readonly number[])[]

/** By the even-odd rule; a hole is a ring that is crossed once more. */
function isInside({ lon, lat }: Spot, rings: readonly Ring[]): boolean {
  let inside = false
  for (const ring of rings) {
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
      const [x = 0, y = 0] = ring[at] ?? []
      const [fromX = 0, fromY = 0] = ring[before] ?? []
      if (y > lat !== fromY > lat && lon < ((fromX - x) * (lat - y)) / (fromY - y) + x) inside = !inside
    }
  }
  return inside
}

const extentOf = (rings: readonly Ring[]): number => {
  const all = rings.flat()
  const [xs, ys] = [all.map(([x = 0]) => x), all.map(([, y = 0]) => y)]
  return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys))
}

/** Its name; undefined outside of every zone. */
export function zoneAt(spot: Spot, { features }: Site['zones']): string | undefined {
  const around = features.filter(({ geometry }) => isInside(spot, geometry.coordinates))
  const sizes = around.map(({ geometry, properties }) => ({
    name: properties.name,
    extent: extentOf(geometry.coordinates),
  }))
  return sizes.sort((one, other) => one.extent - other.extent)[0]?.name
}
