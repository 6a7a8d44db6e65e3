import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, JUMP, NO_FIX, YARD } from '../../tests/support/places.ts'
import { geofence, geofenceKind } from './geofence.ts'

const STEP_MS = 10_000
const SITE = { zones: [{ id: 'yard', name: 'Yard', kind: 'area' as const, rings: YARD.rings }] }
const bound = (options: object) =>
  boundAlone(geofenceKind, geofence, { zones: ['yard'], must: 'stay-inside', ...options }, SITE)
const MARKS = {
  i: at(100), // in the yard
  n: at(190), // 10 m inside its border
  b: at(210), // 10 m past it
  o: at(260), // 60 m past it
  j: JUMP,
  z: NO_FIX,
}
const told = (picture: string, options: object) =>
  drawn(picture.length, run(geofence, bound(options), commits(picture, MARKS, STEP_MS)), STEP_MS)

describe('geofence, to stay inside (buffer 30 m, two fixes, 30 s, a character 10 s)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['inside is fine',                                      'iiiiiiii', '--------'],
    ['outside for the whole dwell breaches',                'iioooooo', '-----B--'],
    ['one fix outside does not',                            'iioiiiii', '--------'],
    ['a short trip outside does not',                       'iioooiii', '--------'],
    ['a walk along the border is no crossing',              'ibnbnbnbnb', '----------'],
    ['past the border by less than the buffer is not out',  'ibbbbbbb', '--------'],
    ['back inside, and for the dwell, clears',              'iooooobiii--iii', '----B-----F----'],
    ['out of the buffer but not back inside stays a breach', 'iooooobbbbbb', '----B-------'],
    ['a jump neither raises',                               'iijjiiii', '--------'],
    ['nor clears',                                          'iooooojooo', '----B-----'],
    ['whoever is outside at the start is out',              'ooooo', '---B-'],
    ['a fix without a position says nothing',               'iozzzooo', '-----B--'],
    ['silence after two fixes outside is out too',          'iioo------', '-----B----'],
    ['silence after one is not',                            'iio-------', '----------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture, { dwellMs: 30_000 })).toBe(wanted)
  })
})

it('a tunnel longer than a fix is believed proves nothing, until the first fix behind it', () => {
  const options = { dwellMs: 50_000, heldMs: 20_000 }
  expect(told('iioo------oo', options)).toBe('----------B-')
  expect(told('iioo------ii', options)).toBe('------------')
})

describe('geofence, to keep out', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['outside is fine',                          'oooooo', '------'],
    ['inside breaches, and outside clears',      'ooiiiiiooooo', '-----B----F-'],
    ['just inside the border is not yet in',     'oonnnnnn', '--------'],
    ['a jump into it is none',                   'ojojojoj', '--------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture, { must: 'keep-out', dwellMs: 30_000 })).toBe(wanted)
  })

  it('a zone narrower than the buffer is refused, for nothing is ever so deep in it', () => {
    expect(() => bound({ must: 'keep-out', bufferM: 120 })).toThrow(
      'options.bufferM: nothing is 120 m inside yard',
    )
  })
})

it('resumes from a checkpoint at any commit as if it had never stopped', () => {
  const options = bound({ dwellMs: 30_000 })
  const all = commits('iiozoooojiiiboooo--iiziiioo------', MARKS, STEP_MS)
  const whole = run(geofence, options, all)
  expect(whole.map(({ breached }) => breached)).toEqual([true, false, true])
  for (const told of resumedAnywhere(geofence, options, all)) expect(told).toEqual(whole)
})

it('says where and which zones', () => {
  const options = bound({ dwellMs: 0, fixes: 1 })
  const { verdict } = geofence.step(
    geofence.start(options, 0).state,
    { reading: { device: 'car-1', at: 0, receivedAt: 0, ...MARKS.o } },
    options,
  )
  expect(verdict?.because).toMatchObject({
    code: 'left-zone',
    figures: { zones: 'yard', lat: expect.any(Number) },
  })
})

it('a zone that is not there is named', () => {
  expect(() => bound({ zones: ['moon'] })).toThrow('options.zones: the site has no zone moon')
})
