/**
 * One measurement of the rules bench in a process of its own, so that no other run's heap weighs on it:
 * `rules-run.ts engine|bare|memory|idle|checkpoint <meters>` prints its figures as one JSON object. Needs --expose-gc.
 */
import { readingsOf } from '../../src/model/commit.ts'
import { continuousFlow } from '../../src/rules/continuous-flow.ts'
import { createEngine } from '../../src/rules/engine.ts'
import type { Moment, RuleKind } from '../../src/rules/rule.ts'
import { silent } from '../../src/rules/silent.ts'
import { sustained } from '../../src/rules/sustained.ts'
import { RULES_A_METER, rulesPlant } from './rules-plant.ts'

const [what, given] = process.argv.slice(2)
const meters = Number(given)
const MEASURED_STEPS = 6_000_000
const IDLE_COMMITS = 2_000

type Figures = Readonly<Record<string, number>>

const collect = (): number => {
  if (!globalThis.gc) throw new Error('needs --expose-gc')
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Processor seconds of all threads, so that what the garbage collector does beside counts too. */
function timed(task: () => void): { readonly cpuS: number; readonly wallS: number } {
  const [cpu, startMs] = [process.cpuUsage(), performance.now()]
  task()
  const { user, system } = process.cpuUsage(cpu)
  return { cpuS: (user + system) / 1e6, wallS: (performance.now() - startMs) / 1_000 }
}

/** Rounds until enough was measured, after two that warm up; commits are made outside of the time. */
function throughput(take: (commit: ReturnType<typeof plant.round>[number]) => void): Figures {
  for (let round = 0; round < 2; round++) for (const commit of plant.round(round)) take(commit)
  collect()
  let [steps, cpuS, wallS] = [0, 0, 0]
  for (let round = 2; steps < MEASURED_STEPS; round++) {
    const commits = plant.round(round)
    const spent = timed(() => {
      for (const commit of commits) take(commit)
    })
    cpuS += spent.cpuS
    wallS += spent.wallS
    steps += meters * RULES_A_METER
  }
  return { steps, cpuS, wallS, stepsPerCpuS: steps / cpuS, stepsPerWallS: steps / wallS }
}

const plant = rulesPlant(meters)

/** A kind whose types are forgotten: options and states are its own, whoever holds them. */
const bareOf = <Options, State>(kind: RuleKind<Options, State>) => ({
  start: (options: unknown): unknown => kind.start(options as Options, 0).state,
  step: (state: unknown, moment: Moment, options: unknown): unknown =>
    kind.step(state as State, moment, options as Options).state,
})

const bareKinds: Readonly<Record<string, ReturnType<typeof bareOf>>> = {
  sustained: bareOf(sustained),
  silent: bareOf(silent),
  'continuous-flow': bareOf(continuousFlow),
}

function engineRun(): Figures {
  const engine = createEngine(plant.rules)
  const figures = throughput((commit) => engine.take(commit))
  const { lateReadings, verdicts, parkings } = engine.counts
  return { ...figures, lateReadings, verdicts, parkings }
}

/** The same steps on the same states with nothing around them: no lateness, no time, no wake-ups, nobody told. */
function bareRun(): Figures {
  const bare = plant.rules.map(({ config, subjects }) => {
    const kind = bareKinds[config.kind]
    if (!kind) throw new Error(`${config.kind} is not among the bare kinds`)
    const options = [...subjects.values()].map((subject) => subject.options)
    return { kind, options, states: options.map(kind.start) }
  })
  const seatOf = new Map(plant.devices.map(({ id }, seat) => [id, seat]))
  return throughput((commit) => {
    for (const reading of readingsOf(commit)) {
      const seat = seatOf.get(reading.device) as number
      const moment = { reading }
      for (const { kind, options, states } of bare) {
        states[seat] = kind.step(states[seat], moment, options[seat])
      }
    }
  })
}

function memoryRun(): Figures {
  const emptyBytes = collect()
  const engine = createEngine(plant.rules)
  for (let round = 0; round < 6; round++) {
    for (const commit of plant.round(round)) engine.take(commit)
    engine.changedStates()
  }
  const bytes = collect() - emptyBytes
  return { bytes, subjects: engine.counts.subjects, bytesASubject: bytes / engine.counts.subjects }
}

function idleRun(): Figures {
  const engine = createEngine(plant.rules)
  for (let round = 0; round < 2; round++) for (const commit of plant.round(round)) engine.take(commit)
  engine.changedStates()
  collect()
  const spentMs = Array.from({ length: IDLE_COMMITS }, (_, n) => {
    const commit = plant.idle(1, n / 20)
    const startMs = performance.now()
    engine.take(commit)
    return performance.now() - startMs
  }).toSorted((a, b) => a - b)
  const at = (share: number) => spentMs[Math.floor(share * (IDLE_COMMITS - 1))] as number
  return { p50Ms: at(0.5), p99Ms: at(0.99), slowestMs: at(1) }
}

/** What is handed over once every meter has reported: nearly every subject has another state. */
function checkpointRun(): Figures {
  const engine = createEngine(plant.rules)
  for (let round = 0; round < 2; round++) for (const commit of plant.round(round)) engine.take(commit)
  engine.changedStates()
  const spent = [2, 3, 4, 5, 6].map((round) => {
    for (const commit of plant.round(round)) engine.take(commit)
    const startMs = performance.now()
    const rows = engine.changedStates().length
    return { ms: performance.now() - startMs, rows }
  })
  const middle = spent.toSorted((a, b) => a.ms - b.ms)[2] as { ms: number; rows: number }
  return middle
}

const RUNS: Readonly<Record<string, () => Figures>> = {
  engine: engineRun,
  bare: bareRun,
  memory: memoryRun,
  idle: idleRun,
  checkpoint: checkpointRun,
}
process.stdout.write(JSON.stringify(RUNS[what ?? '']?.()))
