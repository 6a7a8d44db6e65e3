/**
 * Fills the generated parts of docs/rules and docs/configuration.md and docs/site.md from the schemas; a test
 * says when it is due.
 */
import { writeFileSync } from 'node:fs'
import { configurationPage, sitePage } from './configuration-page.ts'
import { rulePages } from './rule-pages.ts'

for (const page of [...rulePages(), configurationPage(), sitePage()]) {
  if ('missing' in page) {
    console.error(`docs/rules/${page.name}: ${page.missing}`)
    process.exitCode = 1
  } else if (page.there !== page.due) writeFileSync(page.file, page.due)
}
