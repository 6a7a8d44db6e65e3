/**
 * The order of the test files: the quick ones first, because whoever waits wants to hear of them, then the
 * long ones by their length, so that at the end every worker has something to do. vitest wants a class, and
 * without one it goes by the size of the files.
 */
import { basename } from 'node:path'
import type { TestSequencer, TestSpecification } from 'vitest/node'

/** What takes ten seconds and more, longest first. */
export const LONG = [
  'oracle',
  'golden-1',
  'places',
  'golden-4',
  'lost-stream',
  'golden-3',
  'golden-2',
  'region',
  'desk',
  'backtest',
  'rules-reload',
  'control-room',
  'opcua-source',
  'simulate',
  'daiad-rules',
  'evidence',
  'water',
  'roles',
  'kill',
  'rule-draft',
  'notifications',
  'quarter',
  'accounts',
  'maintenance',
  'shelving',
  'reports',
  'mqtt-source',
  'backup',
  'hands',
  'closed-loop',
  'dates',
  'full-disk',
  'opcua-history',
  'bridges',
  'hard-hours',
  'orders',
  'clock',
  'metrics',
  'shift',
  'virtual-time',
  'stops',
  'refused-starts',
  'quiet',
  'compose',
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
