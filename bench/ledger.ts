/**
 * `ledger`: processor time that a meter value costs the ledger, from the batch that was gathered to the save
 * on disk, in the three ways in which values come: every meter one each second, a flood of values of the
 * present hour, and whole days sent back-dated.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median, progress, report } from './support/result.ts'

const TURNS = Number(process.env.GATEHOUSE_BENCH_TURNS ?? 3)
/** A third of what it cost when each hour of a meter was a row of marks, a row of use and an entry of an index. */
const TARGETS_US = { sweep: 12.4, flood: 4.9, batched: 1.9 } as const
/** As the ledger's own thread is started. */
const YOUNG = '--max-semi-space-size=16'

type Run = Readonly<Record<'marks' | 'saves' | 'usAMark' | 'slowestMs' | 'bytes', number>>

async function run(pattern: string): Promise<Run> {
  const program = join(import.meta.dirname, 'support', 'ledger-run.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [YOUNG, program, pattern])
  progress(`ledger: ${pattern} ${stdout}`)
  return JSON.parse(stdout)
}

for (const [pattern, target] of Object.entries(TARGETS_US)) {
  const runs: Run[] = []
  for (let turn = 0; turn < TURNS; turn++) runs.push(await run(pattern))
  const middle = (name: keyof Run) => median(runs.map((one) => one[name]))
  report({
    bench: 'ledger',
    metric: `${pattern}-processor-time-a-mark`,
    value: middle('usAMark'),
    unit: 'µs',
    target,
    holds: 'value <= target',
    details: {
      marks: runs[0]?.marks,
      saves: runs[0]?.saves,
      slowestSaveMs: Math.round(middle('slowestMs')),
      bytesOnDiskAMark: Math.round(middle('bytes') / (runs[0]?.marks ?? 1)),
    },
  })
}
