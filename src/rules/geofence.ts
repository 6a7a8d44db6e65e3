/**
 * geofence: a vehicle is outside the zones where it must stay, or inside one that it must keep out of.
 *
 * It crosses the border when it is past it by more than `bufferM`, and is back when it has crossed the border itself,
 * so a walk along the border is no crossing. Either counts once `fixes` in a row say so and `dwellMs` has passed.
 */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import type { Point } from '../model/site.ts'
import { Area, areasOf, liesInAny, narrowestM } from './areas.ts'
import { declareKind } from './bound-rule.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import { defineRule, type Step } from './rule.ts'

const MUST = ['stay-inside', 'keep-out'] as const

const LIMITS = {
  must: z
    .enum(MUST)
    .meta({ description: 'Whether leaving the zones or entering one of them is the breach.' }),
  bufferM: z.number().nonnegative().default(30).meta({
    description: 'It has crossed once it is this far past the border; a tracker is good to 15 m (JT/T 794).',
  }),
  fixes: z.int().positive().default(2).meta({ description: 'So many fixes in a row must agree.' }),
  dwellMs: z.int().nonnegative().default(60_000).meta({
    description: 'How long it must have been across, or back, before that counts.',
  }),
  heldMs: z.int().positive().default(300_000).meta({
    description: 'How long a fix is believed when nothing more comes.',
  }),
  ...FIX_LIMITS,
}

const Options = z.strictObject({ ...LIMITS, areas: z.array(Area).min(1) })
type Options = z.output<typeof Options>

const State = z.strictObject({
  track: Track,
  breached: z.boolean(),
  /** The other side, as long as it does not count yet: since when, and by how many fixes. */
  turn: z.strictObject({ since: z.int(), lastAt: z.int(), fixes: z.int().positive() }).nullable(),
})
type State = z.output<typeof State>

const isAcross = (fix: Point, breached: boolean, { must, areas, bufferM }: Options) => {
  const marginM = breached ? 0 : bufferM
  return must === 'stay-inside' ? !liesInAny(fix, areas, marginM) : liesInAny(fix, areas, -marginM)
}

/** Turned once enough fixes have said so for long enough; by silence only as long as the last of them is believed. */
function settled(state: State, at: number, options: Options): Step<State> {
  const { turn, track } = state
  if (!turn || !track || turn.fixes < options.fixes) return { state }
  const dueAt = turn.since + options.dwellMs
  if (at < dueAt) return { state, wakeAt: dueAt }
  if (at - turn.lastAt > options.heldMs) return { state }
  const breached = !state.breached
  const isOut = breached === (options.must === 'stay-inside')
  const { lon, lat } = track.last
  const figures = { zones: options.areas.map(({ id }) => id).join(', '), dwellMs: options.dwellMs, lat, lon }
  const because = { code: isOut ? 'left-zone' : 'entered-zone', figures }
  return { state: { track, breached, turn: null }, verdict: { breached, because } }
}

export const geofence = defineRule<Options, State>({
  kind: 'geofence',
  summary: 'A vehicle leaves the area where it must stay, or enters one that it must keep out of.',
  options: Options,
  state: State,
  codes: ['left-zone', 'entered-zone'],
  points: () => ['lat', 'lon'],
  start: () => ({ state: { track: null, breached: false, turn: null } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return settled(state, moment.wokenAt, options)
    const { at } = moment.reading
    const { track, fix } = follow(state.track, moment.reading, options)
    if (!fix) return settled(track === state.track ? state : { ...state, track }, at, options)
    const { breached, turn } = state
    if (isAcross(fix, breached, options) === breached) return { state: { track, breached, turn: null } }
    const turned = { since: turn?.since ?? at, lastAt: at, fixes: (turn?.fixes ?? 0) + 1 }
    return settled({ track, breached, turn: turned }, at, options)
  },
})

export const geofenceKind = declareKind(geofence, {
  families: ['vehicle-tracker'],
  declared: z.strictObject({
    zones: z.array(z.string()).min(1).meta({ description: 'The zones, by id; together they are one area.' }),
    ...LIMITS,
  }),
  options({ zones, ...limits }, { site }) {
    const areas = areasOf(site, zones, 'options.zones')
    const narrow = areas.filter((area) => narrowestM(area) <= 2 * limits.bufferM)
    if (limits.must === 'keep-out' && narrow.length > 0) {
      const names = narrow.map(({ id }) => id).join(', ')
      throw new GatehouseError(
        'config-invalid',
        `options.bufferM: nothing is ${limits.bufferM} m inside ${names}; give a smaller buffer`,
      )
    }
    return { ...limits, areas }
  },
})
