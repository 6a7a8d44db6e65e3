/**
 * What a person should look at first, in the lists of the energy office; what is not known stands at the end,
 * never in the middle as a zero.
 */
import type { NightFlow, WaterQuota } from '../api/types.ts'

/**
 * As the rule `night-flow` has it: a fifth above the usual night, and never less than a register may step
 * back in an hour.
 */
const RISE = 0.2
const FLOOR_M3H = 0.01

export const isHigh = ({ riseM3h, usualM3h }: Pick<NightFlow, 'riseM3h' | 'usualM3h'>): boolean =>
  riseM3h !== null && usualM3h !== null && riseM3h > Math.max(RISE * usualM3h, FLOOR_M3H)

const WORST: readonly WaterQuota['state'][] = ['over', 'above', 'near', 'within', 'unknown']

const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name)

export const worstQuotaFirst = (rows: readonly WaterQuota[]): WaterQuota[] =>
  [...rows].sort(
    (one, other) =>
      WORST.indexOf(one.state) - WORST.indexOf(other.state) ||
      (other.share ?? -1) - (one.share ?? -1) ||
      byName(one, other),
  )

const falling = (one: number | null, other: number | null): number =>
  one === other ? 0 : one === null ? 1 : other === null ? -1 : other - one

/** The greatest rise first; then what ran most, for where there is no usual night yet. */
export const worstNightFirst = <Row extends Omit<NightFlow, 'flowsM3h'>>(rows: readonly Row[]): Row[] =>
  [...rows].sort(
    (one, other) =>
      falling(one.riseM3h, other.riseM3h) || falling(one.lastM3h, other.lastM3h) || byName(one, other),
  )
