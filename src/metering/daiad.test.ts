import { expect, it } from 'vitest'
import { DAIAD_IS_HERE, daiadReadings } from '../../tests/support/daiad.ts'
import { meterRows } from '../../tests/support/meter-rows.ts'
import { calendarOf } from './calendar.ts'
import { JITTER_M3, type MeterFacts } from './meter.ts'

/** Q4 of a DN 20 household meter, ISO 4064. */
const household: Omit<MeterFacts, 'device'> = { measuresEveryMs: 3_600_000, maxRateM3h: 5 }

it.skipIf(!DAIAD_IS_HERE)(
  'holds on 674,019 real readings of 92 meters: no hour is negative, no volume is lost or made up',
  { timeout: 240_000 },
  () => {
    const calendar = calendarOf('Europe/Madrid')
    const meters = daiadReadings()
    expect(meters.size).toBe(92)
    let readings = 0
    for (const [device, marks] of meters) {
      readings += marks.length
      const rows = meterRows({ device, ...household }, calendar)
      rows.take(marks)
      const hours = rows.hours()
      expect(Math.min(...hours.map(({ volumeM3 }) => volumeM3))).toBeGreaterThanOrEqual(0)
      expect(rows.breaks).toBe(0) // also where 12,288 L are missing for an hour, or another meter's readings are mixed in
      const inOrder = marks.toSorted((a, b) => a.at - b.at)
      const registered = (inOrder.at(-1)?.volumeM3 ?? 0) - (inOrder[0]?.volumeM3 ?? 0)
      const total = hours.reduce((sum, { volumeM3 }) => sum + volumeM3, 0)
      expect(Math.abs(total - registered)).toBeLessThanOrEqual(JITTER_M3 + 1e-6) // a register may stand a step back at the end
    }
    expect(readings).toBe(674_019)
  },
)
