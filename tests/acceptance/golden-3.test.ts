/** The third quarter of the golden scenarios, beside the others: see `golden-1.test.ts`. */
import { goldenTests } from '../support/golden-tests.ts'

goldenTests(2, 4)
