/**
 * fuel-drop: the tank of a standing vehicle loses fuel faster than an engine could burn it.
 *
 * Levels are medians of five, so neither a glitch nor sloshing counts; a level is compared with the highest
 * of the last one to two `withinMs`, so slow drift by temperature does not. While it drives nothing is
 * judged, and for `settleMs` after it stopped. A tracker that sleeps is compared with the level it had
 * before. It clears when the level is back or the vehicle drives on.
 */
import * as z from 'zod'
import { believed, type Reading, stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const LIMITS = {
  dropL: z.number().positive().default(5).meta({ description: 'So many litres less are a theft.' }),
  tankL: z.number().positive().optional().meta({
    description: 'What the tank holds; with it a theft is also at least `dropShare` of it.',
  }),
  dropShare: z.number().min(0).max(1).default(0.08).meta({
    description: 'Share of the tank below which a loss is sensor noise; large tanks have more of it.',
  }),
  withinMs: z.int().positive().default(600_000).meta({ description: 'How fast it is lost.' }),
  settleMs: z.int().nonnegative().default(60_000).meta({
    description: 'After a stop the fuel sloshes for this long.',
  }),
  movingKmh: z.number().positive().default(5).meta({ description: 'From this speed on it drives.' }),
}

const Options = z.strictObject({
  dropL: LIMITS.dropL,
  withinMs: LIMITS.withinMs,
  settleMs: LIMITS.settleMs,
  movingKmh: LIMITS.movingKmh,
})
type Options = z.output<typeof Options>

/** The highest level in a stretch that begins at `from`. */
const Peak = z.strictObject({ levelL: z.number(), from: z.int() })

const State = z.strictObject({
  /** The newest readings of this drive or of this stop, litres. */
  levels: z.array(z.number()).max(5),
  /** Level at the end of the drive. */
  drivenL: z.number().nullable(),
  stoppedAt: z.int().nullable(),
  /** Readings in a row that say it drives. */
  moves: z.int().nonnegative(),
  peak: Peak.nullable(),
  /** Of the stretch before. */
  peakBefore: Peak.nullable(),
  /** The level from which it fell, while the alarm stands. */
  fellFromL: z.number().nullable(),
})
type State = z.output<typeof State>

const SAMPLES = 5
/** Fewer say nothing of a level. */
const FEWEST = 3

const UNHEARD: State = {
  levels: [],
  drivenL: null,
  stoppedAt: null,
  moves: 0,
  peak: null,
  peakBefore: null,
  fellFromL: null,
}

/** A tracker without speed drives while its ignition is on. */
function says(reading: Reading, movingKmh: number): 'drives' | 'stands' | undefined {
  const speed = believed(reading, 'speed')
  if (typeof speed === 'number') return speed >= movingKmh ? 'drives' : 'stands'
  const ignition = stated(reading, 'ignition')
  return typeof ignition === 'boolean' ? (ignition ? 'drives' : 'stands') : undefined
}

const median = (levels: readonly number[]) => levels.toSorted((a, b) => a - b)[levels.length >> 1] ?? 0

const withLevel = (levels: readonly number[], level: number) => [...levels.slice(1 - SAMPLES), level]

function drove(state: State, fuel: number | undefined) {
  const before = state.stoppedAt === null ? state.levels : []
  const levels = fuel === undefined ? before : withLevel(before, fuel)
  const next = { ...UNHEARD, levels, moves: state.moves + 1 }
  if (state.fellFromL === null) return { state: next }
  return { state: next, verdict: { breached: false, because: { code: 'drives-on', figures: {} } } }
}

/** The highest levels of this stretch and the one before, with one more level. */
function peaks({ peak, peakBefore }: State, levelL: number, at: number, { withinMs }: Options) {
  if (!peak) return { peak: { levelL, from: at }, peakBefore: null }
  if (at - peak.from >= withinMs) return { peak: { levelL, from: at }, peakBefore: peak }
  return { peak: levelL > peak.levelL ? { ...peak, levelL } : peak, peakBefore }
}

function stood(state: State, fuel: number, at: number, stoppedAt: number, options: Options) {
  const { drivenL, fellFromL } = state
  const isSteady = state.levels.length === SAMPLES && state.levels.every((level) => level === fuel)
  const levels = isSteady ? state.levels : withLevel(state.levels, fuel)
  // It slept since it stopped: what it had when it came is all there is to compare with.
  const slept = state.peak === null && levels.length === 1 && at - stoppedAt > options.withinMs
  const known = slept && drivenL !== null ? { ...state, peak: { levelL: drivenL, from: stoppedAt } } : state
  if (levels.length < FEWEST) return { state: { ...known, levels, moves: 0 } }
  const levelL = median(levels)
  const found = peaks(known, levelL, at, options)
  const isSame = isSteady && found.peak === state.peak && state.moves === 0
  const next = isSame ? state : { ...known, ...found, levels, moves: 0 }
  const highestL = Math.max(found.peak.levelL, found.peakBefore?.levelL ?? 0)
  if (fellFromL === null) {
    const droppedL = highestL - levelL
    if (droppedL < options.dropL) return { state: next }
    const because = { code: 'fuel-fell', figures: { droppedL: tenths(droppedL), levelL: tenths(levelL) } }
    return { state: { ...next, fellFromL: highestL }, verdict: { breached: true, because } }
  }
  if (levelL < fellFromL - options.dropL / 2) return { state: next }
  const because = { code: 'fuel-back', figures: { levelL: tenths(levelL) } }
  return { state: { ...next, fellFromL: null }, verdict: { breached: false, because } }
}

const tenths = (litres: number) => Math.round(litres * 10) / 10

export const fuelDrop = defineRule<Options, State>({
  kind: 'fuel-drop',
  summary: 'The tank of a standing vehicle loses fuel.',
  options: Options,
  state: State,
  codes: ['fuel-fell', 'fuel-back', 'drives-on'],
  points: () => ['fuel'],
  start: () => ({ state: UNHEARD }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const { at } = reading
    const said = says(reading, options.movingKmh)
    const told = believed(reading, 'fuel')
    const fuel = typeof told === 'number' ? told : undefined
    // Of a standing vehicle one reading at speed is drift, two in a row are a drive.
    if (said === 'drives') {
      const isDrift = state.stoppedAt !== null && state.moves === 0
      return isDrift ? { state: { ...state, moves: 1 } } : drove(state, fuel)
    }
    if (state.stoppedAt === null) {
      if (said === undefined) return { state }
      const drivenL = state.levels.length > 0 ? median(state.levels) : null
      return { state: { ...UNHEARD, stoppedAt: at, drivenL } }
    }
    if (fuel === undefined || at - state.stoppedAt < options.settleMs) {
      return { state: state.moves === 0 || said === undefined ? state : { ...state, moves: 0 } }
    }
    return stood(state, fuel, at, state.stoppedAt, options)
  },
})

export const fuelDropKind = declareKind(fuelDrop, {
  families: ['vehicle-tracker'],
  declared: z.strictObject(LIMITS),
  options: ({ dropL, tankL = 0, dropShare, ...rest }) => ({
    ...rest,
    dropL: Math.max(dropL, dropShare * tankL),
  }),
})
