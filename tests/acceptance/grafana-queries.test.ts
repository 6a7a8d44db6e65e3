/** Every panel of the shipped dashboard is asked of a real InfluxDB that holds what the gateway writes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/connect/system-clock.ts'
import { InfluxOptions, influxHistorian } from '../../src/historian/influx.ts'
import { type Family, repeatsBy } from '../../src/model/device.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { type Influxd, startInfluxd } from '../support/influxd.ts'
import { requireServer } from '../support/servers.ts'

type Panel = { readonly title: string; readonly targets: readonly { readonly query: string }[] }

const DASHBOARD = join(import.meta.dirname, '../../deploy/grafana/dashboards/campus.json')
const { panels, templating } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly query: string }[] }
}
const SAID = {
  'water-meter': { volume: 12.5, flow: 0.4, battery: 3.6, valve: 'open' },
  'access-control-gate': { door: 'open', lock: 'unlocked', access: 'granted', credential: 'card-1' },
  'patrol-checkpoint': { tag: 'tag-1', guard: 'guard-1' },
  'vehicle-tracker': { lat: 39.9, lon: 116.4, speed: 42, ignition: true },
} as const satisfies Record<Family, object>
const AT = Date.UTC(2026, 0, 1)

requireServer('influxd')('the dashboard', () => {
  let server: Influxd
  beforeAll(async () => {
    server = await startInfluxd()
    await using historian = influxHistorian({
      options: InfluxOptions.parse({ url: server.url, version: '1', database: server.database }),
      repeatsBy: (device) => repeatsBy(device as Family),
      describe: (device) => ({ family: device as Family, place: { institution: 'city-hall' } }),
      noteRefused: ([refused]) => expect.fail(refused?.reason),
      clock: systemClock,
      log: SILENT_LOG,
    })
    const records = Object.entries(SAID).map(([device, values]) => ({
      is: 'reading' as const,
      device,
      at: AT,
      values,
    }))
    await historian.write([{ offset: 1, receivedAt: AT, records }])
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  /** As Grafana fills them in. */
  const filled = (query: string) =>
    query
      .replaceAll('$timeFilter', `time >= ${AT - 60_000}ms AND time < ${AT + 60_000}ms`)
      .replaceAll('$__interval', '10s')
      .replaceAll('$meter', '.*')

  const questions = [
    ...panels.flatMap(({ title, targets }) => targets.map(({ query }) => [title, query] as const)),
    ...templating.list.map(({ query }) => ['the choice of meters', query] as const),
  ]

  it.each(questions)('%s has an answer', async (_title, query) => {
    const answer = (await server.query(filled(query))) as {
      results: { error?: string; series?: { columns: string[]; values: unknown[][] }[] }[]
    }
    expect(answer.results[0]).not.toHaveProperty('error')
    const rows = answer.results[0]?.series?.flatMap(({ values }) => values) ?? []
    expect(rows.some((row) => row.slice(1).some((cell) => cell !== null && cell !== 0))).toBe(true)
  })
})
