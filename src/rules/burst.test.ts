import { describe, expect, it } from 'vitest'
import { METER_OPTIONS, meterPicture } from '../../tests/support/meter-picture.ts'
import { commits, drawn, type Marks, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { burst, burstKind } from './burst.ts'

const HOUR_MS = 3_600_000
const DAY = 24
const OPTIONS = {
  ...(burstKind.declared.parse({ learnMs: 2 * DAY * HOUR_MS }) as object),
  ...METER_OPTIONS,
  timeZone: 'UTC',
} as Parameters<typeof burst.step>[2]

/** 2 m³ from eight to five, nothing else. */
const ORDINARY_DAY = `${'0'.repeat(9)}${'2'.repeat(9)}${'0'.repeat(6)}`
const LEARNT = ORDINARY_DAY.repeat(3)

/** What is told of a day that follows on three ordinary ones. */
const told = (picture: string, options = OPTIONS) =>
  drawn(picture.length, run(burst, options, meterPicture(LEARNT + picture)), HOUR_MS, LEARNT.length * HOUR_MS)

describe('burst (above twice the usual of the hour and 1 m³/h, for half an hour)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a day like the others is fine',               '000000000222222222000000', '------------------------'],
    ['five times the usual by day is a burst',      '00000000022299922', '------------B--F-'],
    ['twice the usual is not',                      '00000000022444422', '-----------------'],
    ['what is usual by day is a burst at night',    '0002200', '---B-F-'],
    ['an hour early is not',                        '000000002222', '------------'],
    ['one cubic metre is below the floor',          '0001100', '-------'],
    ['a burst that goes on is one',                 '0005555555555', '---B---------'],
    ['a gap is no flow',                            '000------9', '----------'],
    ['a foreign reading is none',                   '000f000', '-------'],
    ['a new register is none',                      '000n1110', '--------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('nothing is judged before the usual was learnt', () => {
    expect(run(burst, OPTIONS, meterPicture(`${ORDINARY_DAY}0009999`))).toEqual([])
  })

  it('two intervals of a quarter of an hour make a burst, one does not', () => {
    const quarters = (picture: string) => meterPicture(['0'.repeat(4 * 50), picture].join(''), HOUR_MS / 4)
    expect(run(burst, OPTIONS, quarters('00100'))).toEqual([])
    expect(run(burst, OPTIONS, quarters('00110')).map(({ breached }) => breached)).toEqual([true, false])
  })

  it('a burst does not become usual, however long it runs', () => {
    const picture = `000${'5'.repeat(3 * DAY)}`
    expect(told(picture)).toBe(`---B${'-'.repeat(3 * DAY - 1)}`)
  })

  it('what was usual fades by half in four weeks', () => {
    const kept = new Map()
    run(burst, OPTIONS, meterPicture(ORDINARY_DAY + '0'.repeat(28 * DAY)), kept)
    expect(kept.get('meter-1').state.usual[12]).toBeCloseTo(1, 1)
  })

  it('where pressure is reported it must have dropped', () => {
    const hours = (drop: number) => {
      let volume = 0
      const marks: Record<string, Marks[string]> = {}
      const letters = Array.from({ length: 60 }, (_, hour) => {
        const isBurst = hour >= 55
        volume += isBurst ? 5 : 0
        const letter = String.fromCharCode(0x4e00 + hour)
        marks[letter] = { values: { volume, pressure: isBurst ? 0.35 - drop : 0.35 } }
        return letter
      })
      return commits(letters.join(''), marks, HOUR_MS)
    }
    expect(run(burst, OPTIONS, hours(0.02))).toEqual([])
    expect(run(burst, OPTIONS, hours(0.08))).toHaveLength(1)
  })

  it('an hour more or less on the clocks of the site is no burst', () => {
    const start = Date.UTC(2016, 9, 27, 22) // midnight in Madrid, three days before the clocks go back
    const options = { ...OPTIONS, timeZone: 'Europe/Madrid' }
    expect(run(burst, options, meterPicture(ORDINARY_DAY.repeat(7), HOUR_MS, { start }))).toEqual([])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = meterPicture(`${ORDINARY_DAY.repeat(2)}00050-f0220009900`)
    const whole = run(burst, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const one of resumedAnywhere(burst, OPTIONS, all)) expect(one).toEqual(whole)
  })
})
