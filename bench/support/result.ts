/**
 * The one shape in which every bench says what it measured: one JSON object a line on standard output and
 * nothing else there. Progress for people goes to standard error. Missing a target is a finding, not a
 * failure, so it never changes the exit code.
 */

import { availableParallelism, loadavg } from 'node:os'

export type Result = {
  readonly bench: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  /** The same figure of the barest thing that could do it, measured in the same run; null where there is none. */
  readonly ceiling: number | null
  readonly ratio: number | null
  readonly target: number
  /** How `met` came about, in terms of the fields of this line. */
  readonly holds: `${'value' | 'ratio'} ${'>=' | '<='} target`
  readonly met: boolean
  /** Acknowledged and not stored; where messages are sent. */
  readonly lost?: number
  /** What else was seen in the run that helps to read the figure. */
  readonly [detail: string]: unknown
}

export type Measured = {
  readonly bench: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  readonly ceiling?: number
  readonly target: number
  readonly holds: Result['holds']
  readonly lost?: number
  readonly details?: Readonly<Record<string, unknown>>
}

/** A result in which anything was lost never meets its target. */
export function resultOf({ ceiling, details, lost, ...measured }: Measured): Result {
  const ratio = ceiling === undefined ? null : measured.value / ceiling
  const figure = measured.holds.startsWith('ratio') ? (ratio ?? Number.NaN) : measured.value
  const reached = measured.holds.includes('>=') ? figure >= measured.target : figure <= measured.target
  return {
    bench: measured.bench,
    metric: measured.metric,
    value: rounded(measured.value),
    unit: measured.unit,
    ceiling: ceiling === undefined ? null : rounded(ceiling),
    ratio: ratio === null ? null : rounded(ratio),
    target: measured.target,
    holds: measured.holds,
    met: reached && (lost ?? 0) === 0,
    ...(lost !== undefined && { lost }),
    ...details,
    // Who else was at work on this machine meanwhile: above `cores` the figure says as much of them.
    machine: { cores: availableParallelism(), loadAverage1m: Number(loadavg()[0]?.toFixed(2)) },
  }
}

export const report = (measured: Measured): void => {
  process.stdout.write(`${JSON.stringify(resultOf(measured))}\n`)
}

export const progress = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

const rounded = (value: number) => Number(value.toPrecision(5))

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]]
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2
}
