/**
 * Writes openapi.json from the routes, and from it the types of the page. Both are committed,
 * so that the page builds without the generator; a test says when they are stale.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { openApiDocument } from '../src/http/document.ts'

const file = (path: string) => new URL(`../${path}`, import.meta.url).pathname

writeFileSync(file('openapi.json'), `${JSON.stringify(await openApiDocument(), null, 2)}\n`)
const generator = file('scripts/api-types/node_modules/openapi-typescript/bin/cli.js')
try {
  execFileSync(process.execPath, [generator, file('openapi.json'), '-o', file('src/control-room/api.d.ts')])
} catch (cause) {
  console.error(
    `openapi.json is written; the page's types are not: ${(cause as Error).message.split('\n', 1)}`,
  )
  process.exitCode = 1
}
