import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { doorOpenWarning, doorOpenWarningKind } from './door-open-warning.ts'

const OPTIONS = { openTimeMs: 6, preAlarmMs: 2, releaseTimeMs: 2, device: 'meter-1' }
const MARKS = {
  o: { values: { door: 'open' } },
  c: { values: { door: 'closed' } },
  u: { values: { lock: 'unlocked' } },
  l: { values: { lock: 'locked' } },
  F: { values: { fire: true }, device: 'panel' },
  N: { values: { fire: false }, device: 'panel' },
} as const

describe('door-open-warning (2 ms before 6 ms are up)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a door that is closed before is fine',          'o-c-----', '--------'],
    ['closed at the very beginning is in time',       'o---c---', '--------'],
    ['closed after the warning ends it',              'o----c--', '----BF--'],
    ['the alarm takes over, and there is no second warning', 'o-----------o----', '----B-F----------'],
    ['closed after the alarm, the next opening is warned of again', 'o-------c-o-----', '----B-F-------B-'],
    ['an unlocked door may stand open',               'uo------', '--------'],
    ['unlocking ends the warning',                    'o----u--', '----BF--'],
    ['locked again, the time counts from then',       'o-------u-l-----', '----B-F-------B-'],
    ['a fire release ends the warning',               'o----F--', '----BF--'],
    ['reset, the time counts from then',              'Fo---N-------', '---------B-F-'],
    ['after an absence it gets the whole time once more', 'o-~~~~-----', '----------B'],
    ['and a warning stays until the alarm is due',    'o----~~c-', '----B--F-'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(doorOpenWarning, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('being told again that the door is open, after the alarm took over, is no second warning', () => {
    expect(run(doorOpenWarning, OPTIONS, commits('o---------o---o--', MARKS))).toEqual([
      { at: 4, breached: true },
      { at: 6, breached: false },
    ])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('o----c-uo--l--------u-l~~~---c-o----F---N--------co----', MARKS)
    const whole = run(doorOpenWarning, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const told of resumedAnywhere(doorOpenWarning, OPTIONS, all)) expect(told).toEqual(whole)
  })

  it('a warning that would come before the door is opened is refused', () => {
    const { error } = doorOpenWarningKind.declared.safeParse({ openTimeMs: 5_000, preAlarmMs: 5_000 })
    expect(error?.issues).toMatchObject([{ path: ['preAlarmMs'] }])
  })
})
