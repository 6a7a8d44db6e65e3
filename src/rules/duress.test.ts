import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { duress } from './duress.ts'

const OPTIONS = { holdMs: 5 }
const MARKS = {
  d: { values: { duress: true, credential: 'card-7', access: 'granted' } },
  n: { values: { duress: false } },
  o: { values: { door: 'open' } },
  x: { values: { duress: true }, doubts: { duress: 'bad' } },
} as const

describe('duress (holds for 5 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['breaches at once, and holds',                 'n-d--------', '--B----F---'],
    ['letting go of the button does not end it',    'd-n-------', 'B----F----'],
    ['other news does not either',                  'd-o-------', 'B----F----'],
    ['another signal is no second alarm and holds it for longer', 'd--d-------', 'B-------F--'],
    ['a signal after it is over is a new one',      'd-----d-----', 'B----FB----F'],
    ['a signal at the very end holds it',           'd----d-----', 'B---------F'],
    ['what is not to be believed is no signal',     '-x--', '----'],
    ['it is over after an absence as well',         'd-~~~~~~---', 'B----F-----'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(duress, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('says who signalled, a guard by name and a passer-by by credential', () => {
    const say = (values: Record<string, string | boolean>) => {
      const reading = { device: 'meter-1', at: 9, receivedAt: 9, values }
      return duress.step({ signalledAt: null }, { reading }, OPTIONS).verdict?.because
    }
    expect(say({ duress: true, guard: 'wang', tag: 'T1' })).toEqual({
      code: 'duress-signalled-by',
      figures: { who: 'wang' },
    })
    expect(say({ duress: true, credential: 'card-7' })?.figures).toEqual({ who: 'card-7' })
    expect(say({ duress: true })).toEqual({ code: 'duress-signalled', figures: {} })
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('d--dn-------d-~~~~~--od------', MARKS)
    const whole = run(duress, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const told of resumedAnywhere(duress, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
