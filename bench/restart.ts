/**
 * `restart`: how long after a kill -9 until the gateway is ready again, with 5,010 meters, a journal of more
 * than 1 GB, and a million of its readings that no sealed file holds yet. The journal is written as the
 * gateway writes it, the gateway itself takes it in, and it is killed while it stands there with everything
 * in memory.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../src/connect/system-clock.ts'
import { journalFiles } from '../src/journal/journal-files.ts'
import { sqliteJournal } from '../src/journal/sqlite.ts'
import type { JournalRecord } from '../src/model/commit.ts'
import { type RunningGateway, startGateway } from '../tests/support/gateway.ts'
import { isReady, lagIn, metricsOf } from './support/metrics.ts'
import { writePlant } from './support/plant-files.ts'
import { median, progress, report } from './support/result.ts'

const METERS = 5_010
const UNSEALED_ROUNDS = 200
const FILES = Number(process.env.GATEHOUSE_BENCH_FILES ?? 12)
const KILLS = 5
const MINUTE_MS = 60_000
/** Longer than any consumer keeps its state to itself. */
const QUIET_MS = 8_000

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-restart-'))
const dataDir = join(folder, 'data')
const devices = Array.from({ length: METERS }, (_, n) => ({
  id: `affairs-bureau-meter-${String(n + 1).padStart(4, '0')}`,
  profile: 'gatehouse/water-meter',
}))
const scope = { families: ['water-meter'] }
const config = writePlant({
  folder,
  devices,
  rules: [
    {
      id: 'burst-pipe',
      kind: 'sustained',
      severity: 'critical',
      verifyMs: MINUTE_MS,
      scope,
      options: { point: 'flow', above: 100, clearBelow: 90, forMs: MINUTE_MS, heldMs: 5 * MINUTE_MS },
    },
  ],
  // One round more than is to be left in memory: so each file is sealed when the next one's readings begin.
  more: { historian: { embedded: { sealReadings: (UNSEALED_ROUNDS + 1) * METERS } } },
})

try {
  await writeJournal(FILES * (UNSEALED_ROUNDS + 1) + UNSEALED_ROUNDS)
  await takeIn()
  const restarts = []
  for (let kill = 0; kill < KILLS; kill++) restarts.push(await killAndStart())
  const readyS = restarts.map((one) => one.readyS)
  report({
    bench: 'restart',
    metric: 'ready-after-kill',
    value: Math.max(...readyS),
    unit: 's',
    target: 5,
    holds: 'value <= target',
    details: {
      medianS: median(readyS),
      kills: KILLS,
      devices: METERS,
      journalBytes: journalFiles(join(dataDir, 'journal.sqlite')).reduce(
        (sum, { path }) => sum + statSync(path).size,
        0,
      ),
      unsealedReadings: Math.min(...restarts.map((one) => one.unsealed)),
      // Ready means that devices are taken and answered; what was in memory can be read a little later.
      historyWholeAfterS: median(restarts.map((one) => one.wholeS)),
    },
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function writeJournal(rounds: number): Promise<void> {
  progress(`restart: writing ${rounds * METERS} readings into the journal`)
  await using journal = await sqliteJournal({ clock: systemClock, file: join(dataDir, 'journal.sqlite') })
  const start = Date.now() - rounds * MINUTE_MS
  for (let round = 0; round < rounds; round++) {
    const records = devices.map(({ id }, meter): JournalRecord => {
      const flow = ((meter * 7 + round * 13) % 9_000) / 1_000
      const values = { volume: 100_000 + meter + round / 8, flow, battery: 3.601, valve: 'open' }
      return { is: 'reading', device: id, at: start + round * MINUTE_MS + meter, values }
    })
    await journal.append(records)
  }
}

/** As many as were left in memory, and nothing left to do. */
async function whole({ url }: RunningGateway): Promise<number | undefined> {
  const metrics = await metricsOf(url)
  const unsealed = metrics.get('embedded_hot_readings') ?? 0
  return lagIn(metrics) <= 2 && unsealed <= (UNSEALED_ROUNDS + 1) * METERS ? unsealed : undefined
}

async function takeIn(): Promise<void> {
  const startedMs = performance.now()
  const gateway = await startGateway({ config, dataDir })
  while ((await whole(gateway)) === undefined) {
    await sleep(2_000)
    const metrics = await metricsOf(gateway.url)
    progress(
      `  ${metrics.get('history_readings_total')} in the history, ledger ${lagIn(metrics, 'ledger')} commits behind`,
    )
  }
  progress(`restart: taken in after ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`)
  await sleep(QUIET_MS)
  await gateway.stop('SIGKILL')
}

async function killAndStart(): Promise<{ readyS: number; wholeS: number; unsealed: number }> {
  const startedMs = performance.now()
  const sinceS = () => (performance.now() - startedMs) / 1_000
  const gateway = await startGateway({ config, dataDir })
  while (!(await isReady(gateway.url))) await sleep(10)
  const readyS = sinceS()
  let unsealed = await whole(gateway)
  while (unsealed === undefined) {
    await sleep(50)
    unsealed = await whole(gateway)
  }
  const wholeS = sinceS()
  progress(`restart: ready after ${readyS.toFixed(2)} s, everything readable after ${wholeS.toFixed(2)} s`)
  await sleep(QUIET_MS)
  await gateway.stop('SIGKILL')
  return { readyS, wholeS, unsealed }
}
