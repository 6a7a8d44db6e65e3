/**
 * compare: a value is above, below or apart from another one, of the same device or of another device of the site.
 *
 * The two are compared when they were measured at most `withinMs` apart, by whichever of them comes; one that is
 * bad or missing is not replaced by an older one for longer than that, so it neither raises nor clears.
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import { believed } from '../model/reading.ts'
import { type Candidate, declareKind, heldMsOf, type ProfileFacts } from './bound-rule.ts'
import { backFrom } from './conditions.ts'
import { defineRule } from './rule.ts'
import type { Scope } from './rule-config.ts'
import { baseOfRate } from './value-match.ts'

const IS = ['above', 'below', 'apart'] as const

const LIMITS = {
  point: z.string().min(1).meta({ description: 'The point that is judged.' }),
  is: z.enum(IS).meta({ description: 'What it must not be: above the other, below it, or apart from it.' }),
  by: z.number().nonnegative().default(0).meta({
    description: 'By more than this, in the unit of the point …',
  }),
  byShare: z.number().nonnegative().default(0).meta({
    description: '… and this share of the other value: 0.05 is 5 %.',
  }),
  hysteresis: z.number().nonnegative().default(0).meta({
    description: 'It clears once it is back by this much, in the unit of the point.',
  }),
}

const Options = z.strictObject({
  ...LIMITS,
  withinMs: z.int().positive(),
  other: z.strictObject({ point: z.string(), device: z.string() }),
  device: z.string(),
})
type Options = z.output<typeof Options>

const Said = z.strictObject({ value: z.number(), at: z.int() }).nullable()

const State = z.strictObject({ own: Said, other: Said, breached: z.boolean() })

/** How far apart they may be. */
const allowedAt = (other: number, { by, byShare }: Options): number => by + byShare * Math.abs(other)

/** How far it is beyond what it may be; at most 0 while it is fine. */
function excess(own: number, other: number, options: Options): number {
  const { is } = options
  const allowed = allowedAt(other, options)
  if (is === 'apart') return Math.abs(own - other) - allowed
  return (is === 'above' ? own - other : other - own) - allowed
}

export const compare = defineRule<Options, z.output<typeof State>>({
  kind: 'compare',
  summary: 'A value is above, below or apart from another one.',
  options: Options,
  state: State,
  codes: ['compared-out', 'compared-fine'],
  points: ({ point, other }) => [point, other.point],
  start: () => ({ state: { own: null, other: null, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const hear = (said: z.output<typeof Said>, device: string, point: string) => {
      const value = reading.device === device ? believed(reading, point) : 'absent'
      if (value === 'absent') return said
      return value === 'bad' ? null : { value, at: reading.at }
    }
    const own = hear(state.own, options.device, options.point)
    const other = hear(state.other, options.other.device, options.other.point)
    if (own === state.own && other === state.other) return { state }
    const next = { own, other, breached: state.breached }
    if (!own || !other || Math.abs(own.at - other.at) > options.withinMs) return { state: next }
    const beyond = excess(own.value, other.value, options)
    const breached = state.breached ? beyond > -options.hysteresis : beyond > 0
    if (breached === state.breached) return { state: next }
    const figures = {
      point: options.point,
      value: own.value,
      other:
        options.other.device === options.device
          ? options.other.point
          : `${options.other.device} ${options.other.point}`,
      otherValue: other.value,
      ...(!breached && backFrom(allowedAt(other.value, options), -beyond)),
    }
    const because = { code: breached ? 'compared-out' : 'compared-fine', figures }
    return { state: { ...next, breached }, verdict: { breached, because, at: Math.max(own.at, other.at) } }
  },
})

const Declared = z.strictObject({
  ...LIMITS,
  with: z.strictObject({
    point: z.string().min(1).meta({ description: 'The other point.' }),
    device: z.string().optional().meta({
      description: 'The device that says it. Default: the same one.',
    }),
  }),
  withinMs: z.int().positive().optional().meta({
    description: 'How far apart the two may have been measured. Default: three measuring intervals.',
  }),
})

const says = ({ points }: ProfileFacts, point: string) =>
  points === undefined || Object.hasOwn(points, point) || Object.hasOwn(points, baseOfRate(point))

/**
 * The reference is heard for every device that may be compared with it; which of those are judged is for the
 * scope to say.
 */
function compared(candidate: Candidate, _scope: Scope, declared: z.output<typeof Declared>): Candidate[] {
  const { device, profile, site } = candidate
  const reference = declared.with.device
  if (reference === device.id) {
    return site.devices
      .filter(({ id }) => id !== reference)
      .map(({ id }) => ({ ...candidate, subject: id, walkTo: id, isReference: true }))
  }
  return says(profile, declared.point) ? [candidate] : []
}

export const compareKind = declareKind(compare, {
  families: FAMILIES,
  declared: Declared,
  subjects: compared,
  options({ with: { point, device = '' }, withinMs, ...limits }, { subject, members }) {
    const [own, other] = [subject, device || subject].map((id) => members.find((one) => one.device.id === id))
    const refuse = (why: string) => {
      throw new GatehouseError('config-invalid', `options.with: ${why}`)
    }
    if (!other) refuse(`${device} is no device of the site that may be heard`)
    if (other && !says(other.profile, point)) refuse(`${other.device.id} has no point ${point}`)
    const slowestMs = Math.max(...[own, other].map((one) => (one ? heldMsOf(one.profile) : 0)))
    return {
      ...limits,
      withinMs: withinMs ?? slowestMs,
      device: subject,
      other: { point, device: device || subject },
    }
  },
  deadband: (options, widthAt) => ({ ...options, hysteresis: widthAt(options.by) }),
})
