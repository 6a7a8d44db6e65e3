/**
 * What was acknowledged is in the history once and as it was sent, whatever happened in between.
 * A short run of what `npm run soak` does for as long as one likes.
 */
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { startBroker } from '../oracle/broker.ts'
import { damage } from '../oracle/damage.ts'
import { answerWith, killDatabase, startDatabase } from '../oracle/database.ts'
import { fillDisk, smallDisk } from '../oracle/disk.ts'
import { freezeGateway, killGateway, killStartingGateway } from '../oracle/gateway-faults.ts'
import { openStage, type Summary, strikeAll } from '../oracle/stage.ts'
import { verifyWithin } from '../oracle/verify.ts'
import { requireServer } from '../support/servers.ts'

/** Twenty kills in all; each scenario takes some ten seconds, and on a busy machine many more. Ends what hangs. */
vi.setConfig({ testTimeout: 600_000 })

/** How long a busy machine may take; a wait in vain is the only thing that it lengthens. */
const PATIENCE_MS = 60_000

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

/** Named, so that a failure shows what was struck and where to begin again. */
function expectFaultless(summary: Summary) {
  const { missing, duplicated, differing, unknown, slowestFreshMs, ...told } = summary
  expect({ ...told, missing, duplicated, differing, unknown }).toEqual({
    ...told,
    missing: [],
    duplicated: [],
    differing: [],
    unknown: [],
  })
  expect(slowestFreshMs, 'a fresh message is shown within 5 s').not.toBeNull()
}

it('keeps what the embedded broker acknowledged, through kills at any instant and a frozen process', async () => {
  const seed = 1
  await using stage = await openStage({
    seed,
    config: { historian: { embedded: { sealReadings: 1_000, sealAfterMs: 1_000 } } },
  })
  await stage.begin()
  const summary = await strikeAll(stage, seed, [
    ...times(3, killGateway),
    freezeGateway,
    killStartingGateway,
    killGateway,
  ])
  expectFaultless(summary)
  expect(summary.kills).toBe(6)
  expect(summary.obligations).toBeGreaterThan(1_000)
})

it('catches a gateway that acknowledges before it commits', async () => {
  const careless = join(import.meta.dirname, '../oracle/careless-gateway.ts')
  await using stage = await openStage({ seed: 2 })
  const { plant, publishing, run } = stage
  await plant.start(careless)
  await publishing.resume()
  await publishing.fresh(PATIENCE_MS)
  await plant.kill()
  await plant.start() // an honest one shows what is left
  const { sent } = await publishing.pause(PATIENCE_MS)
  const { missing, unknown, differing, duplicated } = await verifyWithin(
    1_000,
    plant.ask,
    run,
    publishing.obligations(),
    sent,
  )
  expect(missing.length).toBeGreaterThan(0)
  expect({ unknown, differing, duplicated }).toEqual({ unknown: [], differing: [], duplicated: [] })
})

it('catches a gateway that writes a message twice, though whoever reads is shown it once', async () => {
  const doubling = join(import.meta.dirname, '../oracle/doubling-gateway.ts')
  const seed = 9
  await using stage = await openStage({ seed })
  const { plant, publishing, run } = stage
  await plant.start(doubling)
  await publishing.resume()
  await publishing.fresh(PATIENCE_MS)
  const { sent } = await publishing.pause(PATIENCE_MS)
  await plant.kill()
  await plant.start() // an honest one shows what is left
  const shown = await verifyWithin(PATIENCE_MS, plant.ask, run, publishing.obligations(), sent)
  expect(shown).toMatchObject({ missing: [], unknown: [], differing: [], duplicated: [] })
  const { duplicated } = await strikeAll(stage, seed, [])
  expect(duplicated.length).toBeGreaterThan(0)
})

requireServer('mosquitto')('behind a broker of its own', () => {
  it('keeps what Mosquitto saved, through kills of the gateway and of Mosquitto', async () => {
    const seed = 3
    await using broker = await startBroker()
    await using stage = await openStage({
      seed,
      broker: broker.devices,
      rate: 1_000,
      config: { sources: [broker.source] },
    })
    await stage.begin()
    const faults = [killGateway, broker.kill, broker.kill, freezeGateway, killGateway, broker.kill]
    const summary = await strikeAll(stage, seed, faults, broker.binding)
    expectFaultless(summary)
    expect(summary.kills).toBe(5)
    expect(summary.obligations).toBeGreaterThan(500)
  })
})

requireServer('influxd')('with InfluxDB as its history', () => {
  it('stores all of it through kills of the database and whatever it answers', async () => {
    const seed = 4
    await using database = await startDatabase()
    await using stage = await openStage({ seed, rate: 1_000, config: { historian: database.config } })
    await stage.begin()
    const summary = await strikeAll(stage, seed, [
      ...times(2, killDatabase(database)),
      killGateway,
      ...(['500', 'hang', 'reset-late', 'partial', 'small', '401'] as const).map((answer) =>
        answerWith(database, answer),
      ),
    ])
    expectFaultless(summary)
    expect(summary.obligations).toBeGreaterThan(500)
  })

  it('catches a database that says stored and stores nothing, which no gateway can see', async () => {
    const seed = 5
    await using database = await startDatabase()
    await using stage = await openStage({ seed, rate: 500, config: { historian: database.config } })
    await stage.begin()
    expectFaultless(await strikeAll(stage, seed, [answerWith(database, 'honest')]))
    await answerWith(database, 'lie').strike(stage)
    const { missing } = await strikeAll(stage, seed, [], undefined, 1_000)
    expect(missing.length).toBeGreaterThan(0)
  })
})

it('loses nothing to a torn tail or a spoilt newest file, and of destroyed commits no more than those', async () => {
  const seed = 6
  await using stage = await openStage({
    seed,
    config: { historian: { embedded: { sealReadings: 1_000, sealAfterMs: 1_000 } } },
  })
  const done = damage(stage.run)
  const { tearTail, spoilNewestFile, cutLog, flipLog, binding } = done
  await stage.begin()
  expectFaultless(await strikeAll(stage, seed, [tearTail, spoilNewestFile]))
  do {
    expectFaultless(await strikeAll(stage, seed, [cutLog, flipLog], binding))
  } while (done.destroyed === 0) // a log that was folded in just before the kill has nothing to destroy
  expect(done.unannounced(stage.plant.dataDir), 'a gap tells of each commit that is gone').toEqual([])
})

it('acknowledges nothing on a full disk, and goes on by itself when there is room again', async (context) => {
  using disk = smallDisk(48)
  if (!disk) return context.skip('a small disk cannot be mounted here')
  const seed = 7
  await using stage = await openStage({ seed, dataDir: disk.folder, rate: 500 })
  await stage.begin()
  const summary = await strikeAll(stage, seed, [fillDisk(disk)])
  expectFaultless(summary)
})

it('stops under load: acknowledged is stored, and nobody is left waiting', async () => {
  const seed = 8
  await using stage = await openStage({ seed, rate: 4_000 })
  const { plant, publishing } = stage
  await stage.begin()
  await publishing.fresh(PATIENCE_MS)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect((await plant.terminate()).code).toBe(0) // tests/acceptance/stops.test.ts holds that it waits for nobody who hangs
  expect(await publishing.state(), 'every connection was ended').toMatchObject({ connected: 0 })
  await plant.start()
  expectFaultless(await strikeAll(stage, seed, []))
})
