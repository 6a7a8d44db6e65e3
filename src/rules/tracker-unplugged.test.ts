import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { trackerUnplugged } from './tracker-unplugged.ts'

const OPTIONS = { forMs: 4 }
const power = (on: boolean) => ({ values: { 'external-power': on } })
const MARKS = {
  y: power(true),
  n: power(false),
  v: { values: { speed: 3 } },
  x: { ...power(false), doubts: { 'external-power': 'bad' as const } },
}

describe('tracker-unplugged (4 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['without power for the whole time breaches',       'yn-n-n-n', '-----B--'],
    ['the starter takes the power away for a moment',   'yn-y-n-y', '--------'],
    ['a tracker that falls silent at once is unplugged', 'yn--------', '-----B----'],
    ['power clears',                                    'n-----nyy', '----B--F-'],
    ['what says nothing of the power changes nothing',  'nvvvvvvy', '----B--F'],
    ['nor does what is not to be believed',             'yxxxxxx', '-------'],
    ['a tracker that never says it is not judged',      'vvvvvvv', '-------'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(trackerUnplugged, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('yn-yn-v-x-ny-n------y', MARKS)
    const whole = run(trackerUnplugged, OPTIONS, all)
    expect(whole).toHaveLength(4)
    for (const told of resumedAnywhere(trackerUnplugged, OPTIONS, all)) expect(told).toEqual(whole)
  })
})
