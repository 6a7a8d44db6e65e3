import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOf, banded, bridged, chatterOf, delayed, nextRound, type Occurrence } from './chatter.ts'

const SECOND = 1_000

/** Active for `onS`, then over for `offS`, so many times. */
const beat = (count: number, onS: number, offS: number, fromS = 0): Occurrence[] =>
  Array.from({ length: count }, (_, i) => {
    const from = (fromS + i * (onS + offS)) * SECOND
    return { from, to: from + onS * SECOND }
  })

describe('an alarm', () => {
  it('chatters from three times in exactly a minute, not in a millisecond more', () => {
    expect(chatterOf([{ from: 0, to: 1 }, { from: 30_000, to: 30_001 }, { from: 60_000 }])).toMatchObject({
      count: 3,
      most: 3,
    })
    expect(chatterOf([{ from: 0, to: 1 }, { from: 30_000, to: 30_001 }, { from: 60_001 }])).toBeUndefined()
  })

  it('that comes back after short pauses is cured by an off-delay a little longer than they are', () => {
    expect(chatterOf(beat(10, 10, 4))?.cures[0]).toEqual({ by: 'off-delay', forMs: 5_000, alarms: 1 })
  })

  it('of short spikes far apart from what is real is cured by an on-delay longer than the spikes', () => {
    const spikes = [...beat(6, 1, 18), { from: 600_000, to: 900_000 }]
    const { cures } = chatterOf(spikes) ?? expect.unreachable()
    expect(cures).toContainEqual({ by: 'on-delay', forMs: 2_000, alarms: 1 })
    expect(cures[0]?.by).toBe('on-delay')
  })

  it('is proposed no on-delay that would have silenced it altogether', () => {
    const { cures } = chatterOf(beat(10, 2, 3)) ?? expect.unreachable()
    expect(cures.map(({ by }) => by)).toEqual(['off-delay'])
  })
})

describe('the deadband of an alarm whose value wavers about its limit of 5', () => {
  const wavering = (backBys: readonly number[], limit = 5): Occurrence[] =>
    beat(backBys.length, 8, 4).map((one, i) => ({ ...one, back: { limit, backBy: backBys[i] ?? 0 } }))

  it('is a little wider than it ever came back', () => {
    expect(chatterOf(wavering([0.1, 0.23, 0.05, 0.2, 0.11]))?.deadband).toEqual({
      width: 0.3,
      limit: 5,
      alarms: 1,
    })
  })

  it('leaves those that came farther back, where fewer of them do not chatter', () => {
    const all = wavering([0.1, 0.1, 0.1, 0.1, 1.2, 0.1, 0.1, 0.1, 0.1, 0.1])
    expect(chatterOf(all)?.deadband).toEqual({ width: 0.15, limit: 5, alarms: 2 })
  })

  it('is none where it would have to be wider than a quarter of the limit', () => {
    expect(chatterOf(wavering([1, 1.6, 2, 1.8]))?.deadband).toBeNull()
    expect(chatterOf(wavering([0.1, 0.1, 0.1], 0))?.deadband, 'a limit of zero').toBeNull()
  })

  it('is none where the rule judges no limit', () => {
    expect(chatterOf(beat(10, 8, 4))?.deadband).toBeNull()
    expect(backOf({ code: 'door-closed', figures: {} })).toBeUndefined()
    expect(backOf({ code: 'below', figures: { limit: 5, backBy: 0.1, value: 4.9 } })).toEqual({
      limit: 5,
      backBy: 0.1,
    })
  })

  it('whatever the values, it would have cured it, and is a width that a person would write', () => {
    const values = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 40 })
    fc.assert(
      fc.property(values, (backBys) => {
        const all = wavering(backBys)
        const deadband = chatterOf(all)?.deadband
        if (!deadband) return
        const left = banded(all, deadband.width)
        expect(left).toHaveLength(deadband.alarms)
        expect(chatterOf(left)).toBeUndefined()
        expect(String(deadband.width)).toMatch(/^[\d.]{1,5}$/)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [0.00012, 0.00015],
    [0.137, 0.15],
    [0.9, 1],
    [1, 1.5],
    [23, 30],
    [70, 100],
  ])('above %d the next round number is %d', (value, round) => {
    expect(nextRound(value)).toBe(round)
  })
})

it('whatever it did, a cure that is proposed would have cured it, and nothing shorter among the steps', () => {
  const life = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 90_000 })), {
      maxLength: 60,
    })
    .map((pairs) => {
      let at = 0
      return pairs.map(([onMs, offMs]): Occurrence => {
        const from = at
        at += onMs + offMs
        return { from, to: from + onMs }
      })
    })
  fc.assert(
    fc.property(life, (occurrences) => {
      const chatter = chatterOf(occurrences)
      for (const { by, forMs, alarms } of chatter?.cures ?? []) {
        const cure = by === 'on-delay' ? delayed : bridged
        const left = cure(occurrences, forMs)
        expect(left).toHaveLength(alarms)
        expect(chatterOf(left)).toBeUndefined()
        if (forMs > 1_000) expect(chatterOf(cure(occurrences, forMs / 3))).toBeDefined()
      }
    }),
    { numRuns: 300 },
  )
})
