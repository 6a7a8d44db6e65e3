import { expect, it } from 'vitest'
import type { DataChange } from '../model/raw-message.ts'
import { variableReader } from './opcua-variable.ts'

const read = variableReader('volume', { type: 'number', unit: 'm³', required: true, scale: 1, offset: 0 })

const changed = (statusCode: number): DataChange => ({
  is: 'data-change',
  source: 'plc',
  nodeId: 'ns=2;s=Meter 1.Volume',
  value: 123.5,
  statusCode,
  sourceTimestamp: 1_000,
})

it.each([
  ['a measured value', 0x0000_0000, undefined],
  ['a value that a person put in', 0x0096_0000, undefined],
  ['the value of a sensor that is not accurate', 0x4093_0000, 'uncertain'],
  ['a substitute', 0x4091_0000, 'uncertain'],
  ['the last value before the line broke', 0x408f_0000, 'bad'],
  ['a last usable value, with an overflow noted beside it', 0x4090_0480, 'bad'],
  ['what a variable holds before its first measurement', 0x4092_0000, 'bad'],
  ['the value of a failed sensor', 0x808c_0000, 'bad'],
  ['a code of the severity that is reserved', 0xc000_0000, 'bad'],
] as const)('%s is kept with what it is worth', (_what, statusCode, doubt) => {
  const { samples } = read(changed(statusCode), 'meter-1')
  expect(samples.map(({ values, doubts }) => [values.volume, doubts?.volume])).toEqual([[123.5, doubt]])
})
