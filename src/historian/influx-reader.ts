/**
 * Reads a device's history back by InfluxQL, which 1.x, 2.x and 3 understand; a page is whole also where the
 * server gives few rows at a time.
 */
import { type DeviceId, type Reading, speaksOf } from '../model/reading.ts'
import type { Historian, ReadingsQuery } from './historian.ts'
import { fieldName, readingsFrom } from './influx-lines.ts'
import type { InfluxServer } from './influx-server.ts'

const PAGE = 10_000
/** What InfluxDB can hold as an instant, in ms: 64 bits of nanoseconds. */
const MAX_INSTANT = 9_223_372_036_854

export type InfluxReaderParts = {
  readonly server: Pick<InfluxServer, 'query'>
  measurementOf(device: DeviceId): string
  readonly stopped: AbortSignal
}

export function influxReader({ server, measurementOf, stopped }: InfluxReaderParts): Historian['readings'] {
  async function rows(
    device: DeviceId,
    { from, to }: ReadingsQuery,
    limit: number,
    offset: number,
  ): Promise<Reading[]> {
    const where = `"device" = '${fieldName(device)}' AND time >= ${instantOf(from)} AND time < ${instantOf(to)}`
    const found: Reading[] = []
    for (;;) {
      const page = `LIMIT ${limit - found.length} OFFSET ${offset + found.length}`
      const series = await server.query(
        `SELECT * FROM "${measurementOf(device)}" WHERE ${where} ORDER BY time ASC ${page}`,
        stopped,
      )
      const read = readingsFrom(device, series)
      found.push(...read)
      if (!series.partial || read.length === 0 || found.length >= limit) return found
    }
  }

  return async (query) => {
    const { device, point, skip = 0, limit } = query
    if (point === undefined) return rows(device, query, limit, skip)
    // InfluxQL cannot ask for whole rows by the presence of one of several fields, so we look ourselves.
    const found: Reading[] = []
    for (let offset = 0; found.length < skip + limit; offset += PAGE) {
      const read = await rows(device, query, PAGE, offset)
      found.push(...read.filter((reading) => speaksOf(reading, point)))
      if (read.length < PAGE) break
    }
    return found.slice(skip, skip + limit)
  }
}

const instantOf = (at: number) => `${Math.trunc(Math.min(Math.max(at, -MAX_INSTANT), MAX_INSTANT))}ms`
