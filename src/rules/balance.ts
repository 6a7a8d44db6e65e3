/**
 * balance: what runs into a part of the network is not what runs out of it. Water is lost between the meters,
 * or a meter or the list of meters is wrong. Its subject is a balance of the site, `balance:<id>`.
 *
 * Compared are local days, by the registers at midnight (a straight line between the readings beside it), and
 * only days that are known of every meter: a day with a gap across midnight, a new register or a silent meter
 * is not judged, for missing is not zero. Meters may report a day apart; so many days wait for the slowest.
 * The tolerance is the greatest of a share of the supply and of what the meters' own errors add up to,
 * √Σ(e·V)², for 2 % (ISO 4064, class 2).
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import { localDay } from './local-days.ts'
import { METER, type Meter, meterOf, Stand, standAfter } from './register.ts'
import { defineRule, type Step } from './rule.ts'
import { balanceNodes } from './subjects.ts'

/** Days that wait for the slowest meter; an older one is let go unjudged. */
const MOST_DAYS = 3

const BALANCE = {
  share: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .meta({ description: 'What may be missing, or too much, of what the main meters say …' }),
  meterError: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .meta({ description: '… or by the error of each meter, where their sum (root of squares) is more …' }),
  floorM3: z
    .number()
    .nonnegative()
    .default(0.1)
    .meta({ description: '… and never less than this, m³ a day.' }),
  unmeteredM3: z
    .number()
    .nonnegative()
    .default(0)
    .meta({ description: 'What is used without a meter, m³ a day.' }),
  days: z.int().positive().default(2).meta({ description: 'Breached after so many known days in a row.' }),
}

const Options = z.strictObject({
  ...BALANCE,
  timeZone: z.string(),
  meters: z.array(z.strictObject({ ...METER, device: z.string(), isMain: z.boolean() })).min(2),
})
type Options = z.output<typeof Options>

const Day = z.strictObject({
  from: z.int(),
  to: z.int(),
  /** By the place of the meter; null where it cannot be known. */
  usedM3: z.array(z.number().nullable()),
})
type Day = z.output<typeof Day>

const State = z.strictObject({
  /** The meters that the places are of; absent in a state of an earlier release. */
  of: z.string().optional(),
  /** By the place of the meter. */
  stands: z.array(Stand.nullable()),
  /** Not judged yet, oldest first. */
  days: z.array(Day),
  /** Days in a row with too little metered, or (below 0) too much. */
  off: z.int(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

const metersOf = ({ meters }: Options): string =>
  meters.map(({ device, isMain }) => `${isMain ? '+' : '-'}${device}`).join(' ')

/** Of other meters the days begin anew; a breach holds until one of them balances. */
const begun = (options: Options, breached: boolean): State => {
  const stands = options.meters.map(() => null)
  return { of: metersOf(options), stands, days: [], off: 0, breached }
}

export const balance = defineRule<Options, State>({
  kind: 'balance',
  summary: 'Main and sub meters do not agree.',
  options: Options,
  state: State,
  codes: ['water-unaccounted', 'water-over-accounted', 'water-balanced'],
  points: () => ['volume', 'flow'],
  start: (options) => ({ state: begun(options, false) }),
  step(stored, moment, options) {
    // It asks for none: its options have changed.
    if ('wokenAt' in moment) {
      return { state: stored.of === metersOf(options) ? stored : begun(options, stored.breached) }
    }
    const isOther = stored.stands.length !== options.meters.length
    const state = isOther ? begun(options, stored.breached) : stored
    const { reading } = moment
    const place = options.meters.findIndex(({ device }) => device === reading.device)
    const meter = options.meters[place]
    if (!meter) return { state }
    const before = state.stands[place] ?? null
    const stand = standAfter(before, reading, meter)
    if (!stand || stand === before) return { state }
    const stands = state.stands.with(place, stand)
    if (stand.at === before?.at) return { state: { ...state, stands } }
    const from = before?.at ?? Math.min(stand.at, state.days[0]?.from ?? stand.at)
    const days = withUse(state.days, place, from, stand, meter, options)
    return settled({ ...state, stands, days }, options)
  },
})

/** Spreads what ran through one meter over the days that it touches. */
function withUse(
  days: readonly Day[],
  place: number,
  from: number,
  { at, usedM3, overMs }: Stand,
  { heldMs }: Meter,
  { timeZone, meters }: Options,
): Day[] {
  const next = [...days]
  const isGap = overMs > heldMs && usedM3 !== 0
  for (let begin = from; ; ) {
    const day = localDay(timeZone, begin)
    const end = Math.min(day.to, at)
    const index = next.findIndex((known) => known.from === day.from)
    const isNew = index < 0 && day.from >= (next.at(-1)?.to ?? day.from)
    if (isNew) next.push({ from: day.from, to: day.to, usedM3: meters.map(() => 0) })
    const there = next[isNew ? next.length - 1 : index]
    if (there) {
      const isInside = from >= day.from && at <= day.to
      const share =
        usedM3 === null || (isGap && !isInside) ? null : usedM3 * ((end - begin) / (at - from || 1))
      const sofar = there.usedM3[place] ?? null
      const used = there.usedM3.with(place, sofar === null || share === null ? null : sofar + share)
      next[next.indexOf(there)] = { ...there, usedM3: used }
    }
    if (at <= day.to) return next
    begin = day.to
  }
}

/** Judges the days that every meter has passed. */
function settled(state: State, options: Options): Step<State> {
  let { days } = state
  let step: Step<State> = { state }
  for (let [day] = days; day; [day] = days) {
    const { to } = day
    const isOver = state.stands.every((stand) => stand !== null && stand.at >= to)
    if (!isOver && days.length <= MOST_DAYS) break
    days = days.slice(1)
    const judged = isOver ? judge(step.state, day, options) : { state: step.state }
    // Breached and over within one reading (a meter sends days at once): nobody has to come.
    const verdict = step.verdict && judged.verdict ? undefined : (judged.verdict ?? step.verdict)
    const next = { ...judged.state, days }
    step = verdict ? { state: next, verdict } : { state: next }
  }
  return step
}

function judge(state: State, { to, usedM3 }: Day, options: Options): Step<State> {
  let [supplyM3, meteredM3, squares] = [0, options.unmeteredM3, 0]
  for (const [place, { isMain }] of options.meters.entries()) {
    const used = usedM3[place]
    if (used === null || used === undefined) return { state }
    if (isMain) supplyM3 += used
    else meteredM3 += used
    squares += (options.meterError * used) ** 2
  }
  const missingM3 = supplyM3 - meteredM3
  const toleranceM3 = Math.max(options.floorM3, options.share * supplyM3, Math.sqrt(squares))
  const figures = { supplyM3, meteredM3, missingM3, toleranceM3 }
  if (Math.abs(missingM3) <= toleranceM3) {
    const fine = { ...state, off: 0, breached: false }
    if (!state.breached) return { state: fine }
    return {
      state: fine,
      verdict: { breached: false, at: to, because: { code: 'water-balanced', figures } },
    }
  }
  const sign = Math.sign(missingM3)
  const off = Math.sign(state.off) === sign ? Math.min(options.days, Math.abs(state.off) + 1) * sign : sign
  if (state.breached || Math.abs(off) < options.days) return { state: { ...state, off } }
  const because =
    sign > 0
      ? { code: 'water-unaccounted', figures }
      : { code: 'water-over-accounted', figures: { ...figures, missingM3: -missingM3 } }
  return { state: { ...state, off, breached: true }, verdict: { breached: true, at: to, because } }
}

export const balanceKind = declareKind(balance, {
  families: ['water-meter'],
  declared: z.strictObject({
    ...BALANCE,
    unmeteredM3: z.number().nonnegative().optional().meta({
      description:
        'What is used without a meter, m³ a day. Default: what the balance says in the site file, or 0.',
    }),
  }),
  subjects: balanceNodes,
  options(declared, candidate) {
    const { main = [], subs = [], unmeteredM3: ofSite = 0 } = candidate.balance ?? {}
    const known = new Map(candidate.members.map((member) => [member.device.id, member]))
    const meters = [...main, ...subs].map((device) => {
      const member = known.get(device)
      const facts = meterOf({}, member ? { ...candidate, ...member } : { ...candidate, profile: {} })
      return { ...facts, device, isMain: main.includes(device) }
    })
    const { unmeteredM3 = ofSite } = declared
    return { ...declared, unmeteredM3, timeZone: candidate.site.timeZone, meters }
  },
})
