/** Zones as rules judge by them: plain data, with a box around each, because most vehicles are far from most zones. */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import type { Point, Site, Zone } from '../model/site.ts'
import { isWithin, METRES_A_DEGREE } from './geometry.ts'

export const Area = z.strictObject({
  id: z.string(),
  /** West, south, east, north. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  rings: z.array(z.array(z.tuple([z.number(), z.number()]))),
})

export type Area = z.output<typeof Area>

const areaOf = ({ id, rings }: Zone): Area => {
  const border = rings[0] ?? []
  const [lons, lats] = [border.map(([lon]) => lon), border.map(([, lat]) => lat)]
  return {
    id,
    box: [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)],
    rings: rings.map((ring) => ring.map(([lon, lat]): [number, number] => [lon, lat])),
  }
}

/** Throws GatehouseError `config-invalid` that names the option and the zones that the site does not have. */
export function areasOf(site: Site, ids: readonly string[], option: string): Area[] {
  const unknown = ids.filter((id) => !site.zones.some((zone) => zone.id === id))
  if (unknown.length > 0) {
    throw new GatehouseError('config-invalid', `${option}: the site has no zone ${unknown.join(', ')}`)
  }
  return site.zones.filter(({ id }) => ids.includes(id)).map(areaOf)
}

/** The zones in which a vehicle is at home; none where the site does not say. */
export function homesOf(site: Site, device: string): Area[] {
  const vehicle = site.vehicles.find((one) => one.device === device)
  return areasOf(site, vehicle?.homeZones ?? [], 'homeZones')
}

/** As `isWithin`, but far points cost next to nothing. */
export function liesIn(point: Point, { box, rings }: Area, bufferM: number): boolean {
  const [west, south, east, north] = box
  const [lon, lat] = point
  const latMargin = bufferM / METRES_A_DEGREE
  if (lat < south - latMargin || lat > north + latMargin) return false
  const lonMargin = latMargin / Math.max(0.01, Math.cos((lat * Math.PI) / 180))
  if (lon < west - lonMargin || lon > east + lonMargin) return false
  return isWithin(point, rings, bufferM)
}

export const liesInAny = (point: Point, areas: readonly Area[], bufferM: number): boolean =>
  areas.some((area) => liesIn(point, area, bufferM))

/** The shorter side of its box, metres: twice that deep lies no point of it. */
export function narrowestM({ box: [west, south, east, north] }: Area): number {
  const eastM = METRES_A_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180)
  return Math.min((east - west) * eastM, (north - south) * METRES_A_DEGREE)
}
