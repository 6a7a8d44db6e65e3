import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { count, countKind } from './count.ts'

const OPTIONS = count.options.parse({ point: 'access', equals: 'denied', times: 3, withinMs: 6 })
const MARKS = {
  n: { values: { access: 'denied' } },
  y: { values: { access: 'granted' } },
  d: { values: { door: 'open' } },
  x: { values: { access: 'denied' }, doubts: { access: 'bad' as const } },
}
const told = (picture: string, options = OPTIONS) =>
  drawn(picture.length, run(count, options, commits(picture, MARKS)))

describe('count (3 denials within 6 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['three in time breach, and clear when all have gone',  'n-n-n---------', '----B-----F---'],
    ['three over a longer time do not',                     'n---n---n---n-', '--------------'],
    ['the first leaves the window as the third comes',      'n--n--n-------', '--------------'],
    ['another value is not counted, and takes nothing back', 'nynyn---------', '----B-----F---'],
    ['what is not to be believed is not counted',           'nnxxx---------', '--------------'],
    ['what says nothing of it changes nothing',             'ndndn-d-------', '----B-----F---'],
    ['while they go on, the breach does',                   'nnn-n-n-n-----', '--B-----------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('clears earlier where some may be left', () => {
    expect(told('n-n-n---------', { ...OPTIONS, clearAtMost: 2 })).toBe('----B-F-------')
  })

  it('counts how often it came to be so, where that is asked for', () => {
    const options = { ...OPTIONS, onChange: true }
    expect(told('nnnnnn', options)).toBe('------')
    expect(told('nynyny', options)).toBe('----B-')
  })

  it('one is enough where one is too many', () => {
    expect(told('-n----n------n', { ...OPTIONS, times: 1 })).toBe('-B----------FB')
  })

  it('remembers no more than it needs', () => {
    const kept = new Map()
    run(count, { ...OPTIONS, withinMs: 1_000 }, commits('n'.repeat(500), MARKS), kept)
    expect(kept.get('meter-1').state.times).toHaveLength(3)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('nynxn-dn-n------nnn-----------n', MARKS)
    const whole = run(count, OPTIONS, all)
    expect(whole).toHaveLength(4)
    for (const told of resumedAnywhere(count, OPTIONS, all)) expect(told).toEqual(whole)
  })
})

describe('what cannot be', () => {
  const problems = (options: object) =>
    countKind.declared
      .safeParse({ point: 'access', times: 3, withinMs: 6, ...options })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const profile = {
    points: { access: { type: 'string', oneOf: ['granted', 'denied'] }, flow: { type: 'number' } },
  }
  const bind = (options: object) =>
    boundAlone(countKind, count, { times: 3, withinMs: 6, ...options }, {}, profile, 'access-control-gate')

  it('is refused where it stands', () => {
    expect(problems({ equals: 'denied' })).toBeUndefined()
    expect(problems({ equals: 'denied', above: 3 })).toEqual([expect.stringContaining('equals: give')])
    expect(problems({ above: 3, below: 3 })).toEqual([expect.stringContaining('below: nothing is')])
    expect(problems({ clearAtMost: 3 })).toEqual(['clearAtMost: must be less than `times`'])
  })

  it('is refused when the device can never say it', () => {
    expect(() => bind({ point: 'access', equals: 'refused' })).toThrow(
      'options.equals: access says one of granted, denied',
    )
    expect(() => bind({ point: 'access', equals: true })).toThrow('options.equals: access is of type string')
    expect(() => bind({ point: 'access', above: 1 })).toThrow('options.above: access is no number')
    expect(bind({ point: 'flow', above: 1, below: 2 })).toMatchObject({ above: 1, below: 2 })
  })
})
