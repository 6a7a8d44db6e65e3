/**
 * GCJ-02, the shifted coordinates of Chinese maps (Amap, Tencent), back to WGS 84, in which everything here
 * is kept. The formula and its constants are those that every public converter has; it only leads there, so
 * the way back is iterated.
 */
import type { DecodedSample } from './decoder.ts'

/** The Krasovsky 1940 ellipsoid: its half axis in metres, and its eccentricity squared. */
const [HALF_AXIS_M, ECCENTRICITY_2] = [6_378_245, 0.006_693_421_622_965_943]

const { PI, sin, cos, sqrt, abs } = Math

/** Outside of this box nothing is shifted. */
const isShifted = (lon: number, lat: number) =>
  lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271

const wave = (x: number) => ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3

function shift(lon: number, lat: number): readonly [number, number] {
  const [x, y] = [lon - 105, lat - 35]
  const northM =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * sqrt(abs(x)) +
    wave(x) +
    ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 +
    ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3
  const eastM =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * sqrt(abs(x)) +
    wave(x) +
    ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3 +
    ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3
  const radians = (lat / 180) * PI
  const magic = 1 - ECCENTRICITY_2 * sin(radians) ** 2
  const meridianM = (HALF_AXIS_M * (1 - ECCENTRICITY_2)) / (magic * sqrt(magic))
  const parallelM = (HALF_AXIS_M / sqrt(magic)) * cos(radians)
  return [(eastM * 180) / (parallelM * PI), (northM * 180) / (meridianM * PI)]
}

/** `[longitude, latitude]` on a Chinese map. */
export function toGcj02(lon: number, lat: number): readonly [number, number] {
  if (!isShifted(lon, lat)) return [lon, lat]
  const [east, north] = shift(lon, lat)
  return [lon + east, lat + north]
}

/** The shift changes by less than a thousandth over its own length, so each round gains three digits. */
const ROUNDS = 4

/** `[longitude, latitude]`, good to a centimetre. */
export function toWgs84(lon: number, lat: number): readonly [number, number] {
  if (!isShifted(lon, lat)) return [lon, lat]
  let [x, y] = [lon, lat]
  for (let round = 0; round < ROUNDS; round++) {
    const [east, north] = shift(x, y)
    x = lon - east
    y = lat - north
  }
  return [x, y]
}

/** Eight decimals are a millimetre. */
const rounded = (degrees: number) => Math.round(degrees * 1e8) / 1e8

/**
 * The sample of a device that says GCJ-02, in WGS 84. Half a position cannot be converted and is not to be
 * believed.
 */
export function inWgs84(sample: DecodedSample): DecodedSample {
  const { lon, lat } = sample.values
  if (lon === undefined && lat === undefined) return sample
  if (typeof lon !== 'number' || typeof lat !== 'number') {
    const doubts = { ...sample.doubts, [lon === undefined ? 'lat' : 'lon']: 'bad' as const }
    return { ...sample, doubts }
  }
  const [x, y] = toWgs84(lon, lat)
  return { ...sample, values: { ...sample.values, lon: rounded(x), lat: rounded(y) } }
}
