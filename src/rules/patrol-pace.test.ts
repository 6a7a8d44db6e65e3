import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { patrolPace } from './patrol-pace.ts'

const OPTIONS = { minGapMs: 3, maxMetresPerSecond: null, quietMs: 8, positions: {} }
const read = (device: string, guard?: string) => ({
  device,
  values: { tag: 'T1', ...(guard !== undefined && { guard }) },
})
const MARKS = {
  a: read('a', 'wang'),
  b: read('b', 'wang'),
  c: read('c', 'wang'),
  B: read('b', 'li'),
  1: read('a'),
  2: read('b'),
  v: { device: 'b', values: { guard: 'wang' } },
} as const

describe('patrol-pace (3 ms between checkpoints, quiet for 8 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['as long as it takes is fine',                   'a--b--c-------', '--------------'],
    ['sooner breaches, until it is quiet',            'a-b-----------', '--B-------F---'],
    ['the same checkpoint again is no walk',          'aa-a----------', '--------------'],
    ['another guard is another walk',                 'aB------------', '--------------'],
    ['where nobody says who walks, it is one guard',  '12------------', '-B-------F----'],
    ['a message without a tag is no visit',           'av------------', '--------------'],
    ['more of it holds the breach',                   'abc---------', '-B--------F-'],
    ['afterwards it counts anew',                     'ab--------bc--', '-B-------F-B--'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(patrolPace, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
  })

  it('the straight line between two checkpoints cannot be walked faster than anyone walks', () => {
    const positions = { a: [106.23, 38.48], b: [106.23, 38.4809] } satisfies Record<string, [number, number]>
    const options = { minGapMs: 30_000, maxMetresPerSecond: 2.5, quietMs: 60_000, positions }
    const apart = (seconds: number) => run(patrolPace, options, commits('ab', MARKS, seconds * 1_000)).length
    expect(apart(41)).toBe(0) // 100 m
    expect(apart(39)).toBe(1)
    expect(run(patrolPace, options, commits('ac', MARKS, 31_000))).toEqual([]) // where c stands nobody knows
  })

  it('a reader that sends late is compared by when the read was made', () => {
    const stream = commits('a-----b-------------', MARKS)
    const late = stream.map((commit) => ({
      ...commit,
      readings: commit.readings.map((reading) => (reading.device === 'b' ? { ...reading, at: 2 } : reading)),
    }))
    expect(run(patrolPace, OPTIONS, late).map(({ breached }) => breached)).toEqual([true, false])
  })

  it('and the newest read stays the last one', () => {
    const stream = commits('a-----b-c-------------------', MARKS)
    const late = stream.map((commit) => ({
      ...commit,
      readings: commit.readings.map((reading) => (reading.device === 'b' ? { ...reading, at: -4 } : reading)),
    }))
    expect(run(patrolPace, { ...OPTIONS, minGapMs: 9 }, late)[0]?.at).toBe(-4)
    expect(run(patrolPace, { ...OPTIONS, minGapMs: 4 }, late)).toEqual([])
    let state = patrolPace.start(OPTIONS, 0).state
    for (const { readings } of late) {
      for (const reading of readings.filter(({ device }) => device !== 'c')) {
        state = patrolPace.step(state, { reading }, OPTIONS).state
      }
    }
    expect(state.last).toEqual([{ by: 'wang', checkpoint: 'a', at: 0 }])
  })

  it('remembers a bounded number of guards', () => {
    let state = patrolPace.start(OPTIONS, 0).state
    for (let at = 0; at < 100; at++) {
      const values = { tag: 'T1', guard: `guard-${at}` }
      state = patrolPace.step(state, { reading: { device: 'a', at, receivedAt: at, values } }, OPTIONS).state
    }
    expect(state.last.map(({ by }) => by)).toEqual(
      Array.from({ length: 16 }, (_, nth) => `guard-${84 + nth}`),
    )
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('a--b--c-a---------B2-1~~~~~~ab-----------', MARKS)
    const whole = run(patrolPace, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(3)
    for (const again of resumedAnywhere(patrolPace, OPTIONS, all)) expect(again).toEqual(whole)
  })
})
