import { expect, it } from 'vitest'
import { type PointRead, pointReader } from './point.ts'

const number = (more: object) =>
  pointReader({ type: 'number', unit: 'm³', required: false, scale: 1, offset: 0, ...more })
const text = pointReader({ type: 'string', required: false })
const valve = pointReader({ type: 'string', required: false, map: { '0': 'closed', '1': 'open' } })
const ignition = pointReader({ type: 'boolean', required: false, map: { on: true, off: false } })

it.each<[string, PointRead, PointRead]>([
  [
    'litres become cubic metres, without the dust of a multiplication',
    number({ scale: 0.001 })(4_003),
    { value: 4.003 },
  ],
  ['an offset is added after scaling', number({ scale: 0.1, offset: -40 })(3), { value: -39.7 }],
  ['a value at the end of the range is plausible', number({ range: [0, 5] })(5), { value: 5 }],
  ['a value outside is kept and doubted', number({ range: [0, 5] })(-0.1), { value: -0.1, doubt: 'bad' }],
  ['minus zero is zero', number({})(-0), { value: 0 }],
  [
    'a number that scales beyond all bounds is none',
    number({ scale: 1e300 })(1e300),
    { fault: 'expected a number, got 1e+300' },
  ],
  ['a number in quotes is none', number({})('5'), { fault: 'expected a number, got "5"' }],
  [
    'a number in quotes, where the profile says so',
    number({ quoted: true, scale: 0.1 })(' -12.5 '),
    { value: -1.25 },
  ],
  ['one without quotes is taken there too', number({ quoted: true })(5), { value: 5 }],
  ...['', ' ', '0x10', '1,234', '12.5 m³', 'Infinity', '1e999'].map(
    (said): [string, PointRead, PointRead] => [
      `${JSON.stringify(said)} is no decimal number`,
      number({ quoted: true })(said),
      { fault: `expected a number, got ${said === '1e999' ? 'Infinity' : JSON.stringify(said)}` },
    ],
  ),
  ['an array is named, not printed', number({})([1, 2]), { fault: 'expected a number, got an array' }],
  ['a code has its meaning, as a number or as text', valve(1), { value: 'open' }],
  ['a code without a meaning is a fault', valve(7), { fault: 'expected one of 0, 1, got 7' }],
  [
    'what is inherited is no code',
    valve('constructor'),
    { fault: 'expected one of 0, 1, got "constructor"' },
  ],
  ['a word can mean true', ignition('on'), { value: true }],
  ['Chinese is text', text('马建国'), { value: '马建国' }],
  ['half a character is not', text('a\ud800'), { fault: 'holds control or broken characters' }],
  [
    'a zero byte is not, databases choke on it',
    text('a\u0000'),
    { fault: 'holds control or broken characters' },
  ],
  ['a novel is not', text('x'.repeat(257)), { fault: 'longer than 256 characters' }],
])('%s', (_what, read, wanted) => {
  expect(read).toEqual(wanted)
})
