import { describe, expect, it } from 'vitest'
import { BEGIN, MINUTE_MS, ROUTE, sentLate, walked } from '../../tests/support/patrol.ts'
import { drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { patrolOrder } from './patrol-order.ts'

const OPTIONS = { ...ROUTE, toleranceMs: 10_000 }

describe('patrol-order (rounds from minute 1 and 21, over 12 min later)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    //                                                       1  a  b  c   over    21 a  b  c   over
    ['in order is fine, early or late',                     '-a----b----c----------a---b---c-----', '------------------------------------'],
    ['one left out puts none of the others out of order',   '---a-----c------------a-------------', '------------------------------------'],
    ['one visited after a later one breaches until the round is over', '---a--c--b------------a--b--c-------', '---------B---F----------------------'],
    ['walked backwards is one breach',                      '---c--b--a------------a--b--c-------', '------B------F----------------------'],
    ['each round counts by itself',                         '---c--b--a-------------c--b--a------', '------B------F------------B------F--'],
    ['a checkpoint touched again is not out of order',      '---a--b-a-c-----------a--b--c-------', '------------------------------------'],
    ['two guards who share a round have no order between them', '---a--C--b---------------------------', '-------------------------------------'],
    ['each guard has an order',                             '---A--c--b---------------------------', '---------B---F-----------------------'],
    ['where nobody says who walks, it is one guard',        '---1--3--2---------------------------', '---------B---F-----------------------'],
    ['a message without a tag is no visit',                 '---a--vc-----------------------------', '-------------------------------------'],
    ['in an absence nothing is decided, and the breach ends after it', '---c--b-~~~~~~~~------------------', '------B-----------F---------------'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(patrolOrder, OPTIONS, walked(picture)), MINUTE_MS, BEGIN)).toBe(wanted)
  })

  it('goes by when a read was made, not by when it came', () => {
    expect(run(patrolOrder, OPTIONS, sentLate(walked('---a--b--c----'), 6, 11))).toEqual([])
    const wrong = run(patrolOrder, OPTIONS, sentLate(walked('---a--c--b----'), 6, 11))
    expect(wrong.map(({ breached }) => breached)).toEqual([true, false])
  })

  it('clocks of two readers may differ a little', () => {
    const told = (first: string, second: string, ms: number) => {
      const stream = walked(`---${first}--${second}-------`).map((commit) => ({
        ...commit,
        readings: commit.readings.map((reading) =>
          reading.device === second ? { ...reading, at: BEGIN + 3 * MINUTE_MS + ms } : reading,
        ),
      }))
      return run(patrolOrder, OPTIONS, stream).length
    }
    expect(told('a', 'b', -10_000)).toBe(0)
    expect(told('a', 'b', -10_001)).toBe(2)
    expect(told('b', 'a', 10_000)).toBe(0)
    expect(told('b', 'a', 10_001)).toBe(2)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const rounds = [
      '--a--c--b-----------',
      '--a--b--c-----------',
      '--c--b~~~~~~--------',
      '--c--B--a-----------',
    ]
    const all = walked(`-${rounds.join('')}`)
    const whole = run(patrolOrder, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const again of resumedAnywhere(patrolOrder, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
