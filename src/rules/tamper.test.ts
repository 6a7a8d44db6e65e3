import { expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { tamper, tamperKind } from './tamper.ts'

const OPTIONS = tamper.options.parse(tamperKind.declared.parse({}))
const MARKS = {
  n: { values: { 'cover-open': false, 'magnetic-field': false } },
  c: { values: { 'cover-open': true, 'magnetic-field': false } },
  m: { values: { 'magnetic-field': true } },
  q: { values: { 'magnetic-field': false } },
  u: { values: { 'cover-open': true }, doubts: { 'cover-open': 'bad' as const } },
  v: { values: { volume: 1 } },
}

// biome-ignore format: the pictures stay aligned
it.each([
  ['flags that do not stand are fine',           'nvn', '---'],
  ['an open cover is tamper, once',              'ncc', '-B-'],
  ['it is over when the flag is taken back',     'ncvn', '-B-F'],
  ['while any flag stands it is not over',       'cmn', 'B-F'],
  ['one flag taken back leaves the other',       'cmqn', 'B--F'],
  ['silence is not the end of it',               'c----', 'B----'],
  ['a flag not to be believed says nothing',     'uncu', '--B-'],
])('%s', (_why, picture, wanted) => {
  expect(drawn(picture.length, run(tamper, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
})

it('nothing is made where nothing changes', () => {
  const reading = { device: 'meter-1', at: 1, receivedAt: 1, ...MARKS.c }
  const { state } = tamper.step(tamper.start(OPTIONS, 0).state, { reading }, OPTIONS)
  expect(tamper.step(state, { reading }, OPTIONS).state).toBe(state)
})

it('resumes from a checkpoint at any commit as if it had never stopped', () => {
  const all = commits('ncmq-nc', MARKS)
  const whole = run(tamper, OPTIONS, all)
  expect(whole).toHaveLength(3)
  for (const one of resumedAnywhere(tamper, OPTIONS, all)) expect(one).toEqual(whole)
})
