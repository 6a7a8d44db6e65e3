/**
 * The site's own drawing as a MapLibre style: no tiles, no glyphs, no sprites, so no request leaves
 * the gateway. Devices are quiet dots, vehicles arrows; colour is left to the alarms above them.
 */
import type { FeatureCollection } from 'geojson'
import type { StyleSpecification } from 'maplibre-gl'
import type { Site } from '../api/calls.ts'
import type { Device } from '../api/types.ts'

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

export function styleOf(zones: Site['zones'], ink: (name: string) => string): StyleSpecification {
  return {
    version: 8,
    sources: {
      zones: { type: 'geojson', data: zones as FeatureCollection },
      devices: { type: 'geojson', data: EMPTY },
      trails: { type: 'geojson', data: EMPTY },
      vehicles: { type: 'geojson', data: EMPTY },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': ink('--map-ground') } },
      {
        id: 'zones',
        type: 'fill',
        source: 'zones',
        paint: {
          'fill-color': [
            'match',
            ['get', 'kind'],
            'building',
            ink('--map-building'),
            'campus',
            ink('--map-campus'),
            'rgba(0,0,0,0)',
          ],
        },
      },
      {
        id: 'edges',
        type: 'line',
        source: 'zones',
        filter: ['match', ['get', 'kind'], ['building', 'campus'], true, false],
        paint: { 'line-color': ink('--map-edge'), 'line-width': 1 },
      },
      {
        id: 'areas',
        type: 'line',
        source: 'zones',
        filter: ['match', ['get', 'kind'], ['parking', 'area'], true, false],
        paint: { 'line-color': ink('--map-edge'), 'line-width': 1, 'line-dasharray': [3, 2] },
      },
      {
        id: 'trails',
        type: 'line',
        source: 'trails',
        paint: { 'line-color': ink('--accent'), 'line-width': 1.5, 'line-opacity': 0.6 },
      },
      {
        id: 'devices',
        type: 'circle',
        source: 'devices',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 2.5, 17, 5],
          'circle-color': ['case', ['get', 'heard'], ink('--ink-3'), 'rgba(0,0,0,0)'],
          'circle-stroke-color': ['case', ['get', 'chosen'], ink('--accent'), ink('--ink-3')],
          'circle-stroke-width': ['case', ['get', 'chosen'], 3, 1],
        },
      },
      {
        id: 'vehicles',
        type: 'symbol',
        source: 'vehicles',
        layout: {
          'icon-image': ['case', ['get', 'moving'], 'vehicle-moving', 'vehicle-standing'],
          'icon-rotate': ['get', 'heading'],
          'icon-rotation-alignment': 'map',
          'icon-allow-overlap': true,
          'icon-size': ['case', ['get', 'chosen'], 1.3, 1],
        },
      },
    ],
  }
}

export type Spot = { readonly lat: number; readonly lon: number }

/** Where a device is: fixed, or where it last said to be. */
export function spotOf({ position, latest }: Device): Spot | undefined {
  if (position) return position
  const [lat, lon] = [latest.lat?.value, latest.lon?.value]
  return typeof lat === 'number' && typeof lon === 'number' ? { lat, lon } : undefined
}

const numberOf = (device: Device, point: string) => {
  const value = device.latest[point]?.value
  return typeof value === 'number' ? value : 0
}

export function devicesOn(
  devices: Iterable<Device>,
  chosen: string | undefined,
  moving: boolean,
): FeatureCollection {
  const features: FeatureCollection['features'] = []
  for (const device of devices) {
    const spot = spotOf(device)
    if (!spot || (device.family === 'vehicle-tracker') !== moving) continue
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [spot.lon, spot.lat] },
      properties: {
        id: device.id,
        heard: device.status === 'online',
        chosen: device.id === chosen,
        heading: numberOf(device, 'heading'),
        moving: numberOf(device, 'speed') > 1,
      },
    })
  }
  return { type: 'FeatureCollection', features }
}

/** Points a trail keeps of each vehicle: some minutes of driving. */
const TRAIL = 60

export type Trails = Map<string, [lon: number, lat: number][]>

/** Adds where the vehicles are now; a vehicle that stands adds nothing. */
export function lengthen(trails: Trails, devices: Iterable<Device>): FeatureCollection {
  for (const device of devices) {
    const spot = device.family === 'vehicle-tracker' ? spotOf(device) : undefined
    if (!spot) continue
    const trail = trails.get(device.id) ?? []
    const last = trail.at(-1)
    if (!last || last[0] !== spot.lon || last[1] !== spot.lat) trail.push([spot.lon, spot.lat])
    trails.set(device.id, trail.slice(-TRAIL))
  }
  return {
    type: 'FeatureCollection',
    features: [...trails].flatMap(([id, coordinates]) =>
      coordinates.length > 1
        ? { type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { id } }
        : [],
    ),
  }
}

/** The box to begin with: the campus where there is one, else all zones, else the devices. */
export function boundsOf(
  zones: Site['zones'],
  devices: Iterable<Device>,
): [number, number, number, number] | undefined {
  const campus = zones.features.filter(({ properties }) => properties.kind === 'campus')
  const drawn = campus.length > 0 ? campus : zones.features
  const all = drawn.flatMap(({ geometry }) => geometry.coordinates.flat())
  if (all.length === 0) {
    for (const device of devices) {
      const spot = spotOf(device)
      if (spot) all.push([spot.lon, spot.lat])
    }
  }
  if (all.length === 0) return undefined
  const [lons, lats] = [all.map(([lon = 0]) => lon), all.map(([, lat = 0]) => lat)]
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}
