import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { deniedBurst, deniedBurstKind } from './denied-burst.ts'

const OPTIONS = { perDoor: 3, perCredential: 2, withinMs: 4, reasons: null, quietMs: 5 }
const denied = (credential?: string, reason = 'Unauthorized') => ({
  values: { access: 'denied', reason, ...(credential !== undefined && { credential }) },
})
const MARKS = {
  a: denied('card-a'),
  b: denied('card-b'),
  c: denied('card-c'),
  p: denied('card-a', 'InvalidPIN'),
  d: denied(),
  g: { values: { access: 'granted', credential: 'card-a' } },
  x: { ...denied('card-a'), doubts: { access: 'bad' } },
} as const

const told = (picture: string, options: object = {}) =>
  drawn(picture.length, run(deniedBurst, { ...OPTIONS, ...options }, commits(picture, MARKS)))

describe('denied-burst (3 at the door or 2 of one card within 4 ms; quiet for 5 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a refusal now and then is fine',                'a----b----a----', '---------------'],
    ['three at one door breach',                      'abc-----------', '--B----F------'],
    ['two of one card breach',                        'a-a-----------', '--B----F------'],
    ['what lies a whole window back does not count',  'ab--c---a----', '-------------'],
    ['what lies less far back does',                  'a-bc---------', '---B----F----'],
    ['refusals without a card count for the door',    'd-dd----------', '---B----F-----'],
    ['a grant in between clears nothing',             'agba----------', '---B----F-----'],
    ['further refusals hold it, and do not raise it again', 'abc-a-b--------', '--B--------F---'],
    ['a refusal at the very end holds it',            'abc----a-------', '--B---------F--'],
    ['after it is over counting starts anew',         'abc-----ab-----', '--B----F-------'],
    ['what is not to be believed is no refusal',      'a-x-----------', '--------------'],
    ['it is over after an absence as well',           'abc~~~~~~~-', '--B----F---'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('counts one credential only, or only refusals for certain reasons', () => {
    expect(told('abcdd-', { perDoor: null })).toBe('------')
    expect(told('a-p-p-', { perDoor: null, reasons: ['InvalidPIN'] })).toBe('----B-')
    expect(told('abc-p-', { perCredential: null, reasons: ['InvalidPIN'] })).toBe('------')
  })

  it('takes a reason that ONVIF does not have for Other, and none that it has', () => {
    const refusedFor = (reason: string | undefined, reasons: string[]) => {
      const values = { access: 'denied', ...(reason !== undefined && { reason }) }
      return run(deniedBurst, { ...OPTIONS, reasons }, commits('ddd', { d: { values } })).length > 0
    }
    expect(refusedFor('Other', ['Other'])).toBe(true)
    expect(refusedFor('NoEscort', ['Other'])).toBe(true)
    expect(refusedFor('InvalidPIN', ['Other'])).toBe(false)
    expect(refusedFor(undefined, ['Other'])).toBe(false)
    expect(refusedFor('NoEscort', ['NoEscort'])).toBe(true)
    expect(refusedFor('NoEscort', ['InvalidPIN'])).toBe(false)
  })

  it('says who was refused how often', () => {
    const verdicts: unknown[] = []
    let state = deniedBurst.start(OPTIONS, 0).state
    for (const { readings } of commits('bab', MARKS)) {
      const [reading] = readings
      if (!reading) continue
      const took = deniedBurst.step(state, { reading }, OPTIONS)
      state = took.state
      if (took.verdict) verdicts.push(took.verdict.because)
    }
    const figures = { credential: 'card-b', times: 2, withinMs: 4 }
    expect(verdicts).toEqual([{ code: 'denied-credential', figures }])
  })

  it('remembers a bounded number of refusals', () => {
    const options = { ...OPTIONS, perDoor: null, withinMs: 10_000 }
    let state = deniedBurst.start(options, 0).state
    for (let at = 0; at < 1_000; at++) {
      const values = { access: 'denied', credential: `card-${at}` }
      state = deniedBurst.step(state, { reading: { device: 'd', at, receivedAt: at, values } }, options).state
    }
    expect(state.refused.length).toBe(100)
    expect(deniedBurst.state.safeParse(state).success).toBe(true)
  })

  it('a rule that counts nothing is refused', () => {
    expect(deniedBurstKind.declared.safeParse({ perDoor: null }).success).toBe(false)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('abc-a-b--------a-ga~~~~~~~~-d-dd--x----a', MARKS)
    const whole = run(deniedBurst, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const again of resumedAnywhere(deniedBurst, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
