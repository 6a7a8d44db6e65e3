import { expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { lowBattery } from './low-battery.ts'

const OPTIONS = { belowV: 3.2, clearAboveV: 3.4, belowPercent: 15, clearAbovePercent: 30 }
const bad = { battery: 'bad' as const }
const MARKS = {
  F: { values: { battery: 3.6 } },
  h: { values: { battery: 3.3 } },
  l: { values: { battery: 3.2 } },
  L: { values: { battery: 3.19 } },
  x: { values: { battery: 0 }, doubts: bad },
  p: { values: { 'battery-level': 14 } },
  P: { values: { 'battery-level': 31 } },
  y: { values: { 'battery-low': true } },
  n: { values: { 'battery-low': false } },
  v: { values: { volume: 1 } },
}

// biome-ignore format: the pictures stay aligned
it.each([
  ['a full battery is fine, and so is one at the limit', 'FFhl', '----'],
  ['below the limit it is low, once',                    'FLLL', '-B--'],
  ['it clears well above the limit only',                'LlhF', 'B--F'],
  ['silence and other points clear nothing',             'Lv-v', 'B---'],
  ['what is not to be believed neither raises nor clears', 'xLxF', '-B-F'],
  ['the charge in percent may say so',                   'PpvP', '-B-F'],
  ['and so may the device itself',                       'nyvn', '-B-F'],
  ['what said low must say full',                        'ypFPn', 'B---F'],
])('%s', (_why, picture, wanted) => {
  expect(drawn(picture.length, run(lowBattery, OPTIONS, commits(picture, MARKS)))).toBe(wanted)
})

it('nothing is made where nothing changes', () => {
  const { state } = lowBattery.start(OPTIONS, 0)
  const reading = { device: 'meter-1', at: 1, receivedAt: 1, ...MARKS.F }
  expect(lowBattery.step(state, { reading }, OPTIONS).state).toBe(state)
})

it('resumes from a checkpoint at any commit as if it had never stopped', () => {
  const all = commits('FL-lhFypPnp', MARKS)
  const whole = run(lowBattery, OPTIONS, all)
  expect(whole).toHaveLength(5)
  for (const one of resumedAnywhere(lowBattery, OPTIONS, all)) expect(one).toEqual(whole)
})
