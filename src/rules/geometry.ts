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

/** Whether the point lies in the area or within `bufferM` of its border; with a negative buffer, at least that deep in it. */
export const isWithin = (point: Point, rings: Rings, bufferM: number): boolean =>
  outsideM(point, rings) <= bufferM

/** Metres from the point to the area's nearest border, negative within the area; infinite where there is no ring. */
export function outsideM(point: Point, rings: Rings): number {
  let nearestM = Number.POSITIVE_INFINITY
  let crossings = 0
  for (const ring of rings) {
    for (let index = 1; index < ring.length; index++) {
      const [a, b] = [ring[index - 1] as Point, ring[index] as Point]
      nearestM = Math.min(nearestM, toEdgeM(point, a, b))
      if (isCrossed(point, a, b)) crossings++
    }
  }
  return crossings % 2 === 1 ? -nearestM : nearestM
}

/** Even-odd rule over border and holes: a ray to the east crosses an odd number of edges from within. */
const isCrossed = ([x, y]: Point, [xa, ya]: Point, [xb, yb]: Point) =>
  ya > y !== yb > y && x < ((xb - xa) * (y - ya)) / (yb - ya) + xa

/** Metres from the point to an edge, on the plane that touches the earth at the point. */
function toEdgeM([lon, lat]: Point, [lonA, latA]: Point, [lonB, latB]: Point): number {
  const eastM = Math.cos(radians(lat)) * METRES_A_DEGREE
  const [xa, ya] = [(lonA - lon) * eastM, (latA - lat) * METRES_A_DEGREE]
  const [dx, dy] = [(lonB - lonA) * eastM, (latB - latA) * METRES_A_DEGREE]
  const lengthSquared = dx * dx + dy * dy
  const along = lengthSquared === 0 ? 0 : -(xa * dx + ya * dy) / lengthSquared
  const share = Math.min(1, Math.max(0, along))
  return Math.hypot(xa + share * dx, ya + share * dy)
}
