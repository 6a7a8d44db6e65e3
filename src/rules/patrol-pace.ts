/**
 * patrol-pace: a guard is at the next checkpoint sooner than anyone can walk there: tags were copied, or
 * carried to one place and read there. Its subject is the route, `route:<id>`.
 *
 * The least time between two checkpoints is `minGapMs`, or as long as the straight line between them takes at
 * `maxMetresPerSecond`, whichever is longer. Each guard is compared with their own last read only. It ends
 * when nothing more was too fast for `quietMs`.
 */
import * as z from 'zod'
import type { Point } from '../model/site.ts'
import { declareKind } from './bound-rule.ts'
import { distanceM } from './geometry.ts'
import { readBy } from './patrol-rounds.ts'
import { defineRule } from './rule.ts'
import { patrolRounds } from './subjects.ts'

/** Guards remembered of a route; the one not seen for longest is forgotten first. */
const MOST_GUARDS = 16

const LIMITS = {
  minGapMs: z
    .int()
    .nonnegative()
    .default(30_000)
    .meta({ description: 'No two checkpoints are nearer to each other than this.' }),
  maxMetresPerSecond: z
    .number()
    .positive()
    .nullable()
    .default(2.5)
    .meta({ description: 'Faster than this nobody walks (2.5 m/s is a run); null where guards ride.' }),
  quietMs: z
    .int()
    .positive()
    .default(1_800_000)
    .meta({ description: 'It clears when nothing was too fast for this long.' }),
}
const Options = z.strictObject({
  ...LIMITS,
  /** Longitude and latitude of the checkpoints, by device, as far as the site gives them. */
  positions: z.record(z.string(), z.tuple([z.number(), z.number()])),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** The last read of each guard, the most recently seen guard last. */
  last: z.array(z.strictObject({ by: z.string(), checkpoint: z.string(), at: z.int() })).max(MOST_GUARDS),
  /** The last time that somebody was too fast, while the breach holds. */
  fastAt: z.int().nullable(),
})
type State = z.output<typeof State>

const settled = (state: State, { quietMs }: Options) =>
  state.fastAt === null ? { state } : { state, wakeAt: state.fastAt + quietMs }

function leastMs(from: string, to: string, { minGapMs, maxMetresPerSecond, positions }: Options): number {
  const [a, b]: (Point | undefined)[] = [positions[from], positions[to]]
  if (maxMetresPerSecond === null || !a || !b) return minGapMs
  return Math.max(minGapMs, Math.round((distanceM(a, b) / maxMetresPerSecond) * 1_000))
}

export const patrolPace = defineRule<Options, State>({
  kind: 'patrol-pace',
  summary: 'A patrol round is walked faster than anyone can walk.',
  options: Options,
  state: State,
  codes: ['walked-too-fast', 'pace-in-order'],
  points: () => ['tag'],
  start: () => ({ state: { last: [], fastAt: null } }),
  step(state, moment, options) {
    const { fastAt } = state
    if ('wokenAt' in moment) {
      if (fastAt === null || moment.wokenAt < fastAt + options.quietMs) return settled(state, options)
      const because = { code: 'pace-in-order', figures: { quietMs: options.quietMs } }
      return { state: { ...state, fastAt: null }, verdict: { breached: false, because } }
    }
    const { at, device: checkpoint } = moment.reading
    const by = readBy(moment.reading)
    if (by === undefined) return settled(state, options)
    const before = state.last.find((read) => read.by === by)
    const others = state.last.filter((read) => read.by !== by)
    // A reader that sends late tells of a read before the last one: that is still the last.
    const newest = before && before.at > at ? before : { by, checkpoint, at }
    const next = { last: [...others, newest].slice(-MOST_GUARDS), fastAt }
    if (!before || before.checkpoint === checkpoint) return settled(next, options)
    const gapMs = Math.abs(at - before.at)
    const neededMs = leastMs(before.checkpoint, checkpoint, options)
    if (gapMs >= neededMs) return settled(next, options)
    const judged = settled({ ...next, fastAt: Math.max(at, fastAt ?? at) }, options)
    if (fastAt !== null) return judged
    const figures = { from: before.checkpoint, to: checkpoint, gapMs, neededMs }
    return { ...judged, verdict: { breached: true, because: { code: 'walked-too-fast', figures } } }
  },
})

export const patrolPaceKind = declareKind(patrolPace, {
  families: ['patrol-checkpoint'],
  declared: z.strictObject(LIMITS),
  subjects: patrolRounds,
  options(declared, { site, route }) {
    const walked = new Set(route?.visits.map(({ checkpoint }) => checkpoint))
    const positions = site.devices.flatMap(({ id, position }): [string, [number, number]][] =>
      position && walked.has(id) ? [[id, [position.lon, position.lat]]] : [],
    )
    return { ...declared, positions: Object.fromEntries(positions) }
  },
})
