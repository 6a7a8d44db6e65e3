/**
 * The tests of the golden scenarios, in parts, so that one file of tests need not run them all one after the other: every scenario of
 * the simulated campus leads to exactly the alarms that its file lists.
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

const KILLS = 3

/** Every `of`-th scenario, from that one on. */
export function goldenTests(part: number, of: number): void {
  const names = goldenNames().filter((_, place) => place % of === part)
  describe.each(names)('%s', (name) => {
    const golden = readGolden(name)

    it('raises the alarms of its list, and so does a back-test over its history', async () => {
      await using run = await runGolden(golden)
      expect(run.alarms).toEqual(golden.alarms)
      expect(await run.backtested()).toEqual(golden.alarms.map(({ order: _none, ...alarm }) => alarm))
    })

    it('raises the same with kills in between', async () => {
      const below = seeded(name)
      const kills = new Set(Array.from({ length: KILLS }, () => 5 + below(golden.minutes * 60 - 10)))
      await using run = await runGolden(
        golden,
        [...kills].sort((a, b) => a - b),
      )
      expect(run.alarms).toEqual(golden.alarms)
    })
  })
}
