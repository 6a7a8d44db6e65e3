import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { fuelDrop, fuelDropKind } from './fuel-drop.ts'

const MINUTE_MS = 60_000
const bound = (options: object = {}) => boundAlone(fuelDropKind, fuelDrop, options)
const litres = (fuel: number, speed = 0) => ({ values: { fuel, speed } })
const MARKS = {
  D: litres(40, 50), // driving
  S: litres(32, 50), // driving, and the fuel sloshes away
  a: litres(40),
  b: litres(39.5),
  c: litres(41), // the noise of the sensor
  g: litres(5), // a glitch
  l: litres(33), // 7 L less
  w: litres(38),
  x: litres(36), // one step down of many
  y: litres(34),
  f: litres(60), // after refuelling
  m: litres(33, 7), // drift at speed
  i: { values: { fuel: 40, ignition: false } },
  k: { values: { fuel: 33, ignition: true } },
  n: { values: { fuel: 33, speed: 0 }, doubts: { fuel: 'bad' as const } },
}
const told = (picture: string, options: object = {}) =>
  drawn(picture.length, run(fuelDrop, bound(options), commits(picture, MARKS, MINUTE_MS)), MINUTE_MS)

describe('fuel-drop (5 L within 10 min, a character a minute)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a tank that stands full is fine',              'DDaabcabcabc', '------------'],
    ['fuel that is gone breaches',                   'DDaaaaaalllll', '----------B--'],
    ['one glitch is none, nor are two',              'DDaaaaaggaaagaa', '---------------'],
    ['sloshing while driving is none',               'DDDSSSDDSSSSSDD', '---------------'],
    ['nor in the first minute after the stop',       'DDSSSaaaaaaaa', '-------------'],
    ['refuelling is none',                           'DDaaaaaffffff', '-------------'],
    ['theft from what was refuelled is one',         'DDaaafffffaaaaa', '------------B--'],
    ['what is not to be believed is not judged',     'DDaaaannnnnnn', '-------------'],
    ['refilled it clears',                           'DDaaaalllllaaaa', '--------B----F-'],
    ['driven on it clears',                          'DDaaaalllllDDD', '--------B---F-'],
    ['one reading at speed is drift',                'DDaaaalllllmlll', '--------B------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('a slow change over the night is temperature or the sensor', () => {
    const hour = 20
    const night = `DDaaaa${'a'.repeat(hour)}${'w'.repeat(hour)}${'x'.repeat(hour)}${'y'.repeat(hour)}`
    expect(run(fuelDrop, bound(), commits(night, MARKS, MINUTE_MS))).toEqual([])
  })

  it('a tracker that slept all night is compared with the level it came with', () => {
    expect(told(`DDDa${'-'.repeat(60)}lll--`)).toBe(`${'-'.repeat(66)}B--`)
    expect(told(`DDDa${'-'.repeat(60)}aaa--`)).toBe('-'.repeat(69))
  })

  it('a tracker without speed stands while its ignition is off', () => {
    expect(told('kkkiiiiii')).toBe('---------')
    const off = { l: { values: { fuel: 33, ignition: false } } }
    const stream = commits('iiiiilllll', { ...MARKS, ...off }, MINUTE_MS)
    expect(run(fuelDrop, bound(), stream)).toHaveLength(1)
  })

  it('a large tank has more noise', () => {
    expect(told('DDaaaaaalllll', { tankL: 300 })).toBe('-'.repeat(13))
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('DDaaaagalllllmlaaaaDSDDDDa-----------------lllllDDD', MARKS, MINUTE_MS)
    const whole = run(fuelDrop, bound(), all)
    expect(whole).toHaveLength(4)
    for (const told of resumedAnywhere(fuelDrop, bound(), all)) expect(told).toEqual(whole)
  })

  it('a steady level leaves the state as it is', () => {
    const options = bound()
    let { state } = fuelDrop.start(options, 0)
    const hear = (minute: number) => {
      const at = minute * MINUTE_MS
      return fuelDrop.step(state, { reading: { device: 'car-1', at, receivedAt: at, ...MARKS.a } }, options)
    }
    for (let minute = 0; minute < 8; minute++) state = hear(minute).state
    expect(hear(8).state).toBe(state)
  })
})
