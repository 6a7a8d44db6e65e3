/**
 * Every scenario of the simulated campus leads to exactly the alarms that its file lists: as it happens, when the gateway is killed
 * again and again meanwhile, and in a back-test over the history that is left. `node scripts/golden.ts` writes the files.
 */
import { describe, expect, it } from 'vitest'
import { SCENARIO_NAMES } from '../../simulators/index.ts'
import { goldenNames, readGolden, runGolden } from '../support/golden.ts'

/** Linear congruential (Numerical Recipes): the same kills for a scenario each time, others for another. */
function seeded(text: string) {
  let state = [...text].reduce((sum, sign) => (Math.imul(sum, 31) + sign.charCodeAt(0)) >>> 0, 7)
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const KILLS = 3

it('each scenario has its list', () => {
  expect(goldenNames()).toEqual(SCENARIO_NAMES.toSorted())
})

describe.each(goldenNames())('%s', (name) => {
  const golden = readGolden(name)
  const withoutOrders = golden.alarms.map(({ order: _none, ...alarm }) => alarm)

  it('raises the alarms of its list, and so does a back-test over its history', async () => {
    await using run = await runGolden(golden)
    expect(run.alarms).toEqual(golden.alarms)
    expect(await run.backtested()).toEqual(withoutOrders)
  })

  it('raises the same with kills in between, and a back-test finds them too', async () => {
    const below = seeded(name)
    const kills = Array.from({ length: KILLS }, () => 5 + below(golden.minutes * 60 - 10))
    await using run = await runGolden(
      golden,
      [...new Set(kills)].sort((a, b) => a - b),
    )
    expect(run.alarms).toEqual(golden.alarms)
    expect(await run.backtested()).toEqual(withoutOrders)
  })
})
