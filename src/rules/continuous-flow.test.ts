import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { continuousFlow } from './continuous-flow.ts'

const HOUR_MS = 3_600_000
const OPTIONS = {
  point: 'volume',
  floorM3h: 0.1,
  forMs: 4 * HOUR_MS,
  intervalMs: HOUR_MS,
  heldMs: 2 * HOUR_MS,
} as const

/** A picture of hours: a digit is the use of that hour in m³, `-` says nothing, `x` is not to be believed, `b` runs back. */
function hours(picture: string) {
  let volume = 100
  const marks = Object.fromEntries(
    [...picture].map((mark, hour) => {
      if (/\d/.test(mark)) volume += Number(mark)
      if (mark === 'b') volume -= 0.01
      const values = { volume: mark === 'x' ? 0 : volume }
      return [
        String.fromCharCode(0x4e00 + hour),
        mark === 'x' ? { values, doubts: { volume: 'bad' as const } } : { values },
      ]
    }),
  )
  const letters = [...picture].map((mark, hour) =>
    mark === '-' || mark === '~' ? mark : String.fromCharCode(0x4e00 + hour),
  )
  return commits(letters.join(''), marks, HOUR_MS)
}

describe('continuous-flow (above 0.1 m³/h in every hour for 4 h, a gap above 2 h is one)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['flow in every hour is a leak',               '01111111', '----B---'],
    ['one hour without flow starts the count anew','01110111101', '--------BF-'],
    ['a gap longer than a value is held stops the count', '0111---1111', '-----------'],
    ['and after it flow counts from the first reading',   '011---11111', '----------B'],
    ['a short gap belongs to the interval',        '011-1111', '----B---'],
    ['a gap does not clear a leak',                '01111----10', '----B-----F'],
    ['what is not to be believed is not said',     '01x11x1', '----B--'],
    ['a register that runs back starts the count anew and clears nothing', '0111b11111b10', '--------B---F'],
    ['no use at all is fine',                      '00000000', '--------'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(continuousFlow, OPTIONS, hours(picture)), HOUR_MS)).toBe(wanted)
  })

  it('a slow leak whose register steps every other reading is seen over the longer interval', () => {
    const marks = Object.fromEntries(
      [...'abcdefghijk'].map((mark, i) => [mark, { values: { volume: Math.floor(i / 2) } }]),
    )
    const stream = commits('abcdefghijk', marks, HOUR_MS / 2)
    expect(run(continuousFlow, OPTIONS, stream)).toEqual([{ at: 4 * HOUR_MS, breached: true }])
  })

  it('flow itself may be judged, reading by reading', () => {
    const marks = { f: { values: { flow: 0.2 } }, z: { values: { flow: 0.05 } } }
    const stream = commits('zfffffz', marks, HOUR_MS)
    expect(drawn(7, run(continuousFlow, { ...OPTIONS, point: 'flow' }, stream), HOUR_MS)).toBe('----B-F')
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = hours('0111-1101-b11111x110---1111110')
    const whole = run(continuousFlow, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const told of resumedAnywhere(continuousFlow, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
