import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, JUMP, YARD } from '../../tests/support/places.ts'
import { speeding, speedingKind } from './speeding.ts'

const STEP_MS = 5_000
const SITE = { zones: [{ id: 'yard', name: 'Yard', kind: 'campus' as const, rings: YARD.rings }] }
const bound = (options: object) => boundAlone(speedingKind, speeding, { limitKmh: 80, ...options }, SITE)
const kmh = (speed: number) => ({ values: { speed } })
const MARKS = {
  s: kmh(70),
  l: kmh(84), // above the limit, within the tolerance
  f: kmh(95),
  k: kmh(79), // below the limit, within the hysteresis
  w: kmh(600), // no vehicle drives that
  x: { values: { speed: 95 }, doubts: { speed: 'bad' as const } },
  v: { values: { ignition: true } },
  i: at(100, { speed: 40 }), // in the yard
  o: at(350, { speed: 40 }), // on the road
  j: { values: { ...JUMP.values, speed: 40 } },
  b: at(185, { speed: 40 }), // 15 m inside the wall
}
const stream = (picture: string) => commits(picture, MARKS, STEP_MS)
const told = (picture: string, options: object = {}) =>
  drawn(picture.length, run(speeding, bound(options), stream(picture)), STEP_MS)

describe('speeding (80 km/h + 5 for 10 s, a character 5 s)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['fast for the whole time breaches',                 'ssfffss', '----BF-'.replace('BF-', 'B-F')],
    ['a short burst does not',                           'sffsffs', '-------'],
    ['within the tolerance it is not fast',              'llllllll', '--------'],
    ['one fast sample and then silence is no breach',    'sf------', '--------'],
    ['two fast samples too far apart are not one drive', 'f------f', '--------'],
    ['two samples suffice',                              'f--f----', '---B----'],
    ['an impossible speed counts for nothing',           'swwwws', '------'],
    ['nor does a doubted one',                           'sxxxxs', '------'],
    ['neither interrupts',                               'fwxf-s', '---B--'],
    ['just below the limit the breach goes on',          'fffkkkk', '--B----'],
    ['one slow sample does not clear',                   'fffsfsf', '--B----'],
    ['two in a row do',                                  'fffsvss', '--B--F-'],
    ['silence does not clear',                           'fff------------', '--B------------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('a zone has a limit of its own, from some way inside it', () => {
    const zones = { yard: 20 }
    expect([told('iiii', { zones }), told('oooo', { zones }), told('bbbb', { zones })]).toEqual([
      '--B-',
      '----',
      '----',
    ])
    expect(told('iiooo', { zones })).toBe('-----')
    expect(told('oojoo', { zones }), 'a jump is in no zone').toBe('-----')
    expect(told('iijii', { zones }), 'and where it is, nothing is judged').toBe('---B-')
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const options = bound({ zones: { yard: 20 } })
    const all = stream('sfffkfsxss-iiiiwooo-fffvsfs')
    const whole = run(speeding, options, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(speeding, options, all)) expect(told).toEqual(whole)
  })

  it('what changes nothing leaves the state as it is', () => {
    const options = bound({})
    const { state } = speeding.step(
      speeding.start(options, 0).state,
      { reading: { device: 'car-1', at: 0, receivedAt: 0, values: { speed: 10 } } },
      options,
    )
    const again = { reading: { device: 'car-1', at: 5, receivedAt: 5, values: { speed: 20 } } }
    expect(speeding.step(state, again, options).state).toBe(state)
  })
})
