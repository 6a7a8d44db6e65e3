/**
 * Real readings of 92 water meters in Alicante (DAIAD, CC BY-SA 4.0), where the data set is at hand; it is
 * not part of the project.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MeterMark } from '../../src/model/water-use.ts'
import { firstFileIn } from './zip.ts'

const ARCHIVE = join(import.meta.dirname, '../../../shared/data/daiad/swm_trialA.zip')

export const DAIAD_IS_HERE = existsSync(ARCHIVE)

/**
 * By meter, in the order of the file. Local times of Madrid; where the clock repeats an hour, the first one
 * is taken.
 */
export function daiadReadings(): Map<string, MeterMark[]> {
  const meters = new Map<string, MeterMark[]>()
  const days = new Map<string, number>()
  for (const line of firstFileIn(ARCHIVE).toString('latin1').split('\n').slice(1)) {
    const [meter, local, litres] = line.split(';')
    if (!meter || !local || !litres) continue
    const marks = meters.get(meter) ?? []
    meters.set(meter, marks)
    marks.push({ at: instantOf(local, days), volumeM3: Number(litres) / 1_000 })
  }
  return meters
}

/** `dd/mm/yyyy hh:mm:ss`; the offset is looked up once an hour, for there are 674,019 of them. */
function instantOf(local: string, hours: Map<string, number>): number {
  const hour = local.slice(0, 13)
  let start = hours.get(hour)
  if (start === undefined) {
    const iso = `${local.slice(6, 10)}-${local.slice(3, 5)}-${local.slice(0, 2)}T${local.slice(11, 13)}:00`
    start = Temporal.PlainDateTime.from(iso).toZonedDateTime('Europe/Madrid').epochMilliseconds
    hours.set(hour, start)
  }
  return start + Number(local.slice(14, 16)) * 60_000 + Number(local.slice(17, 19)) * 1_000
}
