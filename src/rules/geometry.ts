/** Distances and areas on the ground, for fences and parking; good to 1 % over a few kilometres. */
import type { Point } from '../model/site.ts'

/** Mean radius of the earth in metres (IUGG). */
const EARTH_M = 6_371_008.8

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Metres on the ground that a degree of latitude spans. */
export const METRES_A_DEGREE = radians(EARTH_M)

/** Metres along the great circle (haversine). */
export function distanceM([lonA, latA]: Point, [lonB, latB]: Point): number {
  const [dLat, dLon] = [radians(latB - latA), radians(lonB - lonA)]
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(latA)) * Math.cos(radians(latB)) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** A border and its holes, closed rings as in GeoJSON. */
export type Rings = readonly (readonly Point[])[]

/**
 * Whether the point lies in the area or within `bufferM` of its border; with a negative buffer, at least that
 * deep in it.
 */
export function isWithin([lon, lat]: Point, rings: Rings, bufferM: number): boolean {
  const eastM = Math.cos(radians(lat)) * METRES_A_DEGREE
  const reachM = Math.abs(bufferM)
  let [crossings, isNear] = [0, false]
  for (const ring of rings) {
    let [xa, ya] = [0, 0]
    for (let index = 0; index < ring.length; index++) {
      const [lonB, latB] = ring[index] as Point
      // Metres from the point, on the plane that touches the earth there.
      const [xb, yb] = [(lonB - lon) * eastM, (latB - lat) * METRES_A_DEGREE]
      if (index > 0) {
        // Even-odd rule over border and holes: a ray to the east crosses an odd number of edges from within.
        if (ya > 0 !== yb > 0 && xa - (ya * (xb - xa)) / (yb - ya) > 0) crossings++
        isNear ||= isReached(xa, ya, xb, yb, reachM)
      }
      xa = xb
      ya = yb
    }
  }
  const isInside = crossings % 2 === 1
  return bufferM < 0 ? isInside && !isNear : isInside || isNear
}

/** Whether the edge comes within `reachM` of the origin; most lie wholly on one side of it and are never measured. */
function isReached(xa: number, ya: number, xb: number, yb: number, reachM: number): boolean {
  if (xa > reachM ? xb > reachM : xa < -reachM && xb < -reachM) return false
  if (ya > reachM ? yb > reachM : ya < -reachM && yb < -reachM) return false
  const [dx, dy] = [xb - xa, yb - ya]
  const lengthSquared = dx * dx + dy * dy
  const along = lengthSquared === 0 ? 0 : -(xa * dx + ya * dy) / lengthSquared
  const share = Math.min(1, Math.max(0, along))
  return Math.hypot(xa + share * dx, ya + share * dy) <= reachM
}
