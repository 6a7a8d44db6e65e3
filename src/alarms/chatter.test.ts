import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bridged, chatterOf, delayed, type Occurrence } from './chatter.ts'

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
