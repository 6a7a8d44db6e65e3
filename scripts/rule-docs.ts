/** Fills the generated parts of docs/rules from the kinds' schemas; a test says when it is due. */
import { writeFileSync } from 'node:fs'
import { rulePages } from './rule-pages.ts'

for (const page of rulePages()) {
  if ('missing' in page) {
    console.error(`docs/rules/${page.name}: ${page.missing}`)
    process.exitCode = 1
  } else if (page.there !== page.due) writeFileSync(page.file, page.due)
}
