/**
 * Weeks of water, sent late by meters that stored it: hours of work and quiet nights, one night that is not
 * quiet, a night in which nobody heard.
 */
import { calendarOf, HOUR_MS } from '../../src/metering/calendar.ts'
import type { RunningGateway } from './gateway.ts'
import { openWire, preparePublish } from './mqtt-wire.ts'

export const ZONE = 'Asia/Shanghai'
const DAYS = 24
/** The night's window of the page. */
const OVER_MS = 4 * HOUR_MS

/**
 * By day and by night, m³/h; 4 % of what goes in at meter-1 comes out nowhere for meter-2 and meter-4, and a
 * third of the canteen's.
 */
const FLOWS_M3H = {
  'meter-1': { work: 1, night: 0.05 },
  'meter-2': { work: 0.36, night: 0.018 },
  'meter-4': { work: 0.6, night: 0.03 },
  'meter-5': { work: 0.24, night: 0.012 },
  'meter-3': { work: 0.5, night: 0 },
} as const

export const METERS = Object.keys(FLOWS_M3H)

/** The day before the midnight of which nothing is known. */
export type WaterWeeks = { readonly missingDay: number }

/**
 * What each meter measured in the last weeks, hour by hour; the last night of meter-1 is four times the
 * usual, meter-3 is silent over a midnight, so two days cannot be told apart.
 */
export async function sendWaterWeeks(gateway: RunningGateway, now = Date.now()): Promise<WaterWeeks> {
  const calendar = calendarOf(ZONE)
  const dayBack = (days: number) => calendar.intervalAt(now - days * 24 * HOUR_MS, 'day').from
  const lastNight = calendar.intervalAt(now - OVER_MS, 'day').from
  const missingDay = dayBack(5)
  for (const [meter, { work, night }] of Object.entries(FLOWS_M3H)) {
    const wire = await openWire(gateway.mqttPort, meter, await gateway.deviceToken(meter))
    let volume = 100
    let samples: object[] = []
    for (let at = dayBack(DAYS); at <= now; at += HOUR_MS) {
      const day = calendar.intervalAt(at, 'day').from
      const hour = (at - day) / HOUR_MS
      const isSilent = meter === 'meter-3' && at > missingDay + HOUR_MS && at < missingDay + 30 * HOUR_MS
      if (!isSilent) samples.push({ time: at, volume: Math.round(volume * 1e6) / 1e6 })
      const isLoud = meter === 'meter-1' && day === lastNight && hour >= 2 && hour < 4
      volume += hour >= 8 && hour < 18 ? work : night * (isLoud ? 4 : 1)
      if (samples.length < 48 && at + HOUR_MS <= now) continue
      await wire.publish(preparePublish(`gatehouse/${meter}/readings`, JSON.stringify(samples)))
      samples = []
    }
    wire.close()
  }
  return { missingDay }
}
