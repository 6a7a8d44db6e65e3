import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, JUMP, NO_FIX } from '../../tests/support/places.ts'
import { tow } from './tow.ts'

const MINUTE_MS = 60_000
const OPTIONS = tow.options.parse({ restMs: 4 * MINUTE_MS })
const off = { ignition: false }
const MARKS = {
  p: at(0, off), // parked
  d: at(80, off), // 80 m from there: drift
  e: at(-80, { ...off, speed: 6 }), // the other way, and it says a speed
  a: at(300, off), // moved
  b: at(700, off), // and on
  c: at(1_100, off),
  g: at(300, { ignition: true }), // driven by itself
  h: at(700, { ignition: true }),
  u: at(300), // says nothing of the ignition
  j: JUMP,
  z: { ...NO_FIX, values: { ...NO_FIX.values, ...off } },
}
const stream = (picture: string) => commits(picture, MARKS, MINUTE_MS)

describe('tow (200 m with the ignition off, set down after 4 min, a character a minute)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['two fixes away from where it stood breach',       'pp-ab-', '----B-'],
    ['one fix away does not',                           'pp-ap-', '------'],
    ['hours of drift do not',                           'pdepdepdepdepde', '---------------'],
    ['a jump does not, even of two fixes',              'ppjzpjpp', '--------'],
    ['a vehicle under its own power is not towed',      'pgghhgh', '-------'],
    ['the drive home and its end are no tow',           'hhgaaaaa', '--------'],
    ['a tracker that never says its ignition is not judged', 'uuujjj', '------'],
    ['the last said ignition holds',                    'pp-uu-', '----B-'],
    ['the ignition clears',                             'ppabbgh', '---B-F-'],
    ['so does standing, once it has been set down',     'ppabcccccc', '---B----F-'.replace('----F-', '-----F')],
    ['while it goes on, the breach does',               'ppabcabcabc', '---B-------'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(tow, OPTIONS, stream(picture)), MINUTE_MS)).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = stream('pdzpabbcccccccjcc-abgghaab---pp')
    const whole = run(tow, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(tow, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
