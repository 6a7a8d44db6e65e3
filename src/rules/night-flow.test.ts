import { describe, expect, it } from 'vitest'
import { METER_OPTIONS, meterPicture } from '../../tests/support/meter-picture.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { nightFlow, nightFlowKind } from './night-flow.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const OPTIONS = {
  ...(nightFlowKind.declared.parse({}) as object),
  ...METER_OPTIONS,
  timeZone: 'UTC',
} as Parameters<typeof nightFlow.step>[2]

/**
 * A picture of nights: a digit is what runs in each hour of it, in units of 10 L; `-` says nothing, `x` loses
 * one of its hours.
 */
const hours = (nights: string) =>
  [...nights]
    .map((night) => {
      if (night === '-') return '-'.repeat(24)
      const [first, second] = night === 'x' ? ['-', '-'] : [night, night]
      const rest = night === 'x' ? '0' : night
      return `99${rest}${first}${second}${'9'.repeat(19)}`
    })
    .join('')

const nights = (picture: string, start = 0) => meterPicture(hours(picture), HOUR_MS, { unitM3: 0.01, start })

/** Verdicts fall when the night is over, at four. */
const told = (picture: string, options = OPTIONS) =>
  drawn(picture.length, run(nightFlow, options, nights(picture)), DAY_MS, 4 * HOUR_MS)

describe('night-flow (02:00 to 04:00 against the last 14 nights, 7 at least)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a night like the others is fine',             '2323232323232', '-------------'],
    ['a large rise is told the same morning',       '000000009',     '--------B'],
    ['but not before there are seven nights',       '000009',        '------'],
    ['a small rise is told after three nights',     '5555555777',    '---------B'],
    ['two high nights and a usual one are not',     '5555555775775', '-------------'],
    ['a fifth more than usual is within bounds',    '6666666777777', '-------------'],
    ['it clears with a usual night',                '00000009990',   '-------B--F'],
    ['a leak does not become usual',                '0000000999999999999999999990', '-------B-------------------F'],
    ['a night without readings says nothing',       '0000000-9-0',   '--------B-F'],
    ['nor does one of which too little is known',   '0000000x9x0',   '--------B-F'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('up to the floor nothing is breached, however quiet the other nights', () => {
    expect(told('0000000333', { ...OPTIONS, floorM3h: 0.03 })).toBe('----------')
  })

  it('a meter that is read once a day has no value of the night', () => {
    const daily = meterPicture('11111111111119', DAY_MS, { start: 3 * HOUR_MS })
    expect(run(nightFlow, { ...OPTIONS, heldMs: 36 * HOUR_MS }, daily)).toEqual([])
  })

  it('nothing ran where the register stood still across a gap', () => {
    const stream = meterPicture(
      `${hours('9999999')}${'9'.repeat(2)}----0${'0'.repeat(17)}${hours('9')}`,
      HOUR_MS,
      { unitM3: 0.01 },
    )
    expect(run(nightFlow, OPTIONS, stream)).toEqual([])
  })

  it('flow may be judged where there is no register', () => {
    const marks = { q: { values: { flow: 0 } }, l: { values: { flow: 0.5 } } }
    const stream = commits(`${'q'.repeat(8 * 24)}${'l'.repeat(24)}${'q'.repeat(24)}`, marks, HOUR_MS)
    const options = { ...OPTIONS, point: 'flow' } as const
    expect(run(nightFlow, options, stream)).toEqual([
      { at: 8 * DAY_MS + 4 * HOUR_MS, breached: true },
      { at: 9 * DAY_MS + 4 * HOUR_MS, breached: false },
    ])
  })

  it('the window is on the clocks of the site, on days without an hour and with one too many', () => {
    const quiet = { ...OPTIONS, timeZone: 'Europe/Madrid', window: { from: '02:00', to: '04:00' } }
    const start = Date.UTC(2016, 9, 20, 22) // midnight in Madrid; the clocks go back on the 30th, forward on 26 March
    const year = meterPicture(hours('0'.repeat(160)), HOUR_MS, { unitM3: 0.01, start })
    expect(run(nightFlow, quiet, year)).toEqual([])
  })

  it('keeps fourteen numbers and no readings', () => {
    const kept = new Map()
    run(nightFlow, OPTIONS, nights('23'.repeat(20)), kept)
    expect(kept.get('meter-1').state.usual).toHaveLength(14)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = nights('000000099x0')
    const whole = run(nightFlow, OPTIONS, all)
    expect(whole).toHaveLength(2)
    for (const one of resumedAnywhere(nightFlow, OPTIONS, all)) expect(one).toEqual(whole)
  })
})
