/**
 * Uplinks of ChirpStack v4 (`…/event/up`, encoding JSON): the points stand in `object`, as the codec of
 * ChirpStack's own device profile made them of the bytes; `time` is when a gateway heard the frame.
 */
import type { Decoder } from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import { pickedJson } from './picked-json.ts'

export function chirpstack(profile: Extract<DeviceProfile, { codec: 'chirpstack' }>): Decoder {
  const points = Object.entries(profile.points).map(([name, point]) => {
    const from = [point.from ?? name].flat().map((path) => `object.${path}`)
    return [name, { ...point, from }] as const
  })
  return pickedJson({
    ...profile,
    codec: 'json',
    points: Object.fromEntries(points),
    only: {},
    time: { from: 'time', format: 'iso' },
  })
}
