/**
 * `node scripts/golden.ts [scenario…]`: writes the lists of alarms anew, by running the scenarios. Read the
 * difference before you commit it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goldenNames, goldenText, readGolden, runGolden } from '../tests/support/golden.ts'

const FOLDER = join(import.meta.dirname, '../tests/acceptance/golden')
const asked = process.argv.slice(2)

for (const name of asked.length > 0 ? asked : goldenNames()) {
  await using run = await runGolden(readGolden(name))
  writeFileSync(join(FOLDER, `${name}.yaml`), goldenText(name, run.alarms))
  process.stdout.write(`${name}: ${run.alarms.length} alarms\n`)
}
