/**
 * The wire format of Protocol Buffers, as much of it as reading takes. It never throws, never looks beyond
 * its bytes and reserves nothing by what a length claims: whoever may publish may publish anything.
 */

export type Field =
  | { readonly wire: 'varint'; readonly value: bigint }
  /** Read as IEEE 754: nothing that we read sends integers of fixed width. */
  | { readonly wire: 'fixed32' | 'fixed64'; readonly value: number }
  | { readonly wire: 'bytes'; readonly value: Uint8Array }

/** Bytes of the longest varint: 64 bits, seven a byte. */
const MOST_VARINT_BYTES = 10

/** Seven bytes are 49 bits, which a number holds exactly. */
const BYTES_IN_A_NUMBER = 7

/** Hands over each field in turn; says what is wrong with the bytes, and then what came before has been handed over. */
export function readFields(
  bytes: Uint8Array,
  take: (number: number, field: Field) => void,
): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let here = 0

  const varint = (): bigint | undefined => {
    let low = 0
    let high = 0
    let weight = 1
    for (let index = 0; index < MOST_VARINT_BYTES; index++) {
      const byte = bytes[here++]
      if (byte === undefined) return undefined
      if (index === BYTES_IN_A_NUMBER) weight = 1
      if (index < BYTES_IN_A_NUMBER) low += (byte & 0x7f) * weight
      else high += (byte & 0x7f) * weight
      weight *= 128
      if (byte < 0x80) return high === 0 ? BigInt(low) : BigInt.asUintN(64, joined(high, low))
    }
    return undefined
  }

  /** Fields up to 15, which are nearly all, have a tag of one byte. */
  const tagAt = (): number | undefined => {
    const byte = bytes[here] ?? 0
    if (byte < 0x80) return bytes[here++]
    const tag = varint()
    return tag === undefined ? undefined : Number(tag)
  }

  while (here < bytes.length) {
    const tag = tagAt()
    if (tag === undefined || tag > 0xffff_ffff) return 'a field is cut off'
    const number = Math.floor(tag / 8)
    if (number === 0) return 'a field has the number 0'
    switch (tag % 8) {
      case 0: {
        const value = varint()
        if (value === undefined) return `field ${number} is cut off`
        take(number, { wire: 'varint', value })
        break
      }
      case 1:
        if (here + 8 > bytes.length) return `field ${number} is cut off`
        take(number, { wire: 'fixed64', value: view.getFloat64(here, true) })
        here += 8
        break
      case 2: {
        const length = varint()
        if (length === undefined || length > BigInt(bytes.length - here)) return `field ${number} is cut off`
        const end = here + Number(length)
        take(number, { wire: 'bytes', value: bytes.subarray(here, end) })
        here = end
        break
      }
      case 5:
        if (here + 4 > bytes.length) return `field ${number} is cut off`
        take(number, { wire: 'fixed32', value: view.getFloat32(here, true) })
        here += 4
        break
      default:
        return `field ${number} is of no wire type that is read`
    }
  }
  return undefined
}

const joined = (high: number, low: number): bigint => (BigInt(high) << 49n) | BigInt(low)
