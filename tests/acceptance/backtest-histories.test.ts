/** The same draft over the same readings finds the same alarms, whether they lie in Parquet files or in InfluxDB. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { WHOLE_SITE } from '../../src/alarms/seat.ts'
import { backtester } from '../../src/backtest/backtest.ts'
import type { HistorySource } from '../../src/backtest/setup.ts'
import { readProfiles } from '../../src/config/profiles.ts'
import { readSite } from '../../src/config/site.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { InfluxOptions, influxHistorian } from '../../src/historian/influx.ts'
import { ParquetOptions, parquetHistorian } from '../../src/historian/parquet.ts'
import type { Commit } from '../../src/model/commit.ts'
import { repeatsBy } from '../../src/model/device.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { profileName } from '../../src/profiles/device-profile.ts'
import { RulesOptions } from '../../src/rules/index.ts'
import { temporaryFolder } from '../support/gateway.ts'
import { startInfluxd } from '../support/influxd.ts'
import { requireServer } from '../support/servers.ts'

const MINUTE_MS = 60_000
const FROM = Date.parse('2026-03-02T09:00+08:00')
const TO = FROM + 240 * MINUTE_MS
const PROFILES = new Map(readProfiles('device-profiles').map((profile) => [profileName(profile), profile]))
const SITE = readSite('tests/support/site/site.yaml', PROFILES)
const FAMILY = new Map(SITE.devices.map((device) => [device.id, device]))
const edge = { clock: systemClock, log: SILENT_LOG }

const { rules } = RulesOptions.parse({
  rules: [
    {
      id: 'burst',
      kind: 'sustained',
      severity: 'low',
      verifyMs: 1,
      scope: { families: ['water-meter'] },
      options: { point: 'flow', above: 8, clearBelow: 6, forMs: 3 * MINUTE_MS, heldMs: 10 * MINUTE_MS },
    },
    {
      id: 'silent',
      kind: 'silent',
      severity: 'low',
      verifyMs: 1,
      scope: { families: ['water-meter'] },
      options: { forMs: 20 * MINUTE_MS },
    },
    {
      id: 'held',
      kind: 'door-held-open',
      severity: 'low',
      verifyMs: 1,
      options: { openTimeMs: MINUTE_MS },
    },
  ],
})

/**
 * Three meters, each with a burst and a silence of its own; a gate that is left open, in words; a meter that
 * was late.
 */
function* commits(): Generator<Commit> {
  for (let minute = 0; minute < 240; minute++) {
    const at = FROM + minute * MINUTE_MS
    const records: Commit['records'][number][] = []
    for (const [n, device] of ['meter-1', 'meter-2', 'meter-3'].entries()) {
      if (minute >= 100 + 20 * n && minute < 140 + 10 * n) continue
      const flow = minute >= 30 + n && minute < 50 ? 9.5 : 0.2
      records.push({
        is: 'reading',
        device,
        at: n === 2 ? at - 7 * MINUTE_MS : at,
        values: { flow, volume: minute },
      })
    }
    if (minute % 60 === 10) records.push({ is: 'reading', device: 'gate-1', at, values: { door: 'open' } })
    if (minute % 60 === 15) records.push({ is: 'reading', device: 'gate-1', at, values: { door: 'closed' } })
    yield { offset: minute + 1, receivedAt: at + 500, records }
  }
}

async function found(history: HistorySource): Promise<string[]> {
  const tester = backtester({
    site: SITE,
    profiles: PROFILES,
    running: () => [],
    seats: WHOLE_SITE,
    history,
    clock: systemClock,
    alarms: { list: async () => ({ items: [], next: null }) },
    processes: 2,
    gentle: false,
    timeLimitMs: 60_000,
  })
  const report = await tester.run({ rules, from: FROM, to: TO }, new AbortController().signal)
  expect(report.parked).toEqual([])
  const minute = (at: number | undefined) => (at === undefined ? '' : (at - FROM) / MINUTE_MS)
  return report.alarms.map(
    ({ rule, subject, raisedAt, clearedAt }) => `${minute(raisedAt)}-${minute(clearedAt)} ${rule} ${subject}`,
  )
}

requireServer('influxd')('a draft over either history', () => {
  it('finds the same alarms', async () => {
    const folder = temporaryFolder('histories')
    await using opened = new AsyncDisposableStack()
    opened.defer(() => rmSync(folder, { recursive: true, force: true }))
    const journalFile = join(folder, 'no-journal')
    const repeats = (id: string) => repeatsBy(FAMILY.get(id)?.family ?? 'water-meter')
    const parquet = opened.use(
      await parquetHistorian({
        ...edge,
        folder: join(folder, 'history'),
        options: ParquetOptions.parse({}),
        repeatsBy: repeats,
      }),
    )
    await parquet.write([...commits()].slice(0, 150))
    await parquet.seal()
    await parquet.write([...commits()])
    await parquet.seal()
    const server = opened.use(await startInfluxd())
    const options = InfluxOptions.parse({ url: server.url, version: '1', database: server.database })
    const describe = (id: string) => FAMILY.get(id)
    const influx = opened.use(
      influxHistorian({
        ...edge,
        options,
        repeatsBy: repeats,
        describe,
        noteRefused: ([refused]) => expect.fail(refused?.reason),
      }),
    )
    await influx.write([...commits()])

    const embedded = await found({ kind: 'embedded', folder: join(folder, 'history'), journalFile })
    expect(await found({ kind: 'influx', options, journalFile })).toEqual(embedded)
    expect(embedded.filter((line) => line.includes('held'))).toEqual(
      ['11-15', '71-75', '131-135', '191-195'].map((when) => `${when} held gate-1`),
    )
    expect(embedded.filter((line) => line.includes('burst')).map((line) => line.split(' ')[2])).toEqual([
      'meter-3',
      'meter-1',
      'meter-2',
    ])
    expect(embedded.filter((line) => line.includes('silent'))).toHaveLength(3)
  })
})
