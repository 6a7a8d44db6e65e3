/** What the adapter sends as version 2, taken by a real server that speaks this API. */
import { expect, it } from 'vitest'
import { systemClock } from '../../src/connect/system-clock.ts'
import { InfluxOptions, influxHistorian } from '../../src/historian/influx.ts'
import type { Commit } from '../../src/model/commit.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { requireServer } from '../support/servers.ts'
import { startVictoriaMetrics } from '../support/victoria-metrics.ts'

const START = Date.UTC(2026, 0, 1)

requireServer('victoria-metrics')('history written through /api/v2/write', () => {
  it('every number of every reading arrives once, however often it is written', async () => {
    await using server = await startVictoriaMetrics()
    await using historian = influxHistorian({
      options: InfluxOptions.parse({
        url: server.url,
        org: 'campus',
        bucket: 'gatehouse',
        token: 'a-token',
        maxLines: 100,
      }),
      repeatsBy: () => 'point',
      describe: () => ({ family: 'water-meter', place: { institution: '市政府', building: 'main' } }),
      noteRefused: ([refused]) => expect.fail(refused?.reason),
      clock: systemClock,
      log: SILENT_LOG,
    })
    const commits = Array.from(
      { length: 250 },
      (_, i): Commit => ({
        offset: i + 1,
        receivedAt: START + i * 1_000 + 5,
        records: [
          {
            is: 'reading',
            device: 'meter-1',
            at: START + i * 1_000,
            values: { volume: i / 8, valve: 'open' },
          },
        ],
      }),
    )
    await historian.write(commits)
    expect(historian.durable).toBe(250)
    await historian.write(commits.slice(100))

    const [series, ...others] = await server.export('water-meter_volume')
    expect(others).toEqual([])
    expect(series?.metric).toMatchObject({ device: 'meter-1', building: 'main' })
    const once = new Map(series?.timestamps.map((at, i) => [at, series.values[i]]))
    expect([...once]).toEqual(commits.map((_, i) => [START + i * 1_000, i / 8]))
  })
})
