import { describe, expect, it } from 'vitest'
import { METER_OPTIONS } from '../../tests/support/meter-picture.ts'
import { drawn, type Told } from '../../tests/support/pictures.ts'
import type { Reading } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import { balance, balanceKind } from './balance.ts'
import { bindRules } from './bind.ts'
import { createEngine } from './engine.ts'
import { RulesOptions } from './index.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const OPTIONS = balance.options.parse({
  ...(balanceKind.declared.parse({}) as object),
  timeZone: 'UTC',
  meters: ['main', 'east', 'west'].map((device) => ({ ...METER_OPTIONS, device, isMain: device === 'main' })),
})

type Days = Readonly<Record<string, string>>

/**
 * A picture of days for each meter: a digit is what it registers an hour, in m³; `-` says nothing that day
 * (and the register goes on by 1 an hour), `n` is a new register at noon. `minute` past the hour is when it
 * reads.
 */
function readingsOf(device: string, days: string, minute: number): Reading[] {
  let volume = 100
  return [...days].flatMap((day, index) =>
    Array.from({ length: 24 }, (_, hour) => {
      const at = index * DAY_MS + hour * HOUR_MS + minute * 60_000
      volume += /\d/.test(day) ? Number(day) : 1
      if (day === 'n' && hour === 12) volume = 0
      return { device, at, receivedAt: at, values: { volume } }
    }).filter(() => day !== '-'),
  )
}

const minutes: Readonly<Record<string, number>> = { main: 0, east: 17, west: 43 }

const stream = (days: Days): Reading[] =>
  Object.entries(days)
    .flatMap(([device, picture]) => readingsOf(device, picture, minutes[device] ?? 0))
    .sort((a, b) => a.at - b.at)

/** With `isStored`, what is kept goes through JSON after every step. */
function run(readings: readonly Reading[], isStored = false, options = OPTIONS): Told[] {
  const told: Told[] = []
  let { state } = balance.start(options, 0)
  for (const reading of readings) {
    const { state: next, verdict } = balance.step(state, { reading }, options)
    state = isStored ? balance.state.parse(JSON.parse(JSON.stringify(next))) : next
    if (verdict) told.push({ at: verdict.at ?? reading.at, breached: verdict.breached })
  }
  return told
}

/** A verdict stands under the day that it judges, which ends where it is dated. */
const picture = (days: Days) =>
  drawn(
    days.main?.length ?? 0,
    run(stream(days)).map(({ at, breached }) => ({ at: at - DAY_MS, breached })),
    DAY_MS,
  )

describe('balance (one main, two subs; 5 %, two days in a row)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['what runs in runs out',
      { main: '3333333', east: '1111111', west: '2222222' }, '-------'],
    ['two days with a third missing are a loss; the first day is not known from its midnight',
      { main: '3333333', east: '1111111', west: '1111111' }, '--B----'],
    ['it is over with a day that balances',
      { main: '33333333', east: '11111111', west: '11111222' }, '--B--F--'],
    ['one day off is not enough',
      { main: '33333333', east: '11111111', west: '22122222' }, '--------'],
    ['subs that say more than their main are a mistake as well',
      { main: '2222222', east: '1111111', west: '2222222' }, '--B----'],
    ['too little one day and too much the next are neither',
      { main: '3333333', east: '1111111', west: '2132132' }, '-------'],
    ['a silent meter is not zero: its days are not judged',
      { main: '33333333', east: '11----11', west: '22222222' }, '--------'],
    ['nor is the day of a new register',
      { main: '33333333', east: '11111111', west: '222nn222' }, '--------'],
  ])('%s', (_why, days, wanted) => {
    expect(picture(days)).toBe(wanted)
  })

  it('a meter that uploads its day at midnight is waited for', () => {
    const days = { main: '333333', east: '111111', west: '111111' }
    const late = (reading: Reading) =>
      reading.device === 'west' ? (Math.floor(reading.at / DAY_MS) + 1) * DAY_MS : reading.at
    const readings = stream(days).sort((a, b) => late(a) - late(b))
    expect(run(readings)).toEqual(run(stream(days)))
    expect(run(readings)).toHaveLength(1)
  })

  it('a meter that is never heard keeps nothing waiting for ever', () => {
    let { state } = balance.start(OPTIONS, 0)
    for (const reading of stream({ main: '3'.repeat(20), east: '1'.repeat(20) })) {
      state = balance.step(state, { reading }, OPTIONS).state
    }
    expect(state.days.length).toBeLessThanOrEqual(3)
    expect(state.breached).toBe(false)
  })

  it('what is used without a meter is counted as metered', () => {
    const days = stream({ main: '3333333', east: '1111111', west: '1111111' })
    expect(run(days, false, { ...OPTIONS, unmeteredM3: 24 })).toEqual([])
  })

  it('the errors of many meters add up as the root of their squares', () => {
    const days = stream({ main: '9999999', east: '4444444', west: '4444444' })
    expect(run(days, false, { ...OPTIONS, meterError: 0.15 })).toEqual([])
    expect(run(days, false, { ...OPTIONS, meterError: 0.05 })).toHaveLength(1)
  })

  it('goes on from what was kept at any reading as if it had never stopped', () => {
    const days = stream({ main: '33333333', east: '11111111', west: '11111222' })
    expect(run(days, true)).toEqual(run(days))
  })

  it('is found on the balance of a site, and one would walk to its main meter', () => {
    const place = { institution: 'bureau' }
    const device = (id: string) =>
      ({ id, name: id, family: 'water-meter', profile: 'any', place }) as Site['devices'][number]
    const site: Site = {
      id: 'campus',
      name: 'Campus',
      timeZone: 'UTC',
      institutions: [],
      buildings: [],
      zones: [],
      routes: [],
      vehicles: [],
      balances: [{ id: 'ring', name: 'Ring', main: ['main'], subs: ['east', 'west'] }],
      devices: ['main', 'east', 'west', 'other'].map(device),
    }
    const { rules } = RulesOptions.parse({
      rules: [{ id: 'b', kind: 'balance', severity: 'low', verifyMs: 1, options: {} }],
    })
    const bound = bindRules(rules, site, () => ({ measuresEveryMs: HOUR_MS, points: { volume: {} } }))
    expect(bound[0]?.deviceOf('balance:ring')).toBe('main')
    const engine = createEngine(bound)
    const told = stream({ main: '33333333', east: '11111111', west: '11111222' }).flatMap(
      ({ receivedAt, ...sample }, index) =>
        engine.take({ offset: index + 1, receivedAt, records: [{ is: 'reading', ...sample }] }),
    )
    expect(told.map(({ subject, at, breached }) => ({ subject, at, breached }))).toEqual([
      { subject: 'balance:ring', at: 3 * DAY_MS, breached: true },
      { subject: 'balance:ring', at: 6 * DAY_MS, breached: false },
    ])
  })

  it.each([
    ['the site says', {}, []],
    ['the rule says, whatever the site does', { unmeteredM3: 0 }, ['balance:ring']],
  ])('what is used without a meter is what %s', (_who, options, breached) => {
    const device = (id: string) =>
      ({ id, name: id, family: 'water-meter', profile: 'any', place: { institution: 'bureau' } }) as const
    const { rules } = RulesOptions.parse({
      rules: [{ id: 'b', kind: 'balance', severity: 'low', verifyMs: 1, options }],
    })
    const bound = bindRules(
      rules,
      {
        id: 'campus',
        name: 'Campus',
        timeZone: 'UTC',
        institutions: [],
        buildings: [],
        zones: [],
        routes: [],
        vehicles: [],
        balances: [{ id: 'ring', name: 'Ring', main: ['main'], subs: ['east', 'west'], unmeteredM3: 24 }],
        devices: ['main', 'east', 'west'].map(device),
      },
      () => ({ measuresEveryMs: HOUR_MS, points: { volume: {} } }),
    )
    const engine = createEngine(bound)
    const told = stream({ main: '3333333', east: '1111111', west: '1111111' }).flatMap(
      ({ receivedAt, ...sample }, index) =>
        engine.take({ offset: index + 1, receivedAt, records: [{ is: 'reading', ...sample }] }),
    )
    expect(told.map(({ subject }) => subject)).toEqual(breached)
  })

  it.each([
    ['one more meter', ['east', 'west', 'other']],
    ['one less', ['east']],
    ['another order', ['west', 'east']],
  ])('of a balance that is edited, here by %s, the days begin anew, and nobody is parked', (_how, subs) => {
    const device = (id: string) =>
      ({ id, name: id, family: 'water-meter', profile: 'any', place: { institution: 'bureau' } }) as const
    const bound = (names: readonly string[]) =>
      bindRules(
        RulesOptions.parse({
          rules: [{ id: 'b', kind: 'balance', severity: 'low', verifyMs: 1, options: { days: 1 } }],
        }).rules,
        {
          id: 'campus',
          name: 'Campus',
          timeZone: 'UTC',
          institutions: [],
          buildings: [],
          zones: [],
          routes: [],
          vehicles: [],
          balances: [{ id: 'ring', name: 'Ring', main: ['main'], subs: names }],
          devices: ['main', 'east', 'west', 'other'].map(device),
        },
        () => ({ measuresEveryMs: HOUR_MS, points: { volume: {} } }),
      )
    // Before the edit 6 run in and 2 + 4 out; after it what runs out is shared by whoever is in the balance.
    const share = 6 / subs.length
    const days = { main: '66666', ...Object.fromEntries(subs.map((sub) => [sub, `${share}`.repeat(5)])) }
    const [before, after] = [
      stream({ main: '66666', east: '22222', west: '44444' }).filter(({ at }) => at < 1.5 * DAY_MS),
      stream(days).filter(({ at }) => at >= 1.5 * DAY_MS),
    ]
    let engine = createEngine(bound(['east', 'west']))
    const take = (readings: readonly Reading[]) =>
      readings.flatMap(({ receivedAt, ...sample }, index) =>
        engine.take({ offset: index + 1, receivedAt, records: [{ is: 'reading', ...sample }] }),
      )
    expect(take(before)).toEqual([])
    engine = createEngine(bound(subs), JSON.parse(JSON.stringify(engine.changedStates())))
    expect(take(after)).toEqual([])
    expect(engine.parked()).toEqual([])
  })
})
