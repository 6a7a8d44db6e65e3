/**
 * Fills the tables of docs/rules/daiad.md with what the water rules find in the real year, where the data is
 * at hand.
 */
import { writeFileSync } from 'node:fs'
import { DAIAD_PAGE, daiadPage } from '../tests/support/daiad-page.ts'
import { alarmsOf, metersTable, plainCount, rulesTable } from '../tests/support/daiad-run.ts'
import { daiadYear } from '../tests/support/daiad-year.ts'

const year = daiadYear()
const alarms = alarmsOf(year)
const tables = {
  rules: rulesTable(alarms, year.site.devices.length),
  meters: metersTable(alarms, plainCount(year)),
}
writeFileSync(DAIAD_PAGE, daiadPage(tables).due)
