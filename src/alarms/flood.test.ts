import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CALM, endsAt, FLOOD, type FloodChange, passed, told } from './flood.ts'

const MINUTE = 60_000

function play(instants: readonly number[], end = Infinity): FloodChange[] {
  let state = CALM
  const changes: FloodChange[] = []
  for (const at of instants) {
    const step = told(state, at)
    state = step.state
    changes.push(...step.changes)
  }
  if (end !== Infinity) changes.push(...passed(state, end).changes)
  return changes
}

const every = (gapMs: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => from + i * gapMs)

describe('a flood', () => {
  it('begins with the eleventh alarm in ten minutes, not with the tenth', () => {
    expect(play(every(1_000, 10))).toEqual([])
    expect(play(every(1_000, 11))).toEqual([{ is: 'began', since: 10_000, count: 11 }])
  })

  it('does not begin where the first of eleven is ten minutes old to the millisecond', () => {
    expect(play([...every(1_000, 10), 10 * MINUTE])).toEqual([])
    expect(play([...every(1_000, 10), 10 * MINUTE - 1])).toHaveLength(1)
  })

  it('ends when the fifth newest alarm is ten minutes old, whenever anyone looks', () => {
    const began = play(every(1_000, 11), 6_000 + 10 * MINUTE - 1)
    expect(began.map(({ is }) => is)).toEqual(['began'])
    expect(play(every(1_000, 11), 60 * MINUTE).at(-1)).toEqual({
      is: 'ended',
      since: 10_000,
      count: 11,
      until: 6_000 + 10 * MINUTE,
    })
  })

  it('that goes on at a little more than one alarm in two minutes does not end, at a little less it does', () => {
    const flood = every(1_000, 11)
    expect(play([...flood, ...every(1.9 * MINUTE, 20, MINUTE)]).map(({ is }) => is)).toEqual(['began'])
    expect(play([...flood, ...every(2.1 * MINUTE, 20, MINUTE)]).map(({ is }) => is)).toEqual([
      'began',
      'ended',
    ])
  })
})

/** The definition read out loud, with every instant kept. */
function byDefinition(instants: readonly number[], end: number): string[] {
  const edges = [...new Set([...instants, ...instants.map((at) => at + FLOOD.windowMs)])].filter(
    (at) => at <= end,
  )
  const found: string[] = []
  let isFlood = false
  for (const now of edges.toSorted((a, b) => a - b)) {
    const inWindow = (count: readonly number[]) => count.filter((at) => now - at < FLOOD.windowMs).length
    const before = inWindow(instants.filter((at) => at < now))
    if (isFlood && before < FLOOD.endsBelow) {
      isFlood = false
      found.push(`ended ${now}`)
    }
    if (!isFlood && inWindow(instants.filter((at) => at <= now)) > FLOOD.beginsAbove) {
      isFlood = true
      found.push(`began ${now}`)
    }
  }
  return found
}

describe('whatever comes', () => {
  const instants = fc
    .array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 200_000 })), {
      maxLength: 120,
    })
    .map((gaps) => {
      let at = 0
      return gaps.map((gap) => {
        at += gap
        return at
      })
    })

  it('begins and ends exactly where the definition says, with eleven instants of memory', () => {
    fc.assert(
      fc.property(instants, (list) => {
        const end = (list.at(-1) ?? 0) + 2 * FLOOD.windowMs
        const changes = play(list, end).map((change) =>
          change.is === 'began' ? `began ${change.since}` : `ended ${change.until}`,
        )
        expect(changes).toEqual(byDefinition(list, end))
      }),
      { numRuns: 300 },
    )
  })

  it('looking in between changes nothing', () => {
    fc.assert(
      fc.property(instants, fc.array(fc.nat(2_000_000), { maxLength: 30 }), (list, looks) => {
        const end = (list.at(-1) ?? 0) + 2 * FLOOD.windowMs
        let state = CALM
        const changes: FloodChange[] = []
        const all = [
          ...list.map((at) => ({ at, isAlarm: true })),
          ...looks.map((at) => ({ at, isAlarm: false })),
        ]
        for (const { at, isAlarm } of all.toSorted((a, b) => a.at - b.at)) {
          const step = isAlarm ? told(state, at) : passed(state, at)
          state = step.state
          changes.push(...step.changes)
          expect(state.recent.length).toBeLessThanOrEqual(11)
          expect(endsAt(state) !== undefined).toBe(state.flood !== undefined)
        }
        expect([...changes, ...passed(state, end).changes]).toEqual(play(list, end))
      }),
    )
  })
})
