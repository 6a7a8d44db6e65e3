/** Distances and areas on the ground, for fences and parking; good to 1 % over a few kilometres. */
import type { Point } from '../model/site.ts'

/** Mean radius of the earth in metres (IUGG). */
const EARTH_M = 6_371_008.8

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Metres along the great circle (haversine). */
export function distanceM([lonA, latA]: Point, [lonB, latB]: Point): number {
  const [dLat, dLon] = [radians(latB - latA), radians(lonB - lonA)]
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(latA)) * Math.cos(radians(latB)) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** A border and its holes, closed rings as in GeoJSON. */
export type Rings = readonly (readonly Point[])[]

/** Whether the point lies in the area or within `bufferM` of its border. */
export function isWithin(point: Point, rings: Rings, bufferM: number): boolean {
  const [border, ...holes] = rings
  if (!border) return false
  const inside = contains(border, point) && !holes.some((hole) => contains(hole, point))
  return inside || rings.some((ring) => edges(ring).some(([a, b]) => toEdgeM(point, a, b) <= bufferM))
}

const edges = (ring: readonly Point[]) =>
  ring.slice(1).map((to, index) => [ring[index] as Point, to] as const)

/** Even-odd rule: a ray to the east crosses the ring an odd number of times. */
function contains(ring: readonly Point[], [x, y]: Point): boolean {
  const crossings = edges(ring).filter(
    ([[xa, ya], [xb, yb]]) => ya > y !== yb > y && x < ((xb - xa) * (y - ya)) / (yb - ya) + xa,
  )
  return crossings.length % 2 === 1
}

/** Metres from the point to an edge, on the plane that touches the earth at the point. */
function toEdgeM(point: Point, a: Point, b: Point): number {
  const scale = Math.cos(radians(point[1]))
  const flat = ([lon, lat]: Point) => ({
    x: radians(lon - point[0]) * scale * EARTH_M,
    y: radians(lat - point[1]) * EARTH_M,
  })
  const [from, to] = [flat(a), flat(b)]
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const lengthSquared = dx * dx + dy * dy
  const along = lengthSquared === 0 ? 0 : -(from.x * dx + from.y * dy) / lengthSquared
  const share = Math.min(1, Math.max(0, along))
  return Math.hypot(from.x + share * dx, from.y + share * dy)
}
