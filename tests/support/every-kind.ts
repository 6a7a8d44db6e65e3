/**
 * A small site with something of every family, a rule of every kind with short limits, and what its devices
 * may say: for properties that hold of all kinds.
 */
import type { Device, Family } from '../../src/model/device.ts'
import type { Value } from '../../src/model/reading.ts'
import type { Point, Site } from '../../src/model/site.ts'
import { bindRules } from '../../src/rules/bind.ts'
import type { BoundRule } from '../../src/rules/bound-rule.ts'
import { RulesOptions } from '../../src/rules/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const device = (id: string, family: Family, more: Partial<Device> = {}): Device => ({
  id,
  name: id,
  family,
  profile: family,
  place: { institution: 'bureau', building: 'tower' },
  ...more,
})

/** A square of some 200 m around a point. */
const square = (id: string, [lon, lat]: Point, kind: 'area' | 'parking' = 'area') => {
  const [dx, dy] = [0.001, 0.001]
  const ring: Point[] = [
    [lon - dx, lat - dy],
    [lon + dx, lat - dy],
    [lon + dx, lat + dy],
    [lon - dx, lat + dy],
    [lon - dx, lat - dy],
  ]
  return { id, name: id, kind, rings: [ring] }
}

const HOME: Point = [106.23, 38.48]
const ROAD: Point = [106.236, 38.48]
const RESORT: Point = [106.242, 38.48]
const FAR: Point = [106.9, 38.9]

const OFFICE = [{ from: '08:30', to: '18:00' }]

export const SITE: Site = {
  id: 's',
  name: 'S',
  timeZone: 'Asia/Shanghai',
  buildings: [],
  institutions: [{ id: 'bureau', name: 'Bureau', type: 'office', headCount: 10, areaM2: 100 }],
  zones: [square('home', HOME, 'parking'), square('resort', RESORT)],
  vehicles: [{ device: 'car', plate: 'A', homeZones: ['home'] }],
  balances: [{ id: 'tower', name: 'Tower', main: ['main'], subs: ['sub'] }],
  routes: [
    {
      id: 'round',
      name: 'Round',
      starts: { everyMinutes: 60 },
      visits: [
        { checkpoint: 'post-1', offsetMinutes: 5 },
        { checkpoint: 'post-2', offsetMinutes: 15 },
      ],
    },
  ],
  calendars: [
    {
      id: 'office',
      name: 'Office',
      makeUpHours: OFFICE,
      hours: { monday: OFFICE, tuesday: OFFICE, wednesday: OFFICE, thursday: OFFICE, friday: OFFICE },
      years: { '2026': { holidays: ['2026-01-06'], workdays: ['2026-01-10'] } },
    },
  ],
  devices: [
    device('main', 'water-meter'),
    device('sub', 'water-meter', { source: 'server' }),
    device('gate-1', 'access-control-gate'),
    device('gate-2', 'access-control-gate', { source: 'server' }),
    device('post-1', 'patrol-checkpoint'),
    device('post-2', 'patrol-checkpoint'),
    device('car', 'vehicle-tracker'),
  ],
}

const POINTS: Readonly<Record<Family, Readonly<Record<string, 'number' | 'string' | 'boolean'>>>> = {
  'water-meter': {
    volume: 'number',
    flow: 'number',
    reverse: 'number',
    battery: 'number',
    tamper: 'boolean',
    valve: 'string',
  },
  'access-control-gate': {
    door: 'string',
    lock: 'string',
    access: 'string',
    reason: 'string',
    credential: 'string',
    direction: 'string',
    duress: 'boolean',
    fire: 'boolean',
    tamper: 'boolean',
  },
  'patrol-checkpoint': { tag: 'string', guard: 'string', duress: 'boolean', tamper: 'boolean' },
  'vehicle-tracker': {
    lat: 'number',
    lon: 'number',
    speed: 'number',
    fuel: 'number',
    ignition: 'boolean',
    'external-power': 'boolean',
  },
}

const profileOf = (family: string) => ({
  measuresEveryMs: 10 * MINUTE_MS,
  reportsEveryMs: 10 * MINUTE_MS,
  points: Object.fromEntries(
    Object.entries(POINTS[family as Family]).map(([point, type]) => [point, { type }]),
  ),
})

const soon = { earlyMs: 2 * MINUTE_MS, missAfterMs: 4 * MINUTE_MS, repeatMs: MINUTE_MS, graceMs: MINUTE_MS }
const held = { heldMs: HOUR_MS }

/** By kind; `common` are the options that wrap a kind. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sustained: { point: 'flow', above: 3, clearBelow: 2, forMs: 5 * MINUTE_MS, ...held },
  silent: { forMs: 40 * MINUTE_MS },
  'continuous-flow': { floorM3h: 0.02, forMs: HOUR_MS, intervalMs: 10 * MINUTE_MS, heldMs: 3 * HOUR_MS },
  'night-flow': {
    nights: 3,
    leastNights: 3,
    highNights: 1,
    coverage: 0.2,
    heldMs: 12 * HOUR_MS,
    window: { from: '00:00', to: '12:00' },
  },
  burst: { floorM3h: 0.1, forMs: 0, learnMs: 0, pressureDropMPa: 0, usualBy: 'hour', heldMs: 12 * HOUR_MS },
  'stuck-meter': { forMs: 6 * HOUR_MS, dailyM3: 0, heldMs: 12 * HOUR_MS },
  'reverse-flow': { aboveM3: 0.01, windowMs: 2 * HOUR_MS, ...held },
  'implausible-jump': {},
  'low-battery': {},
  tamper: {},
  'clock-skew': { arrivals: 2 },
  balance: { days: 1 },
  'door-held-open': { openTimeMs: 5 * MINUTE_MS },
  'door-open-warning': { openTimeMs: 5 * MINUTE_MS, preAlarmMs: MINUTE_MS },
  'door-forced': {},
  'door-unlocked': {},
  'door-tamper': {},
  'denied-burst': { perDoor: 2, withinMs: HOUR_MS, quietMs: HOUR_MS },
  duress: { holdMs: HOUR_MS },
  'anti-passback': { quietMs: HOUR_MS },
  'missed-checkpoint': soon,
  'late-checkpoint': { ...soon, lateMs: 3 * MINUTE_MS },
  'early-checkpoint': { ...soon, upToMs: 20 * MINUTE_MS },
  'round-incomplete': soon,
  'patrol-order': { ...soon, missAfterMs: 40 * MINUTE_MS },
  'patrol-pace': { minGapMs: 5 * MINUTE_MS, maxMetresPerSecond: null, quietMs: HOUR_MS },
  'unknown-tag': { known: ['T-*'], quietMs: HOUR_MS },
  'long-parking': { forMs: 20 * MINUTE_MS, ...held },
  'forbidden-parking': { forMs: 10 * MINUTE_MS, barred: ['resort'], ...held },
  geofence: { zones: ['home'], must: 'stay-inside', dwellMs: MINUTE_MS, ...held },
  'not-returned': { by: '22:00' },
  'out-of-hours': {},
  speeding: { limitKmh: 40, forMs: MINUTE_MS },
  tow: { restMs: 10 * MINUTE_MS },
  'fuel-drop': { dropL: 5, withinMs: 2 * HOUR_MS, settleMs: 0 },
  'tracker-unplugged': { forMs: MINUTE_MS },
  expression: { expression: 'valve == "closed" && flow > 0.1' },
  compare: { point: 'flow', is: 'apart', by: 1, with: { point: 'flow', device: 'sub' }, withinMs: HOUR_MS },
  absence: { point: 'lock', equals: 'locked', forMs: 2 * HOUR_MS },
  count: { point: 'door', equals: 'open', onChange: true, times: 3, withinMs: 2 * HOUR_MS },
}

const SCOPES: Readonly<Record<string, unknown>> = {
  compare: { devices: ['main'] },
  expression: { families: ['water-meter'] },
}

const base = (id: string, kind: string) => ({
  id,
  kind,
  severity: 'low',
  verifyMs: 1_000,
  scope: SCOPES[kind] ?? {},
  options: OPTIONS[kind] ?? {},
})

const DECLARED = [
  ...Object.keys(OPTIONS).map((kind) => base(kind, kind)),
  { ...base('delayed', 'sustained'), onDelayMs: 7 * MINUTE_MS, offDelayMs: 3 * MINUTE_MS, deadband: 0.5 },
  { ...base('confirmed', 'door-held-open'), confirm: { times: 2, of: 3 }, when: 'working-hours' },
  { ...base('at-night', 'expression'), when: { from: '22:00', to: '06:00' }, quality: 'good-only' },
]

const { rules } = RulesOptions.parse({ rules: DECLARED })

/** Bound anew: no run shares anything with another. */
export const boundToAll = (): readonly BoundRule[] => bindRules(rules, SITE, profileOf)

const pick = <T>(choice: number, of: readonly T[]): T => of[choice % of.length] as T

export type Said = { readonly device: string; readonly values: Readonly<Record<string, Value>> }

/** What somebody of these says, by a number; registers go on from one to the next. */
export function voices(among: readonly Device[] = SITE.devices): (choice: number) => Said {
  const registers = new Map<string, number>()
  const register = (name: string, by: number) => {
    const next = Math.max(0, (registers.get(name) ?? 100) + by)
    registers.set(name, next)
    return next
  }
  return (choice) => {
    const speaker = pick(choice, among)
    const more = Math.floor(choice / among.length)
    const at = (place: number) => Math.floor(more / 3 ** place)
    const { id, family } = speaker
    const said = (values: Said['values']) => ({ device: id, values })
    if (family === 'water-meter')
      return said({
        volume: register(id, pick(at(0), [0, 0.01, 0.4, 0.4, 3, 5_000, -2])),
        flow: pick(at(1), [0, 0.5, 9]),
        reverse: register(`${id} back`, pick(at(2), [0, 0, 0.02])),
        battery: pick(at(3), [3.6, 3.1]),
        tamper: at(4) % 7 === 0,
        valve: pick(at(2), ['open', 'closed']),
      })
    if (family === 'access-control-gate')
      return said(
        pick<Said['values']>(at(2), [
          { door: pick(at(0), ['open', 'closed']), lock: pick(at(1), ['locked', 'unlocked']) },
          {
            access: pick(at(0), ['granted', 'denied', 'denied']),
            credential: pick(at(1), ['A', 'B']),
            direction: pick(at(3), ['in', 'in', 'out']),
            reason: 'unauthorized',
          },
          { door: pick(at(0), ['open', 'closed']) },
          { fire: at(0) % 4 === 0, duress: at(1) % 5 === 0, tamper: at(3) % 3 === 0 },
        ]),
      )
    if (family === 'patrol-checkpoint')
      return said({ tag: pick(at(0), ['T-1', 'T-2', 'X-9']), guard: pick(at(1), ['g1', 'g2']) })
    const [lon, lat] = pick(at(0), [HOME, HOME, ROAD, RESORT, FAR])
    return said({
      lon: lon + (at(1) % 3) / 10_000,
      lat,
      speed: pick(at(2), [0, 0, 30, 80]),
      ignition: at(1) % 2 === 0,
      fuel: register('fuel', pick(at(3), [0, -1, -20, 15])),
      'external-power': at(2) % 3 !== 0,
    })
  }
}
