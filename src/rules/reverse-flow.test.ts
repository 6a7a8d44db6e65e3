import { describe, expect, it } from 'vitest'
import { METER_OPTIONS } from '../../tests/support/meter-picture.ts'
import { commits, drawn, type Marks, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { reverseFlow } from './reverse-flow.ts'

const HOUR_MS = 3_600_000
const OPTIONS = {
  ...METER_OPTIONS,
  point: 'flow',
  aboveM3: 0.01,
  share: 0.001,
  windowMs: 4 * HOUR_MS,
  heldMs: 2 * HOUR_MS,
} as const

/**
 * Each hour a digit: litres that ran back by the reverse register (`b` 20, `r` it starts anew), while
 * `forwardM3` ran forward.
 */
function reverse(picture: string, forwardM3 = 1) {
  let [back, volume] = [3, 100]
  const marks = Object.fromEntries(
    [...picture].map((mark, hour): [string, Marks[string]] => {
      if (mark === 'r') back = 0
      if (mark === 'b') back += 0.02
      if (/\d/.test(mark)) back += Number(mark) / 1_000
      volume += forwardM3
      const values = { reverse: Math.round(back * 1e6) / 1e6, volume }
      return [String.fromCharCode(0x4e00 + hour), { values }]
    }),
  )
  const letters = [...picture].map((mark, hour) => (mark === '-' ? mark : String.fromCharCode(0x4e00 + hour)))
  return commits(letters.join(''), marks, HOUR_MS)
}

describe('reverse-flow (more than 10 L within 4 h)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a register at rest is fine',             '000000000', '---------'],
    ['ten litres are fine, eleven are not',    '05500000065', '----------B'],
    ['what runs back slowly adds up',          '0333300000', '----B---F-'],
    ['a valve that lets back a little each time it closes is fine', '0300020003', '----------'],
    ['it clears with a window without',        '0920000000', '--B---F---'],
    ['and goes on while it runs back',         '0990909090000', '--B-------F--'],
    ['a new reverse register is no flow',      '055r00', '------'],
    ['a gap hides nothing from a register',    '0-----b',  '------B'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(reverseFlow, OPTIONS, reverse(picture)), HOUR_MS)).toBe(wanted)
  })

  it('a thousandth of what ran forward is within bounds', () => {
    expect(run(reverseFlow, OPTIONS, reverse('055555', 10))).toEqual([])
  })

  it('negative flow runs back, as long as a sample is believed', () => {
    const marks = { f: { values: { flow: 1 } }, b: { values: { flow: -0.02 } }, z: { values: { flow: 0 } } }
    const told = (picture: string) =>
      drawn(picture.length, run(reverseFlow, OPTIONS, commits(picture, marks, HOUR_MS)), HOUR_MS)
    expect(told('ffbbzzzzzz')).toBe('---B---F--')
    expect(told('fb---b---b')).toBe('----------')
  })

  it('what the meter itself says is taken at its word', () => {
    const marks = {
      y: { values: { 'back-flow': true } },
      n: { values: { 'back-flow': false } },
      u: { values: { 'back-flow': true }, doubts: { 'back-flow': 'bad' as const } },
    }
    const told = run(reverseFlow, OPTIONS, commits('nuyynn', marks, HOUR_MS))
    expect(drawn(6, told, HOUR_MS)).toBe('--B-F-')
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = reverse('0990-909000r0009900000')
    const whole = run(reverseFlow, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const one of resumedAnywhere(reverseFlow, OPTIONS, all)) expect(one).toEqual(whole)
  })
})
