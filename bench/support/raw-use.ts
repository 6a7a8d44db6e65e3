/**
 * Daily use worked out from nothing but the raw readings in the sealed files, by the definition alone:
 * between two readings the register runs on a straight line, and a day's use is how far that line rises from
 * midnight to midnight.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { MonthOfMeters } from './month-of-meters.ts'

export type RawUse = {
  /** m³ by `<device> <start of the day>`; days without any reading have none. */
  readonly volumes: ReadonlyMap<string, number>
  readonly readings: number
  readonly seconds: number
}

export async function recomputeFromRawReadings(folder: string, { days }: MonthOfMeters): Promise<RawUse> {
  const startedMs = performance.now()
  const files = globSync(join(folder, '*.parquet')).map((file) => `'${file}'`)
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '2' })
  const connection = await instance.connect()
  const result = await connection.stream(
    `SELECT device, measured_at::DOUBLE, json_extract(said, '$.volume')::DOUBLE
     FROM read_parquet([${files.join(', ')}]) ORDER BY device, measured_at`,
  )
  const volumes = new Map<string, number>()
  let readings = 0
  let device = ''
  let at = 0
  let volume = 0
  for await (const chunk of result) {
    for (const [of, instant, register] of (chunk as { getRows(): unknown[] }).getRows() as [
      string,
      number,
      number,
    ][]) {
      readings++
      if (of === device) rise(of, instant, register)
      ;[device, at, volume] = [of, instant, register]
    }
  }

  function rise(of: string, instant: number, register: number): void {
    for (const day of days) {
      const [from, to] = [Math.max(at, day.from), Math.min(instant, day.to)]
      if (from >= to) continue
      const key = `${of} ${day.from}`
      const share = ((register - volume) * (to - from)) / (instant - at)
      volumes.set(key, (volumes.get(key) ?? 0) + share)
    }
  }

  connection.closeSync()
  return { volumes, readings, seconds: Number(((performance.now() - startedMs) / 1_000).toFixed(1)) }
}
