/** From the library's DataValue to ours. */
import type { DataValue } from 'node-opcua-client'
import type { Value } from '../model/reading.ts'
import type { DataChange } from './connector.ts'

/** Encoding ids of the built-in types (Part 6 §5.1.2) that need more than a look at the value. */
const [INT64, UINT64] = [8, 9]
const TWO_TO_32 = 4_294_967_296

/**
 * Info type "data value" with the overflow bit (Part 4 §7.39.1): the server's queue of this item
 * was full and it dropped the oldest.
 */
export const hasOverflow = (statusCode: number): boolean =>
  (statusCode & 0x0c00) === 0x0400 && (statusCode & 0x80) !== 0

/** `undefined` for arrays, structures and nothing. Beyond 2^53 a 64-bit integer is the nearest number. */
export function scalarOf(dataType: number, value: unknown): Value | undefined {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'bigint') return Number(value)
  if ((dataType === INT64 || dataType === UINT64) && Array.isArray(value) && value.length === 2) {
    const [high, low] = value as [number, number]
    return (dataType === INT64 ? high | 0 : high >>> 0) * TWO_TO_32 + (low >>> 0)
  }
  if (value !== null && typeof value === 'object' && 'text' in value && typeof value.text === 'string')
    return value.text
  return undefined
}

export function dataChangeOf(source: string, nodeId: string, data: DataValue): DataChange {
  const { value, statusCode, sourceTimestamp, serverTimestamp } = data
  const isScalar = value?.arrayType === undefined || value.arrayType === 0
  return {
    is: 'data-change',
    source,
    nodeId,
    value:
      value && (isScalar || value.dataType === INT64 || value.dataType === UINT64)
        ? scalarOf(value.dataType, value.value)
        : undefined,
    statusCode: statusCode.value,
    ...(sourceTimestamp ? { sourceTimestamp: sourceTimestamp.getTime() } : {}),
    ...(serverTimestamp ? { serverTimestamp: serverTimestamp.getTime() } : {}),
  }
}
