import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { at, JUMP, NO_FIX, YARD } from '../../tests/support/places.ts'
import { notReturned, notReturnedKind } from './not-returned.ts'

const STEP_MS = 10 * 60_000
const SITE = {
  zones: [{ id: 'yard', name: 'Yard', kind: 'parking' as const, rings: YARD.rings }],
  vehicles: [{ device: 'car-1', plate: 'A1', homeZones: ['yard'] }],
}
const bound = (options: object = {}) => boundAlone(notReturnedKind, notReturned, options, SITE)
const instant = (local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds
const MARKS = { h: at(100), a: at(5_000), b: at(9_000), j: JUMP, z: NO_FIX }
const EVENING = instant('2026-03-02T21:30') // the fourth character is 22:00
const told = (picture: string, options = bound(), start = EVENING) =>
  drawn(picture.length, run(notReturned, options, commits(picture, MARKS, STEP_MS, start)), STEP_MS, start)

describe('not-returned (by 22:00, a character 10 min)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['away at that time breaches',                       'aaa---', '---B--'],
    ['a tracker that has slept since is away',           'a--------', '---B-----'],
    ['at home does not',                                 'hhh---', '------'],
    ['home in time does not',                            'aahh--', '------'],
    ['two fixes at home clear',                          'aaaaahh', '---B--F'],
    ['one does not',                                     'aaaaahaa', '---B----'],
    ['a jump neither puts it away',                      'hhjh---', '-------'],
    ['nor at home',                                      'aajz--', '---B--'],
    ['where the last fix contradicts, the next tells: home', 'aah--hh-', '--------'],
    ['or away',                                          'aah--aa-', '-----B--'],
    ['a vehicle never seen is not judged',               '------', '------'],
    ['one that leaves later is not late',                'hhhhaaaa', '--------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('a position from days ago says nothing', () => {
    expect(told('a-----', bound({ heldMs: 20 * 60_000 }))).toBe('------')
  })

  it('is judged again the next day, and not twice', () => {
    const day = 'a'.repeat(144)
    expect(run(notReturned, bound(), commits(day + day, MARKS, STEP_MS, EVENING))).toHaveLength(1)
    const home = `${'a'.repeat(20)}${'h'.repeat(100)}${'a'.repeat(60)}`
    expect(
      run(notReturned, bound(), commits(home, MARKS, STEP_MS, EVENING)).map((verdict) => verdict.breached),
    ).toEqual([true, false, true])
  })

  it('only on its days', () => {
    const saturday = instant('2026-03-07T21:30')
    expect(told('aaa---', bound({ days: ['monday', 'friday'] }), saturday)).toBe('------')
  })

  it('on working days by the calendar: not on a holiday, but on a Saturday that is worked', () => {
    const calendar = (id: string, holidays: string[], workdays: string[]) => ({
      id,
      name: id,
      makeUpHours: [],
      years: { '2026': { holidays, workdays } },
      hours: { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [] },
    })
    const calendars = [calendar('office', ['2026-03-02'], ['2026-03-07']), calendar('school', [], [])]
    const on = (options: object) => boundAlone(notReturnedKind, notReturned, options, { ...SITE, calendars })
    const days = ['working', 'make-up']
    expect(told('aaa---', on({ days }))).toBe('------')
    expect(told('aaa---', on({ days, calendar: 'school' }))).toBe('---B--')
    expect(told('aaa---', on({ days }), instant('2026-03-07T21:30'))).toBe('---B--')
    expect(told('aaa---', on({ days: ['rest', 'holiday'] }))).toBe('---B--')
    expect(() => on({ days, calendar: 'none' })).toThrow('options.calendar: the site has no calendar none')
    expect(() => bound({ days })).toThrow('options.calendar: the site has no calendar')
  })

  it('after an absence of the gateway a vehicle may say that it is home first', () => {
    expect(told('aa~~hh--')).toBe('--------')
    expect(told('aa~~a---', bound({ graceMs: STEP_MS }))).toBe('-----B--')
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('haahzajaahhaa~~aa-hh', MARKS, STEP_MS, EVENING)
    const whole = run(notReturned, bound(), all)
    expect(whole.length).toBeGreaterThan(1)
    for (const told of resumedAnywhere(notReturned, bound(), all)) expect(told).toEqual(whole)
  })

  it('a vehicle without a home is named', () => {
    expect(() => boundAlone(notReturnedKind, notReturned, {}, { ...SITE, vehicles: [] })).toThrow(
      'car-1 has no homeZones',
    )
  })
})
