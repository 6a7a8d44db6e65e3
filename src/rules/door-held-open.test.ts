import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { doorHeldOpen } from './door-held-open.ts'

const OPTIONS = { openTimeMs: 4, releaseTimeMs: 2, device: 'meter-1' }
const MARKS = {
  o: { values: { door: 'open' } },
  c: { values: { door: 'closed' } },
  u: { values: { lock: 'unlocked' } },
  l: { values: { lock: 'locked' } },
  g: { values: { access: 'granted' } },
  G: { values: { access: 'granted', lock: 'unlocked' } },
  x: { values: { door: 'closed' }, doubts: { door: 'bad' } },
  f: { values: { fire: true } },
  n: { values: { fire: false } },
  F: { values: { fire: true, door: 'closed' }, device: 'panel' },
  N: { values: { fire: false, door: 'open' }, device: 'panel' },
} as const

describe('door-held-open (4 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a door that is closed in time is fine',         'o-c-----', '--------'],
    ['closed at the very end is in time',             'o---c---', '--------'],
    ['a door that stays open breaches until it closes','-o------c', '-----B--F'],
    ['being told again that it is open changes nothing','o-o-o---', '----B---'],
    ['each opening counts by itself',                 'o--co--c', '--------'],
    ['what is not to be believed closes no door',     'o-x--x--', '----B---'],
    ['other news changes nothing',                    'o-g-----', '----B---'],
    ['an unlocked door may stand open',               'uo------', '--------'],
    ['a lock released for one passage masks nothing', 'Go------', '-----B--'],
    ['nor one that is released just after the grant', 'guo-----', '------B-'],
    ['locked again, the time counts from then',       'uo--l-----', '--------B-'],
    ['unlocking ends the breach',                     'o-----u-', '----B-F-'],
    ['while a fire release is on it may stand open',  'f-o------', '---------'],
    ['released at another door too, whose own state is not its', 'F-o----N--n-', '-----------B'],
    ['a fire release ends the breach',                'o-----F-', '----B-F-'],
    ['reset, the time counts from then',              'fo--n-----', '--------B-'],
    ['two releases end when both are reset',          'fFo--n--N-----', '------------B-'],
    ['after an absence it gets the whole time once more', 'o-~~~~-----', '----------B'],
    ['and closing meanwhile is in time',              'o-~~~~-c---', '-----------'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(doorHeldOpen, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('what says nothing new costs nothing: the state is the very same', () => {
    const heartbeat = { device: 'meter-1', at: 9, receivedAt: 9, values: { door: 'closed', lock: 'locked' } }
    const { state } = doorHeldOpen.step(doorHeldOpen.start(OPTIONS, 0).state, { reading: heartbeat }, OPTIONS)
    const again = { reading: { ...heartbeat, at: 39 } }
    expect(doorHeldOpen.step(state, again, OPTIONS).state).toBe(state)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('o----c-uo--l-----u-l~~~----x-c-o----F---N-----', MARKS)
    const whole = run(doorHeldOpen, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const told of resumedAnywhere(doorHeldOpen, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
