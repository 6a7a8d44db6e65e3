import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { absence, absenceKind } from './absence.ts'
import { WORKDAYS } from './daily-times.ts'

const bound = (options: object) =>
  boundAlone(
    absenceKind,
    absence,
    { point: 'lock', equals: 'locked', ...options },
    {},
    {},
    'access-control-gate',
  )
const MARKS = {
  l: { values: { lock: 'locked' } },
  u: { values: { lock: 'unlocked' } },
  d: { values: { door: 'open' } },
  x: { values: { lock: 'locked' }, doubts: { lock: 'bad' as const } },
}

describe('absence of a value for 5 ms', () => {
  const options = bound({ forMs: 5 })
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['never said, it breaches',                      '--------', '-----B--'],
    ['said in time, it does not',                    '---l----l----l---', '-----------------'],
    ['said at the very end, it is in time',          '-----l----', '----------'],
    ['said no more, it breaches; said again, it clears', '--l-------l---', '-------B--F---'],
    ['another value is not it',                      '--u-u-u-', '-----B--'],
    ['nor is what is not to be believed',            '--x-x-x-', '-----B--'],
    ['nor is what says nothing of it',               '--d-d-d-', '-----B--'],
    ['an absence of the gateway is left out',        '-l--~~~~-----', '-----------B-'],
    ['what was said meanwhile counts from then',     '-l--~~~l-----', '------------B'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(absence, options, commits(picture, MARKS)))).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('--l-------u-l-x---~~~-l--------l', MARKS)
    const whole = run(absence, options, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(absence, options, all)) expect(told).toEqual(whole)
  })

  it('judges by a shorter time as soon as the options say so', () => {
    const { state } = absence.start(options, 0)
    const shorter = { ...options, forMs: 2 }
    expect(absence.step(state, { wokenAt: 3 }, shorter).verdict?.breached).toBe(true)
    expect(absence.step(state, { wokenAt: 1 }, shorter)).toMatchObject({ wakeAt: 2 })
  })
})

describe('absence of a value by 20:00 (from 18:00, a character 30 min)', () => {
  const STEP_MS = 30 * 60_000
  const options = bound({ from: '18:00', by: '20:00', graceMs: STEP_MS })
  const at = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds
  const told = (start: string, picture: string, own = options) =>
    drawn(picture.length, run(absence, own, commits(picture, MARKS, STEP_MS, at(start))), STEP_MS, at(start))

  // 17:30 18:00 18:30 19:00 19:30 20:00 20:30
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['not said by then, it breaches',              '--------', '-----B--'],
    ['said in time, it does not',                  '---l----', '--------'],
    ['said at that very time, it is in time',      '-----l--', '--------'],
    ['said before it counts, it does not count',   'l-------', '-----B--'],
    ['said late, it clears',                       '------l-', '-----BF-'],
    ['said late after an absence of the gateway, it is let off', '---~~~l-', '--------'],
    ['not said after one, it is judged then',      '---~~~---', '-------B-'],
  ])('%s', (_why, picture, wanted) => {
    expect(told('2026-03-02T17:30', picture)).toBe(wanted)
  })

  it('a stretch that had begun before anyone listened is not judged, the next one is', () => {
    const picture = '-'.repeat(50)
    expect(told('2026-03-02T19:00', picture)).toBe('-'.repeat(50))
    expect(told('2026-03-02T19:00', `${picture}----`)).toBe(`${'-'.repeat(50)}B---`)
  })

  it('is asked for every day, and a breach goes on until it is said', () => {
    const day = '-'.repeat(48)
    const stream = commits(`--${day}${day}${day}`, MARKS, STEP_MS, at('2026-03-02T17:30'))
    expect(run(absence, options, stream)).toHaveLength(1)
    const daily = commits(`--l${day}------l`, MARKS, STEP_MS, at('2026-03-02T17:30'))
    expect(run(absence, options, daily).map(({ breached }) => breached)).toEqual([true, false])
  })

  it('only on its days', () => {
    const workdays = bound({ from: '18:00', by: '20:00', days: WORKDAYS })
    expect(told('2026-03-07T17:30', '--------', workdays)).toBe('--------')
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const day = '-'.repeat(45)
    const all = commits(`--l${day}--u---l${day}~~~~~~~-l---`, MARKS, STEP_MS, at('2026-03-02T17:30'))
    const whole = run(absence, options, all)
    expect(whole.length).toBeGreaterThan(1)
    for (const told of resumedAnywhere(absence, options, all)) expect(told).toEqual(whole)
  })
})

it('needs one way to say how long', () => {
  const problems = (options: object) =>
    absenceKind.declared
      .safeParse({ point: 'lock', ...options })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  expect(problems({ forMs: 5 })).toBeUndefined()
  expect(problems({ by: '20:00' })).toBeUndefined()
  for (const options of [{}, { forMs: 5, by: '20:00' }])
    expect(problems(options)).toEqual(['forMs: give `forMs` or `by`'])
})
