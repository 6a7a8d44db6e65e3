/**
 * A month of water meters as a journal that is never written down: commits are worked out when they are
 * followed, the same ones each time. A meter reads each quarter of an hour, some seconds off the quarter as
 * real ones do, and sends its 96 samples of a day at once after midnight. Some meters have holes, so that
 * days without an exact end are judged too.
 */
import type { Journal } from '../../src/journal/journal.ts'
import { calendarOf } from '../../src/metering/calendar.ts'
import type { Commit, JournalRecord } from '../../src/model/commit.ts'
import type { Device } from '../../src/model/device.ts'
import type { Instant } from '../../src/model/instant.ts'
import type { Site } from '../../src/model/site.ts'

export const SITE_TIME_ZONE = 'Asia/Shanghai'
const DAY_MS = 86_400_000
const QUARTER_MS = 900_000
const SAMPLES_A_DAY = 96
const METERS_A_COMMIT = 50
const METERS_AN_INSTITUTION = 3
/** 1 September 2026 in Shanghai, where no clock is ever put forward or back. */
const FIRST_DAY = Date.UTC(2026, 7, 31, 16)

export type MonthOfMeters = {
  readonly from: Instant
  readonly to: Instant
  readonly devices: readonly Device[]
  readonly site: Pick<Site, 'timeZone' | 'institutions' | 'devices'>
  readonly readings: number
  readonly journal: Pick<Journal, 'head' | 'follow' | 'advance'>
  /** Local days, oldest first. */
  readonly days: readonly { readonly from: Instant; readonly to: Instant }[]
}

/** One institution in ten meters has a hole of seven hours on each fifth day. */
const isHole = (meter: number, day: number, sample: number) =>
  meter % 10 === 3 && (day + meter) % 5 === 0 && sample >= 60 && sample < 88

/** Litres a quarter: more by day than by night, another course for each meter, whole litres as a register has them. */
function litres(meter: number, day: number, sample: number): number {
  const hour = sample / 4
  const busy = hour >= 7 && hour < 19 ? 60 : 6
  return (Math.imul(meter * 31 + day * 17 + sample, 2_654_435_761) >>> 8) % busy
}

export function monthOfMeters(meters: number, days: number): MonthOfMeters {
  const width = String(meters).length
  const institutions = Array.from({ length: Math.ceil(meters / METERS_AN_INSTITUTION) }, (_, n) => ({
    id: `institution-${n + 1}`,
    name: `Institution ${n + 1}`,
    type: 'office' as const,
    headCount: 100,
    areaM2: 5_000,
  }))
  const devices: Device[] = Array.from({ length: meters }, (_, n) => ({
    id: `meter-${String(n + 1).padStart(width, '0')}`,
    name: `Meter ${n + 1}`,
    family: 'water-meter',
    profile: 'gatehouse/water-meter',
    place: { institution: `institution-${Math.floor(n / METERS_AN_INSTITUTION) + 1}` },
  }))
  const range = { from: FIRST_DAY, to: FIRST_DAY + days * DAY_MS }
  const groups = Math.ceil(meters / METERS_A_COMMIT)
  const commits = groups * days
  let readings = 0
  for (let meter = 0; meter < meters; meter++) {
    for (let day = 0; day < days; day++) {
      const holes = isHole(meter, day, 60) ? 28 : 0
      readings += SAMPLES_A_DAY - holes
    }
  }

  /** A register only grows, so each follower goes through the month from its beginning. */
  function* commitsInOrder(): Generator<Commit> {
    const registerL = new Float64Array(meters)
    for (let offset = 1; offset <= commits; offset++) {
      const day = Math.floor((offset - 1) / groups)
      const group = (offset - 1) % groups
      const records: JournalRecord[] = []
      const last = Math.min(meters, (group + 1) * METERS_A_COMMIT)
      for (let meter = group * METERS_A_COMMIT; meter < last; meter++) {
        const device = (devices[meter] as Device).id
        const offMs = meter % 4 === 0 ? 0 : (meter % 29) * 1_000 + 7_000
        for (let sample = 0; sample < SAMPLES_A_DAY; sample++) {
          const since = litres(meter, day, sample)
          registerL[meter] = (registerL[meter] as number) + since
          if (isHole(meter, day, sample)) continue
          const at = FIRST_DAY + day * DAY_MS + sample * QUARTER_MS + offMs
          const volume = 1_000 + meter + (registerL[meter] as number) / 1_000
          records.push({ is: 'reading', device, at, values: { volume, flow: since / 250, battery: 3.6 } })
        }
      }
      yield { offset, receivedAt: FIRST_DAY + (day + 1) * DAY_MS + group * 1_000, records }
    }
  }

  return {
    ...range,
    devices,
    site: { timeZone: SITE_TIME_ZONE, institutions, devices },
    readings,
    days: [...calendarOf(SITE_TIME_ZONE).intervals(range, 'day')],
    journal: {
      head: { offset: commits, receivedAt: range.to + groups * 1_000 },
      async *follow(after, signal) {
        for (const commit of commitsInOrder()) {
          if (signal.aborted) return
          if (commit.offset <= after) continue
          await new Promise(setImmediate) // as a journal on disk, which answers in a turn of its own
          yield [commit]
        }
      },
      advance: async () => {},
    },
  }
}
