import { expect, it } from 'vitest'
import { systemClock } from '../../src/connect/system-clock.ts'
import { InfluxOptions, influxHistorian } from '../../src/historian/influx.ts'
import type { Refusal } from '../../src/historian/influx-refusals.ts'
import type { Commit } from '../../src/model/commit.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { startInfluxd } from '../support/influxd.ts'
import { requireServer } from '../support/servers.ts'
import { describeHistorian, METER_CONFLICT } from './historian.ts'

const noteRefused = ([refused]: readonly Refusal[]) => expect.fail(refused?.reason)

requireServer('influxd')('against a real InfluxDB 1.x', () => {
  it('of two values of a meter point at one instant, the one written last stays', async () => {
    await using server = await startInfluxd()
    const options = InfluxOptions.parse({ url: server.url, version: '1', database: server.database })
    await using historian = influxHistorian({
      options,
      repeatsBy: () => 'point',
      noteRefused,
      clock: systemClock,
      log: SILENT_LOG,
    })
    const commit = (offset: number, volume: number): Commit => ({
      offset,
      receivedAt: offset,
      records: [{ is: 'reading', device: 'meter-1', at: 1_000, values: { volume } }],
    })
    await historian.write([commit(1, 10), commit(2, 11)])
    const readings = await historian.readings({ device: 'meter-1', from: 0, to: 2_000, limit: 10 })
    expect(readings.map(({ values }) => values)).toEqual([{ volume: 11 }])
  })

  it('of a backlog older than its retention it is not asked line by line, and all of them are told of at once', async () => {
    await using server = await startInfluxd()
    await server.query(
      `CREATE RETENTION POLICY short ON ${server.database} DURATION 1d REPLICATION 1 DEFAULT`,
    )
    const options = InfluxOptions.parse({ url: server.url, version: '1', database: server.database })
    const refused: Refusal[] = []
    await using historian = influxHistorian({
      options,
      repeatsBy: () => 'point',
      clock: systemClock,
      log: SILENT_LOG,
      noteRefused: async (told) => refused.push(...told),
    })
    const now = Date.now()
    const records = Array.from({ length: 1_000 }, (_, n) => ({
      is: 'reading' as const,
      device: 'meter-1',
      values: { volume: n },
      at: n < 900 ? now - 3 * 86_400_000 + n : now - 60_000 + n,
    }))
    await historian.write([{ offset: 1, receivedAt: now, records }])
    expect(refused).toMatchObject([
      { lines: 900, reason: expect.stringContaining('beyond retention policy'), example: expect.any(String) },
    ])
    expect(historian.counts).toMatchObject({ stored: 100, rejected: 900 })
    expect(historian.counts.requests).toBeLessThan(25)
  })

  it('of a device whose field has another type there it is not asked again and again, and it is written to again once that is mended', async () => {
    await using server = await startInfluxd()
    const options = InfluxOptions.parse({ url: server.url, version: '1', database: server.database })
    const refused: Refusal[] = []
    await using historian = influxHistorian({
      options,
      repeatsBy: () => 'point',
      clock: systemClock,
      log: SILENT_LOG,
      describe: (device) => ({
        family: device === 'gate-1' ? 'access-control-gate' : 'water-meter',
        place: { institution: 'i' },
      }),
      noteRefused: async (told) => refused.push(...told),
    })
    const now = Date.now()
    const foreign = await fetch(`${server.url}/write?db=${server.database}`, {
      method: 'POST',
      body: 'access-control-gate,by=hand level="low"',
    })
    expect(foreign.status).toBe(204)
    const written = async (offset: number) => {
      const before = historian.counts.requests
      const records = Array.from({ length: 1_000 }, (_, n) => ({
        is: 'reading' as const,
        at: now + offset * 1_000 + n,
        ...(n % 100 === 50
          ? { device: 'gate-1', values: { level: n } }
          : { device: `meter-${n}`, values: { volume: n } }),
      }))
      await historian.write([{ offset, receivedAt: now, records }])
      return historian.counts.requests - before
    }
    expect(await written(1), 'looked for').toBeGreaterThan(20)
    expect([await written(2), await written(3)]).toEqual([2, 2])
    expect(historian.counts).toMatchObject({ stored: 3 * 990, rejected: 30 })
    expect(refused).toMatchObject([{ lines: 10, reason: expect.stringContaining('field type conflict') }])
    await server.query('DROP MEASUREMENT "access-control-gate"')
    expect([await written(4), await written(5)]).toEqual([2, 1])
    expect(historian.counts).toMatchObject({ stored: 3 * 990 + 2_000, rejected: 30 })
    const all = { from: now, to: now + 10_000, limit: 1_000 }
    expect(await historian.readings({ device: 'gate-1', ...all })).toHaveLength(20)
    expect(await historian.readings({ device: 'meter-7', ...all })).toHaveLength(5)
  })

  it('a server that gives few rows in an answer is asked until it has given all', async () => {
    await using server = await startInfluxd('gatehouse', 3)
    const options = InfluxOptions.parse({ url: server.url, version: '1', database: server.database })
    await using historian = influxHistorian({
      options,
      repeatsBy: () => 'point',
      noteRefused,
      clock: systemClock,
      log: SILENT_LOG,
    })
    const ats = Array.from({ length: 10 }, (_, n) => n)
    const records = ats.map((at) => ({
      is: 'reading' as const,
      device: 'meter-1',
      at,
      values: { volume: at },
    }))
    await historian.write([{ offset: 1, receivedAt: 1, records }])
    const asked = { device: 'meter-1', from: 0, to: 100 }
    const volumes = async (limit: number, more: object = {}) =>
      (await historian.readings({ ...asked, limit, ...more })).map(({ values }) => values.volume)
    expect(await volumes(100)).toEqual(ats)
    expect(await volumes(4, { skip: 2 })).toEqual([2, 3, 4, 5])
    expect(await volumes(100, { point: 'volume' })).toEqual(ats)
  })

  describeHistorian(
    'history in InfluxDB',
    async (repeatsBy) => {
      const server = await startInfluxd()
      const options = InfluxOptions.parse({ url: server.url, version: '1', database: server.database })
      return {
        historian: influxHistorian({
          options,
          repeatsBy,
          noteRefused,
          clock: systemClock,
          log: SILENT_LOG,
        }),
        close: () => server[Symbol.asyncDispose](),
      }
    },
    { without: [METER_CONFLICT] },
  )
})
