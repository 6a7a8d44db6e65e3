/**
 * What an expression of a rule costs: evaluations a second of CEL over two points, beside the same written by hand as a
 * closure, and whole steps of the rule kind. One thread; nothing else of the gateway takes part.
 */

import { expression } from '../src/rules/expression.ts'
import { compile } from '../src/rules/expression-program.ts'
import { median, report } from './support/result.ts'

const TEXT = 'flow > 8 && battery < 3.2'
const TIMES = 2_000_000
const RUNS = 5

/** Evaluations a second, the median of some runs; the first is not counted. */
function rate(evaluate: (index: number) => unknown): number {
  const rates: number[] = []
  let held = 0
  for (let run = 0; run <= RUNS; run++) {
    const from = performance.now()
    for (let index = 0; index < TIMES; index++) if (evaluate(index)) held++
    if (run > 0) rates.push((TIMES / (performance.now() - from)) * 1_000)
  }
  if (held === 0) throw new Error('the expression never held: nothing was measured')
  return median(rates)
}

const program = compile(TEXT, () => 'number')
const byHand = ({ flow, battery }: { flow: number; battery: number }) => flow > 8 && battery < 3.2
const values = (index: number) => ({ flow: index % 20, battery: 3 })

const options = expression.options.parse({
  expression: TEXT,
  heldMs: 60_000,
  types: { flow: 'number', battery: 'number' },
})
let { state } = expression.start(options, 0)
const step = (at: number) => {
  const reading = { device: 'meter-1', at, receivedAt: at, values: values(at) }
  const took = expression.step(state, { reading }, options)
  state = took.state
  return took.verdict
}

const ceiling = rate((index) => byHand(values(index)))
report({
  bench: 'expressions',
  metric: 'evaluations a second',
  value: rate((index) => program.run(values(index))),
  unit: '1/s',
  ceiling,
  target: 3_000_000,
  holds: 'value >= target',
  details: { expression: TEXT, stepsPerSecond: Math.round(rate(step)) },
})
