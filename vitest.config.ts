/**
 * One suite a folder kind, run by Node itself as the gateway is: nothing is bundled or translated in between.
 * Time limits only end what hangs: no test is about speed, and machines are shared.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

const LIMIT_MS = 600_000

/**
 * One more than cores, for one of them always waits, for a restart, a browser, a link; and a machine of many
 * cores has no memory for as many gateways.
 */
const WORKERS = Math.min(availableParallelism() + 1, 6)

/**
 * What tests write in passing lies in one folder that goes when they have ended: much of it is left by
 * processes that are killed on purpose.
 */
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const project = (name: string, include: string[], isolate = true) => ({
  test: {
    name,
    include,
    isolate,
    pool: 'forks' as const,
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    expect: { poll: { timeout: LIMIT_MS / 5 } },
    env: { TMPDIR: folder },
  },
})

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: LongestFirst },
    projects: [
      // Hundreds of small files whose modules are mostly the same: a process for each would spend half of the
      // time on starting.
      project(
        'unit',
        ['src/**/*.test.ts', 'simulators/**/*.test.ts', 'tests/architecture/**/*.test.ts'],
        false,
      ),
      project('conformance', ['tests/conformance/**/*.test.ts']),
      project('acceptance', ['tests/acceptance/**/*.test.ts']),
      project('browser', ['tests/browser/**/*.test.ts']),
    ],
  },
})
