/**
 * A water meter: taps and flushings in slots of a minute, many in office hours and few at night, never without
 * a pause. The register is the exact sum of them, so that flow and volume agree and a restart takes up where it was.
 */
import type { Instant } from '../src/model/instant.ts'
import { type Behaviour, beats } from './behaviour.ts'
import { between, chance } from './chance.ts'
import { busyness, type LocalDay } from './local-day.ts'
import { elapsedMs, isOn, type Trouble } from './trouble.ts'

const SLOT_MS = 60_000
const HOUR_MS = 3_600_000

/** m³ a day on a workday; on other days less by the same share as people do. */
const WORKDAY_M3 = 4
const OTHER_DAY_M3 = 1.6

const BURST_M3H = 12
const TOILET_M3H = 0.15
const BACK_M3H = 0.3
/** What a meter of another register would show. */
const FOREIGN_M3 = 25_000
const FULL_V = 3.6
const EMPTY_V = 3.05

/** Registers count from here on, through runs of the simulation that nobody saw. */
const FIRST_DAY = Date.UTC(2020, 0, 6)

type Draw = { readonly from: Instant; readonly to: Instant; readonly m3: number; readonly before: number }

export type MeterOptions = {
  readonly device: string
  readonly seed: number
  readonly everyMs: number
  readonly dayOf: (at: Instant) => LocalDay
  readonly troubles: readonly Trouble[]
}

/** What a register shows, and what runs through it right then. */
export type Register = (at: Instant) => { readonly volumeM3: number; readonly flowM3h: number }

type RegisterOptions = Pick<MeterOptions, 'device' | 'seed' | 'dayOf' | 'troubles'>

/** Of a meter at which water is used. */
export function registerOf({ device, seed, dayOf, troubles }: RegisterOptions): Register {
  const installedM3 = Math.round(between(100, 9_000, chance(seed, device, 'register')))
  const named = (name: Trouble['name']) => troubles.filter((trouble) => trouble.name === name)
  const [bursts, toilets] = [named('burst-pipe'), named('running-toilet')]
  const leaks = [
    ...bursts.map((trouble) => ({ trouble, flowM3h: BURST_M3H })),
    ...toilets.map((trouble) => ({ trouble, flowM3h: TOILET_M3H })),
  ]
  let drawn: { readonly day: LocalDay; readonly draws: readonly Draw[] } | undefined
  const drawsOf = (day: LocalDay): readonly Draw[] => {
    if (drawn?.day.from === day.from) return drawn.draws
    const draws: { from: Instant; to: Instant; share: number }[] = []
    for (let slot = day.from; slot < day.to; slot += SLOT_MS) {
      if (chance(seed, device, slot, 'draws') >= 0.6 * busyness(day, slot)) continue
      const lengthMs = 15_000 + Math.floor(chance(seed, device, slot, 'length') * 15) * 1_000
      draws.push({
        from: slot,
        to: slot + lengthMs,
        share: between(0.5, 1.5, chance(seed, device, slot, 'm3')),
      })
    }
    const shares = draws.reduce((sum, { share }) => sum + share, 0)
    const dayM3 = day.isWorkday ? WORKDAY_M3 : OTHER_DAY_M3
    let before = 0
    const measured = draws.map(({ from, to, share }): Draw => {
      const m3 = (dayM3 * share) / shares
      before += m3
      return { from, to, m3, before: before - m3 }
    })
    drawn = { day, draws: measured }
    return measured
  }

  /** Of ordinary use: what the register shows, and what runs right then. */
  const use = (at: Instant) => {
    const day = dayOf(at)
    const weekday = day.index % 7
    const weeks = Math.floor(day.index / 7)
    const earlierM3 =
      weeks * (5 * WORKDAY_M3 + 2 * OTHER_DAY_M3) +
      Math.min(weekday, 5) * WORKDAY_M3 +
      Math.max(0, weekday - 5) * OTHER_DAY_M3
    const draw = drawsOf(day).findLast(({ from }) => from <= at)
    if (!draw) return { volumeM3: earlierM3, flowM3h: 0 }
    const lengthMs = draw.to - draw.from
    const done = Math.min(1, (at - draw.from) / lengthMs)
    return {
      volumeM3: earlierM3 + draw.before + draw.m3 * done,
      flowM3h: at < draw.to ? draw.m3 / (lengthMs / HOUR_MS) : 0,
    }
  }

  return (at) => {
    const ordinary = use(at)
    let [volumeM3, flowM3h] = [installedM3 + ordinary.volumeM3, ordinary.flowM3h]
    for (const leak of leaks) {
      volumeM3 += (elapsedMs(leak.trouble, at, FIRST_DAY) / HOUR_MS) * leak.flowM3h
      if (isOn(leak.trouble, at)) flowM3h += leak.flowM3h
    }
    return { volumeM3, flowM3h }
  }
}

/** Of a main meter: what runs through the meters behind it, and the share of it that is lost on the way. */
export const mainRegisterOf =
  (behind: readonly Register[], lostShare: number): Register =>
  (at) => {
    const shown = behind.map((register) => register(at))
    return {
      volumeM3: shown.reduce((sum, { volumeM3 }) => sum + volumeM3, 0) * (1 + lostShare),
      flowM3h: shown.reduce((sum, { flowM3h }) => sum + flowM3h, 0) * (1 + lostShare),
    }
  }

export function waterMeter({ device, seed, everyMs, troubles }: MeterOptions, register: Register): Behaviour {
  const phaseMs = Math.floor(chance(seed, device, 'phase') * (everyMs / 1_000)) * 1_000
  const named = (name: Trouble['name']) => troubles.filter((trouble) => trouble.name === name)
  const silences = named('meter-silent')
  const spoilt = named('bad-payloads')
  const [backwards, opened] = [named('reverse-flow'), named('meter-tamper')]
  const [jumps, emptied] = [named('register-jump'), named('low-battery')]
  const struckBy = (some: readonly Trouble[], at: Instant) => some.some((trouble) => isOn(trouble, at))

  const sample = (at: Instant) => {
    const { volumeM3, flowM3h } = register(at)
    let [volume, flow] = [volumeM3, flowM3h]
    if (struckBy(jumps, at)) volume += FOREIGN_M3
    if (struckBy(backwards, at)) flow = -BACK_M3H
    return {
      volume: rounded(volume, 4),
      flow: rounded(flow, 3),
      battery: struckBy(emptied, at) ? EMPTY_V : FULL_V,
      ...(opened.length > 0 && { 'cover-open': struckBy(opened, at) }),
    }
  }

  return (after, upTo) =>
    beats(everyMs, phaseMs, after, upTo)
      .filter((at) => !struckBy(silences, at))
      .flatMap((at) => {
        const values = { device, at, values: sample(at) }
        if (!struckBy(spoilt, at)) return [values]
        return [{ device, at, payload: badPayload(Math.floor(at / everyMs)) }, values]
      })
}

export const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits

/** What broken firmware and strangers send. */
const BAD_PAYLOADS: readonly (string | Uint8Array)[] = [
  new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]),
  'not json',
  '{"flow": ',
  '{"time": 0, "flow": 1}',
  '{"time": "2099-01-01T00:00:00Z", "flow": 1}',
  '{"time": 1790812800, "flow": 1}',
  '{"flow": "much"}',
  '{"__proto__": {"flow": 1}}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  '[]',
]

function badPayload(turn: number): Uint8Array {
  const payload = BAD_PAYLOADS[turn % BAD_PAYLOADS.length] ?? ''
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
}
