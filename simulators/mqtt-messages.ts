/** What the campus says, as the devices put it on MQTT: the own format, and those of wmbusmeters and OwnTracks. */
import type { Device } from '../src/model/device.ts'
import type { Said } from './behaviour.ts'

export type MqttMessage = {
  /** Who signs in: the device itself, or the bridge that speaks for it. */
  readonly user: string
  readonly topic: string
  readonly payload: string | Uint8Array
}

const WMBUSMETERS = 'wmbusmeters'
const OWNTRACKS = 'owntracks'

/** Stored readings of one device: an upload of them all in the own format, else a message each. */
export function mqttUpload(device: Device, stored: readonly Said[]): readonly MqttMessage[] {
  const isOwn = device.profile.startsWith('gatehouse/')
  if (!isOwn || stored.length === 0) return stored.map((said) => mqttMessage(device, said))
  const samples = stored.flatMap((said) => ('values' in said ? { time: said.at, ...said.values } : []))
  return [{ user: device.id, topic: `gatehouse/${device.id}/readings`, payload: JSON.stringify(samples) }]
}

export function mqttMessage({ id, name, profile, address = id }: Device, said: Said): MqttMessage {
  const [vendor] = profile.split('/')
  const [user, topic] =
    vendor === WMBUSMETERS || vendor === OWNTRACKS
      ? [vendor, `${vendor}/${address}`]
      : [id, `gatehouse/${id}/readings`]
  if ('payload' in said) return { user, topic, payload: said.payload }
  const { at, values } = said
  const body =
    vendor === WMBUSMETERS
      ? {
          media: 'water',
          meter: 'hydrus',
          name,
          id: address,
          total_m3: values.volume,
          flow_m3h: values.flow,
          timestamp: new Date(at).toISOString(),
        }
      : vendor === OWNTRACKS
        ? {
            _type: 'location',
            lat: values.lat,
            lon: values.lon,
            vel: Math.round(Number(values.speed)),
            cog: values.heading,
            tst: Math.round(at / 1_000),
            acc: 8,
            batt: 87,
            tid: address.slice(-2),
          }
        : { time: at, ...values }
  return { user, topic, payload: JSON.stringify(body) }
}
