/**
 * What was acknowledged is in the history once and as it was sent, whatever happened in between.
 * A short run of what `npm run soak` does for as long as one likes.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freezeGateway, killGateway, killStartingGateway } from '../oracle/gateway-faults.ts'
import { openStage, type Summary, strikeAll } from '../oracle/stage.ts'
import { verifyWithin } from '../oracle/verify.ts'

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

/** Named, so that a failure shows what was struck and where to begin again. */
function expectFaultless(summary: Summary) {
  const { missing, duplicated, differing, unknown, slowestFreshMs, ...told } = summary
  expect({ ...told, missing, duplicated, differing, unknown }).toEqual({
    ...told,
    ...{ missing: [], duplicated: [], differing: [], unknown: [] },
  })
  expect(slowestFreshMs, 'a fresh message is shown within 5 s').not.toBeNull()
}

it('keeps what the embedded broker acknowledged, through kills at any instant and a frozen process', async () => {
  const seed = 1
  await using stage = await openStage({
    seed,
    config: { historian: { embedded: { sealReadings: 1_000, sealAfterMs: 1_000 } } },
  })
  await stage.plant.start()
  const summary = await strikeAll(stage, seed, [
    ...times(6, killGateway),
    freezeGateway,
    ...times(2, killStartingGateway),
    ...times(2, killGateway),
    freezeGateway,
  ])
  expectFaultless(summary)
  expect(summary.kills).toBe(12)
  expect(summary.obligations).toBeGreaterThan(1_000)
})

it('catches a gateway that acknowledges before it commits', async () => {
  const careless = join(import.meta.dirname, '../oracle/careless-gateway.ts')
  await using stage = await openStage({ seed: 2 })
  const { plant, publishing, run } = stage
  await plant.start(careless)
  await publishing.fresh(10_000)
  await new Promise((resolve) => setTimeout(resolve, 350))
  await plant.kill()
  await plant.start() // an honest one shows what is left
  const { sent } = await publishing.pause(10_000)
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
