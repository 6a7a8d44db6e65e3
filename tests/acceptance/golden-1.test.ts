/**
 * Every scenario of the simulated campus leads to exactly the alarms that its file lists: as it happens, when
 * the gateway is killed again and again meanwhile, and in a back-test over the history that is left. `node
 * scripts/golden.ts` writes the files.
 */
import { expect, it } from 'vitest'
import { SCENARIO_NAMES } from '../../simulators/index.ts'
import { goldenNames } from '../support/golden.ts'
import { goldenTests } from '../support/golden-tests.ts'

it('each scenario has its list', () => {
  expect(goldenNames()).toEqual(SCENARIO_NAMES.toSorted())
})

goldenTests(0, 4)
