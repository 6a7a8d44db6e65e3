/**
 * `rules`: what the rule engine does in a second of processor time, what it holds, and what it costs while
 * nothing comes in. Each figure is made in a process of its own; the engine and its ceiling (the same steps
 * in a bare loop) take turns.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median, progress, report } from './support/result.ts'
import { RULES_A_METER } from './support/rules-plant.ts'

const SIZES = [5_010, 100_000]
const TURNS = Number(process.env.GATEHOUSE_BENCH_TURNS ?? 5)
const MB = 1_048_576

type Figures = Readonly<Record<string, number>>

async function measure(what: string, meters: number): Promise<Figures> {
  const program = join(import.meta.dirname, 'support', 'rules-run.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    program,
    what,
    String(meters),
  ])
  progress(`rules: ${what} over ${meters} meters ${stdout}`)
  return JSON.parse(stdout)
}

const middle = (runs: readonly Figures[], name: string) => median(runs.map((run) => run[name] as number))

for (const meters of SIZES) {
  const [bare, engine]: [Figures[], Figures[]] = [[], []]
  for (let turn = 0; turn < TURNS; turn++) {
    bare.push(await measure('bare', meters))
    engine.push(await measure('engine', meters))
  }
  report({
    bench: 'rules',
    metric: `steps-${meters}`,
    value: middle(engine, 'stepsPerCpuS'),
    unit: 'steps/s of one core',
    ceiling: middle(bare, 'stepsPerCpuS'),
    target: 3_000_000,
    holds: 'value >= target',
    details: {
      ceilingIs: 'the same steps on the same states in a bare loop',
      meters,
      rulesAMeter: RULES_A_METER,
      best: Math.max(...engine.map(({ stepsPerCpuS = 0 }) => stepsPerCpuS)),
      bestCeiling: Math.max(...bare.map(({ stepsPerCpuS = 0 }) => stepsPerCpuS)),
      perSecondOfTheClock: Math.round(middle(engine, 'stepsPerWallS')),
      verdicts: engine[0]?.verdicts,
      lateReadings: engine[0]?.lateReadings,
      parkings: engine[0]?.parkings,
    },
  })
}

const held = await measure('memory', 100_000)
report({
  bench: 'rules',
  metric: 'memory-100000',
  value: (held.bytes ?? Number.NaN) / MB,
  unit: 'MB',
  target: 300,
  holds: 'value <= target',
  details: { subjects: held.subjects, bytesASubject: Math.round(held.bytesASubject ?? Number.NaN) },
})

const idle = await measure('idle', 100_000)
report({
  bench: 'rules',
  metric: 'idle-commit-100000',
  value: idle.p99Ms ?? Number.NaN,
  unit: 'ms',
  target: 1,
  holds: 'value <= target',
  details: { p50Ms: idle.p50Ms, slowestMs: idle.slowestMs },
})

const checkpoint = await measure('checkpoint', 5_010)
report({
  bench: 'rules',
  metric: 'changed-states-5010',
  value: checkpoint.ms ?? Number.NaN,
  unit: 'ms',
  target: 50,
  holds: 'value <= target',
  details: { rows: checkpoint.rows },
})
