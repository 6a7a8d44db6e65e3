/**
 * A water meter as a picture: each character a reading of its register, an `everyMs` after the one before. A
 * digit is what was used since, in m³; `j` a step back of 5 L; `f` a foreign reading; `n` a new register, at
 * 0; `o` the register rolls over its 10,000 m³ with 0.2 m³ of use; `x` is not to be believed; `-` says
 * nothing; `~` is a gateway that is away.
 */
import type { LiveCommit } from '../../src/rules/evaluate.ts'
import { commits, type Marks } from './pictures.ts'

export const METER_OPTIONS = {
  point: 'volume',
  capacityM3: 10_000,
  maxRateM3h: 20,
  heldMs: 3 * 3_600_000,
} as const

export function meterPicture(
  picture: string,
  everyMs = 3_600_000,
  { start = 0, unitM3 = 1, from = 5_000 }: { start?: number; unitM3?: number; from?: number } = {},
): LiveCommit[] {
  const marks: Record<string, Marks[string]> = {}
  let volume = from
  const letters = [...picture].map((mark, place) => {
    if (mark === '-' || mark === '~') return mark
    if (/\d/.test(mark)) volume += Number(mark) * unitM3
    if (mark === 'n') volume = 0
    if (mark === 'o') volume = volume + 0.2 - 10_000
    const shown = { j: volume - 0.005, f: volume + 3_000, x: 0 }[mark] ?? volume
    const values = { volume: Math.round(shown * 1e4) / 1e4 }
    const letter = String.fromCharCode(0x4e00 + place)
    marks[letter] = mark === 'x' ? { values, doubts: { volume: 'bad' } } : { values }
    return letter
  })
  return commits(letters.join(''), marks, everyMs, start)
}
