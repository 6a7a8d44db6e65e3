import { describe, expect, it } from 'vitest'
import { BEGIN, MINUTE_MS, ROUTE, sentLate, walked } from '../../tests/support/patrol.ts'
import { drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { roundIncomplete } from './round-incomplete.ts'

const told = (stream: ReturnType<typeof walked>) =>
  run(roundIncomplete, ROUTE, stream).map(
    ({ at, breached }) => `${breached ? '+' : '-'}${(at - BEGIN) / MINUTE_MS}`,
  )

describe('round-incomplete (rounds from minute 1 and 21, over 12 min later)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    //                                                        1  a  b  c   over    21 a  b  c   over
    ['every checkpoint visited is fine',                    '---a--b--c-------------a--b--c-----', '-----------------------------------'],
    ['in any order, by any guard',                          '---c--B--a-------------2--1--3-----', '-----------------------------------'],
    ['one left out breaches when the round is over, until a round is whole', '---a-----c-------------a--b--c-----', '-------------B---------------F-----'],
    ['nobody there breaches as well',                       '-----------------------a--b--c-----', '-------------B---------------F-----'],
    ['a visit at the very end counts',                      '---a--b------c---------a--b--c-----', '-----------------------------------'],
    ['a visit after it does not',                           '---a--b-------c--------a--b--c-----', '-------------B---------------F-----'],
    ['a checkpoint touched twice is one visit',             '---aa----c-------------a--b--c-----', '-------------B---------------F-----'],
    ['two rounds are one alarm',                            '---a-----c-------------a-----c-----', '-------------B---------------------'],
    ['a message without a tag, or of another checkpoint, is no visit', '---a--v-zc-------------a--b--c-----', '-------------B---------------F-----'],
    ['a round that lay in an absence is not judged',        '~~~~~~~~~~~~~~---------a--b--c-----', '-----------------------------------'],
    ['nor is one that lay in an absence later on',           '---a--b--c-----~~~~~~~~~~~~~~~~~~~~~~--------', '---------------------------------------------'],
    ['of one under way, readers may send for a while what they kept', '---a--~~~~~~~~-b-c-----a--b--c-----', '----------------B------------F-----'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(roundIncomplete, ROUTE, walked(picture)), MINUTE_MS, BEGIN)).toBe(wanted)
  })

  it('a reader that sends late proves the visit, and the round is whole after all', () => {
    const stream = sentLate(walked('---a--b--c----------------'), 6, 20)
    expect(told(stream)).toEqual(['+13', '-13'])
  })

  it('one proof is not enough where two rounds lack a visit', () => {
    const all = walked('---a--b--c-------------a-----c----------------------')
    expect(told(sentLate(all, 6, 36))).toEqual(['+13'])
  })

  it('of a route that is edited while a round is under way, that round is judged by neither plan, and the next by the new one', () => {
    const { visits } = ROUTE.plan
    const edited = { ...ROUTE, plan: { ...ROUTE.plan, visits: visits.slice(1) } }
    const all = walked('---a--b--c-----------------b-----------------')
    for (const cut of [5, 8]) {
      const kept = new Map()
      expect(run(roundIncomplete, ROUTE, all.slice(0, cut), kept)).toEqual([])
      const stored = new Map(JSON.parse(JSON.stringify([...kept])))
      const later = run(roundIncomplete, edited, all.slice(cut), stored as typeof kept)
      expect(later.map(({ at }) => (at - BEGIN) / MINUTE_MS)).toEqual([33])
    }
  })

  it('says what is missing, or that nobody walked', () => {
    const because = (line: string) => {
      let state = roundIncomplete.start(ROUTE, BEGIN).state
      for (const { readings } of walked(line)) {
        for (const reading of readings) state = roundIncomplete.step(state, { reading }, ROUTE).state
      }
      return roundIncomplete.step(state, { wokenAt: BEGIN + 13 * MINUTE_MS }, ROUTE).verdict?.because
    }
    const started = '2026-03-01 00:00'
    expect(because('---a-----c')).toEqual({
      code: 'round-lacks',
      figures: { started, made: 2, visits: 3, missing: 'b' },
    })
    expect(because('---')).toEqual({ code: 'round-not-walked', figures: { started, made: 0, visits: 3 } })
  })

  it('remembers a bounded number of incomplete rounds', () => {
    let { state, wakeAt } = roundIncomplete.start(ROUTE, BEGIN)
    for (let round = 0; round < 50; round++) {
      const took = roundIncomplete.step(state, { wokenAt: wakeAt ?? 0 }, ROUTE)
      state = took.state
      wakeAt = took.wakeAt
    }
    expect(state.incomplete.length).toBe(8)
    expect(state.open.length).toBeLessThan(3)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const line =
      '---a--b--c-------------a-----c-------------a--b--c---~~~~~~~~~~a-----c--------------a-----c-'
    const all = sentLate(walked(`${line}----------a--b--c---`), 84, 90)
    const whole = run(roundIncomplete, ROUTE, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const again of resumedAnywhere(roundIncomplete, ROUTE, all)) expect(again).toEqual(whole)
  })
})
