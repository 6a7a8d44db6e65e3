/**
 * One suite a folder kind. Time limits only end what hangs: no test is about speed, and machines are shared.
 */
import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], extra: { testTimeout?: number } = {}) => ({
  test: { name, include, pool: 'forks' as const, ...extra },
})

export default defineConfig({
  test: {
    maxWorkers: 2, // as many as the machines have cores on which this is run; the default leaves one of them idle
    projects: [
      project('unit', ['src/**/*.test.ts', 'simulators/**/*.test.ts', 'tests/architecture/**/*.test.ts'], {
        testTimeout: 60_000,
      }),
      project('conformance', ['tests/conformance/**/*.test.ts'], { testTimeout: 60_000 }),
      project('acceptance', ['tests/acceptance/**/*.test.ts'], { testTimeout: 240_000 }),
      project('browser', ['tests/browser/**/*.test.ts'], { testTimeout: 240_000 }),
    ],
  },
})
