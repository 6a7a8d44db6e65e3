import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reading } from '../model/reading.ts'
import { type Meter, type Stand, standAfter } from './register.ts'

const HOUR_MS = 3_600_000
const METER: Meter = { point: 'volume', capacityM3: 1_000_000, maxRateM3h: 300, heldMs: 3 * HOUR_MS }

const hourly = (values: readonly number[]): Reading[] =>
  values.map((volume, hour) => ({
    device: 'meter-1',
    at: hour * HOUR_MS,
    receivedAt: hour * HOUR_MS,
    values: { volume },
  }))

function standsAfter(readings: readonly Reading[], meter: Meter = METER): (Stand | null)[] {
  let stand: Stand | null = null
  const stands: (Stand | null)[] = []
  for (const reading of readings) {
    stand = standAfter(stand, reading, meter)
    stands.push(stand)
  }
  return stands
}

/** What was used, hour by hour: a number, `?` where nobody can know, `.` where the reading is passed over. */
function used(values: readonly number[]): (number | '?' | '.')[] {
  const stands = standsAfter(hourly(values))
  return stands.map((stand, place) => {
    if (!stand || stand.at === stands[place - 1]?.at) return '.'
    return stand.usedM3 === null ? '?' : Math.round(stand.usedM3 * 1e6) / 1e6
  })
}

describe('what ran through between two readings of a register', () => {
  // biome-ignore format: a line each
  it.each<[string, number[], (number | '?' | '.')[]]>([
    ['is their difference',                          [10, 10.5, 10.5, 12],             ['?', 0.5, 0, 1.5]],
    ['goes on over a rollover',                      [999_999.98, 0.03, 1],            ['?', 0.05, 0.97]],
    ['is nothing where it steps back by 10 L',       [10, 9.99, 10.02],                ['?', 0, 0.02]],
    ['and counts from where it stood before',        [10, 9.995, 10, 10.01],           ['?', 0, 0, 0.01]],
    ['passes over a dip (MyEMS)',                    [216_463, 192_368, 216_574],      ['?', '.', 111]],
    ['passes over a spike',                          [17_990, 18_990, 17_990, 17_991], ['?', '.', 0, 1]],
    ['passes over what no register shows',           [10, 1e21, 11, 52_776_558_592, 12], ['?', '.', 1, '.', 1]],
    ['passes over a bit error (DAIAD)',              [307.775, 295.487, 307.788],      ['?', '.', 0.013]],
    ['passes over another meter, time and again (DAIAD)', [207.774, 456_017, 207.814, 456_273, 207.851], ['?', '.', 0.04, '.', 0.037]],
    ['begins anew once three readings agree',        [500, 0.5, 1, 2, 4],              ['?', '.', '.', '?', 2]],
    ['is not known across an exchange below the tenth that may roll over', [899_999, 1, 2, 3, 4], ['?', '.', '.', '?', 1]],
  ])('%s', (_why, values, wanted) => {
    expect(used(values)).toEqual(wanted)
  })

  it('a daily reading is believed with the second one that agrees', () => {
    const daily = hourly([500, 1, 2]).map((reading) => ({ ...reading, at: reading.at * 24 }))
    const stands = standsAfter(daily)
    expect(stands.map((stand) => stand?.value)).toEqual([500, 500, 2])
  })

  it('says nothing new of an instant that it knows, or of an earlier one', () => {
    const [first, second] = hourly([10, 11]) as [Reading, Reading]
    const stand = standAfter(standAfter(null, first, METER), second, METER)
    expect(standAfter(stand, { ...second, values: { volume: 12 } }, METER)).toBe(stand)
    expect(standAfter(stand, first, METER)).toBe(stand)
    expect(standAfter(stand, { ...second, at: 2 * HOUR_MS, values: { flow: 1 } }, METER)).toBe(stand)
  })

  it('whatever a register does within its means, the hours add up to what it shows', () => {
    const draws = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 60 })
    const start = fc.double({ min: 0, max: 999_999, noNaN: true })
    fc.assert(
      fc.property(start, draws, (from, hours) => {
        const totals = [from]
        for (const m3 of hours) totals.push((totals.at(-1) ?? 0) + m3)
        const values = totals.map((value) => value % 1_000_000)
        const sum = used(values).reduce<number>((all, one) => all + (typeof one === 'number' ? one : 0), 0)
        expect(sum).toBeCloseTo((totals.at(-1) ?? 0) - from, 3)
      }),
    )
  })

  it('of flow it is the area under a straight line; backwards is nothing used', () => {
    const flows = [1, 3, -2, -2, 900].map((flow, hour) => ({
      ...(hourly([0])[0] as Reading),
      at: hour * HOUR_MS,
      values: { flow },
    }))
    const ran = standsAfter(flows, { ...METER, point: 'flow' }).map((stand) => stand?.usedM3)
    expect(ran).toEqual([null, 2, 1.5, 0, 0]) // 900 m³/h cannot run through it
  })
})
