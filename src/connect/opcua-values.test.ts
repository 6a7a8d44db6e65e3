import fc from 'fast-check'
import { DataType, DataValue, StatusCodes, Variant, VariantArrayType } from 'node-opcua-client'
import { expect, it } from 'vitest'
import { dataChangeOf, hasOverflow, scalarOf } from './opcua-values.ts'

const changeOf = (value: ConstructorParameters<typeof Variant>[0], more: object = {}) =>
  dataChangeOf('plant', 'ns=1;s=x', new DataValue({ value: new Variant(value), ...more }))

it('takes numbers, texts, switches and instants as they are', () => {
  expect(changeOf({ dataType: DataType.Double, value: 1.5 }).value).toBe(1.5)
  expect(changeOf({ dataType: DataType.Boolean, value: false }).value).toBe(false)
  expect(changeOf({ dataType: DataType.String, value: 'open' }).value).toBe('open')
  expect(changeOf({ dataType: DataType.LocalizedText, value: { text: '开', locale: 'zh' } }).value).toBe('开')
  expect(changeOf({ dataType: DataType.DateTime, value: new Date(5_000) }).value).toBe(5_000)
})

it('takes the 64-bit integers, which come in two halves', () => {
  expect(
    changeOf({ dataType: DataType.UInt64, arrayType: VariantArrayType.Scalar, value: [1, 2] }).value,
  ).toBe(4_294_967_298)
  expect(
    changeOf({
      dataType: DataType.Int64,
      arrayType: VariantArrayType.Scalar,
      value: [0xffff_ffff, 0xffff_fffe],
    }).value,
  ).toBe(-2)
  fc.assert(
    fc.property(fc.maxSafeInteger(), (wanted) => {
      const big = BigInt.asUintN(64, BigInt(wanted))
      const halves = [Number(big >> 32n), Number(big & 0xffff_ffffn)]
      expect(scalarOf(DataType.Int64, halves)).toBe(wanted)
      if (wanted >= 0) expect(scalarOf(DataType.UInt64, halves)).toBe(wanted)
      expect(scalarOf(DataType.Int64, BigInt(wanted))).toBe(wanted)
    }),
  )
})

it('has no value for arrays, structures and nothing', () => {
  const array = { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: [1, 2] }
  expect(changeOf(array).value).toBeUndefined()
  expect(changeOf({ dataType: DataType.Null }).value).toBeUndefined()
  expect(scalarOf(DataType.ExtensionObject, { volume: 1 })).toBeUndefined()
  expect(scalarOf(DataType.Double, [1, 2])).toBeUndefined()
})

it('keeps both times and the status, and leaves out a time that the server did not give', () => {
  const change = changeOf(
    { dataType: DataType.Double, value: 1 },
    {
      statusCode: StatusCodes.UncertainLastUsableValue,
      sourceTimestamp: new Date(1_000),
      serverTimestamp: new Date(2_000),
    },
  )
  expect(change).toEqual({
    is: 'data-change',
    source: 'plant',
    nodeId: 'ns=1;s=x',
    value: 1,
    statusCode: StatusCodes.UncertainLastUsableValue.value,
    sourceTimestamp: 1_000,
    serverTimestamp: 2_000,
  })
  expect(changeOf({ dataType: DataType.Double, value: 1 })).not.toHaveProperty('sourceTimestamp')
})

it('sees the overflow bit only where the bits are those of a data value', () => {
  expect(hasOverflow(0x0000_0480)).toBe(true)
  expect(hasOverflow(0x4090_0480)).toBe(true)
  expect(hasOverflow(0x8000_0480 | 0)).toBe(true) // as a signed number
  expect(hasOverflow(0x0000_0400)).toBe(false)
  expect(hasOverflow(0x0000_0080)).toBe(false)
  expect(hasOverflow(0)).toBe(false)
})
