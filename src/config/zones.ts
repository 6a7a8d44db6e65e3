/** The site's zones: a GeoJSON file (RFC 7946) as any map editor writes it, one polygon a zone. */
import * as z from 'zod'
import type { Point, Zone } from '../model/site.ts'
import { readYaml } from './yaml.ts'

const Position = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)], z.number())
  .transform(([lon, lat]): Point => [lon, lat])

/** A closed line needs three corners and the first once more. */
const Ring = z
  .array(Position)
  .min(4, 'a ring has at least four points, the last being the first')
  .refine((ring) => {
    const [first, last] = [ring[0], ring.at(-1)]
    return first?.[0] === last?.[0] && first?.[1] === last?.[1]
  }, 'a ring ends where it began')

/** Editors add members of their own, so none is forbidden. */
const Feature = z.object({
  type: z.literal('Feature'),
  properties: z.object({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63'),
    name: z.string().min(1),
    kind: z.enum(['campus', 'building', 'parking', 'area']),
  }),
  geometry: z.object({ type: z.literal('Polygon'), coordinates: z.array(Ring).min(1) }),
})

const Zones = z
  .object({ type: z.literal('FeatureCollection'), features: z.array(Feature) })
  .superRefine(({ features }, context) => {
    const seen = new Set<string>()
    features.forEach(({ properties: { id } }, index) => {
      const path = ['features', index, 'properties', 'id']
      if (seen.has(id)) context.addIssue({ code: 'custom', path, message: `there are two of ${id}` })
      seen.add(id)
    })
  })

/**
 * JSON is YAML, so what is wrong here too has its line. Throws GatehouseError `config-invalid` or
 * `config-unreadable`.
 */
export const readZones = (file: string): Zone[] =>
  readYaml(file, Zones).features.map(({ properties, geometry }) => ({
    id: properties.id,
    name: properties.name,
    kind: properties.kind,
    rings: geometry.coordinates,
  }))
