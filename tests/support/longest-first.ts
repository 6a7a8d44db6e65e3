/**
 * The order of the test files: the quick ones first, because whoever waits wants to hear of them, then the long ones by their length, so
 * that at the end both workers have something to do. vitest wants a class, and without one it goes by the size of the files.
 */
import { basename } from 'node:path'
import type { TestSequencer, TestSpecification } from 'vitest/node'

/** What takes ten seconds and more, longest first. */
export const LONG = [
  'oracle',
  'golden-1',
  'places',
  'golden-4',
  'golden-2',
  'golden-3',
  'desk',
  'control-room',
  'hard-hours',
  'shelving',
  'opcua-source',
  'maintenance',
  'roles',
  'notifications',
  'opcua-history',
  'mqtt-source',
  'accounts',
  'reports',
  'lost-stream',
  'rules-reload',
  'region',
  'backup',
  'backtest',
  'bridges',
  'water',
  'closed-loop',
  'quiet',
  'simulate',
  'refused-starts',
  'shift',
  'virtual-time',
  'clock',
] as const

const SUITES = ['unit', 'acceptance', 'browser', 'conformance']

export class LongestFirst implements TestSequencer {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    return files.toSorted((a, b) => turn(a) - turn(b) || (a.moduleId < b.moduleId ? -1 : 1))
  }
}

function turn({ project, moduleId }: TestSpecification): number {
  if (project.name === SUITES[0]) return -1
  const place = LONG.indexOf(basename(moduleId, '.test.ts') as (typeof LONG)[number])
  return place < 0 ? LONG.length + SUITES.indexOf(project.name) : place
}
