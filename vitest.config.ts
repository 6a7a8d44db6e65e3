/**
 * One suite a folder kind. Time limits only end what hangs: no test is about speed, and machines are shared.
 */
import { defineConfig } from 'vitest/config'

const LIMIT_MS = 240_000

const project = (name: string, include: string[]) => ({
  test: {
    ...{ name, include, pool: 'forks' as const, testTimeout: LIMIT_MS, hookTimeout: LIMIT_MS },
    expect: { poll: { timeout: LIMIT_MS / 2 } },
  },
})

export default defineConfig({
  test: {
    maxWorkers: 2, // as many as the machines have cores on which this is run; the default leaves one of them idle
    projects: [
      project('unit', ['src/**/*.test.ts', 'simulators/**/*.test.ts', 'tests/architecture/**/*.test.ts']),
      project('conformance', ['tests/conformance/**/*.test.ts']),
      project('acceptance', ['tests/acceptance/**/*.test.ts']),
      project('browser', ['tests/browser/**/*.test.ts']),
    ],
  },
})
