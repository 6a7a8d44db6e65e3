/**
 * What `npm test` runs: everything that must hold, in one go, with one count at the end. It
 * goes on after a failure, because the second failure is worth seeing too.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureServers } from './servers.ts'

type Count = { passed: number; failed: number; skipped: number }

const BIN = join(import.meta.dirname, '../node_modules/.bin')
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['tsc', ['--noEmit']],
  ['tsc', ['--noEmit', '-p', 'src/control-room']],
  ['biome', ['ci', '--log-level=warn', '.']],
  ['knip', []],
]
const SUITES = ['unit', 'conformance', 'acceptance', 'browser']

function run(command: string, args: readonly string[]): boolean {
  console.log(`\n— ${command} ${args.join(' ')}`)
  return spawnSync(join(BIN, command), args, { stdio: 'inherit' }).status === 0
}

function suite(name: string, folder: string): Count {
  const report = join(folder, `${name}.json`)
  const files = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const ok = run('vitest', ['run', '--project', name, ...files])
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    const failed = numFailedTests > 0 || ok ? numFailedTests : 1 // a file that cannot load fails without a test
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

const missing = ensureServers()
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
const counts: Count[] = CHECKS.map(([command, args]) =>
  run(command, args) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 },
)
for (const name of SUITES) counts.push(suite(name, folder))
rmSync(folder, { recursive: true })

if (missing.length > 0) {
  console.log(`\nNot on this machine, so the tests against them were skipped: ${missing.join(', ')}`)
  if (process.env.CI) counts.push({ passed: 0, failed: missing.length, skipped: 0 })
}
const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0)
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`)
process.exitCode = sum('failed') > 0 ? 1 : 0
