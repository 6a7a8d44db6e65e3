/**
 * low-battery: the battery of a device is nearly empty, by its voltage, by its charge in percent, or by its
 * own flag.
 *
 * A lithium cell (Li-SOCl₂, 3.6 V) holds its voltage for years and falls within weeks, so the limit stands
 * little below it; a cold night or a radio burst dips it for a moment, so it clears only well above. What
 * said low must say full.
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import { believed, type Reading, stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { backFrom } from './conditions.ts'
import { defineRule } from './rule.ts'

const LIMITS = {
  belowV: z.number().positive().default(3.2).meta({
    description:
      'Low below this, V. Default: for one lithium cell of 3.6 V; two alkaline cells are new at 3.2.',
  }),
  clearAboveV: z.number().positive().default(3.4).meta({ description: 'It clears above this, V.' }),
  belowPercent: z.number().min(0).max(100).default(15).meta({ description: 'Low below this charge, %.' }),
  clearAbovePercent: z
    .number()
    .min(0)
    .max(100)
    .default(30)
    .meta({ description: 'It clears above this charge, %.' }),
}

const inOrder = (o: {
  belowV: number
  clearAboveV: number
  belowPercent: number
  clearAbovePercent: number
}) => o.belowV <= o.clearAboveV && o.belowPercent <= o.clearAbovePercent

const Options = z
  .strictObject(LIMITS)
  .refine(inOrder, { error: 'it must not clear below the limit', path: ['clearAboveV'] })
type Options = z.output<typeof Options>

const POINTS = ['battery', 'battery-level', 'battery-low'] as const
type Point = (typeof POINTS)[number]

const State = z.strictObject({
  /** The point that said so; null while the battery is fine. */
  low: z.enum(POINTS).nullable(),
})
type State = z.output<typeof State>

const FINE: State = { low: null }
const LOW: Readonly<Record<Point, State>> = {
  battery: { low: 'battery' },
  'battery-level': { low: 'battery-level' },
  'battery-low': { low: 'battery-low' },
}

export const lowBattery = defineRule<Options, State>({
  kind: 'low-battery',
  summary: 'The battery of a device is nearly empty.',
  options: Options,
  state: State,
  codes: ['battery-voltage-low', 'battery-level-low', 'battery-reported-low', 'battery-fine'],
  points: () => POINTS,
  start: () => ({ state: FINE }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    if (state.low) {
      if (!saysFull(reading, state.low, options)) return { state }
      const because = { code: 'battery-fine', figures: figuresOf(reading, state.low, options) }
      return { state: FINE, verdict: { breached: false, because } }
    }
    const voltage = believed(reading, 'battery')
    if (typeof voltage === 'number' && voltage < options.belowV) {
      const figures = { voltageV: voltage, belowV: options.belowV }
      const because = { code: 'battery-voltage-low', figures }
      return { state: LOW.battery, verdict: { breached: true, because } }
    }
    const level = believed(reading, 'battery-level')
    if (typeof level === 'number' && level < options.belowPercent) {
      const figures = { percent: level, belowPercent: options.belowPercent }
      const because = { code: 'battery-level-low', figures }
      return { state: LOW['battery-level'], verdict: { breached: true, because } }
    }
    if (stated(reading, 'battery-low') !== true) return { state }
    const because = { code: 'battery-reported-low', figures: {} }
    return { state: LOW['battery-low'], verdict: { breached: true, because } }
  },
})

function saysFull(reading: Reading, point: Point, { clearAboveV, clearAbovePercent }: Options): boolean {
  if (point === 'battery-low') return stated(reading, point) === false
  const value = believed(reading, point)
  return typeof value === 'number' && value > (point === 'battery' ? clearAboveV : clearAbovePercent)
}

function figuresOf(reading: Reading, point: Point, { belowV, belowPercent }: Options) {
  const value = believed(reading, point)
  if (typeof value !== 'number') return {}
  const limit = point === 'battery' ? belowV : belowPercent
  return { value, ...backFrom(limit, value - limit) }
}

export const lowBatteryKind = declareKind(lowBattery, {
  families: FAMILIES,
  declared: z
    .strictObject(LIMITS)
    .refine(inOrder, { error: 'it must not clear below the limit', path: ['clearAboveV'] }),
  options: (declared) => declared,
  deadband: (options, widthAt) => ({
    ...options,
    clearAboveV: options.belowV + widthAt(options.belowV),
    clearAbovePercent: options.belowPercent + widthAt(options.belowPercent),
  }),
})
