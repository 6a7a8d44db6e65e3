/**
 * The tests of the golden scenarios, in parts, so that one file of tests need not run them all one after the
 * other: every scenario of the simulated campus leads to exactly the alarms that its file lists.
 */
import { describe, expect, it } from 'vitest'
import { goldenNames, readGolden, runGolden } from './golden.ts'

/** Linear congruential (Numerical Recipes): the same kills for a scenario each time, others for another. */
function seeded(text: string) {
  let state = [...text].reduce((sum, sign) => (Math.imul(sum, 31) + sign.charCodeAt(0)) >>> 0, 7)
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Of each scenario, once it has begun: before that there is nothing to be torn. */
const KILLS = 2

/** Every `of`-th scenario, from that one on. */
export function goldenTests(part: number, of: number): void {
  const names = goldenNames().filter((_, place) => place % of === part)
  describe.each(names)('%s', (name) => {
    const golden = readGolden(name)

    it('raises the alarms of its list, a back-test over its history as well, and the same come with kills in between', async () => {
      const below = seeded(name)
      const { startsAfterS, minutes } = golden
      const instants = Array.from(
        { length: KILLS },
        () => startsAfterS + below(minutes * 60 - startsAfterS - 10),
      )
      const kills = [...new Set(instants)].sort((a, b) => a - b)
      await using run = await runGolden(golden, kills)
      expect(run.alarms).toEqual(golden.alarms)
      expect(await run.backtested()).toEqual(golden.alarms.map(({ order: _none, ...alarm }) => alarm))
      expect(await run.afterKills(), `killed after ${kills.join(', ')} s`).toEqual(golden.alarms)
    })
  })
}
