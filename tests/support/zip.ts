/** Reads one file out of a small zip archive by its central directory; Node brings inflate and no unzip. */
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

const END = 0x06054b50
const DEFLATED = 8

export function firstFileIn(archive: string): Buffer {
  const bytes = readFileSync(archive)
  const end = bytes.lastIndexOf(Uint8Array.of(0x50, 0x4b, 0x05, 0x06))
  if (end < 0 || bytes.readUInt32LE(end) !== END) throw new Error(`${archive} is no zip archive`)
  const entry = bytes.readUInt32LE(end + 16)
  const method = bytes.readUInt16LE(entry + 10)
  const size = bytes.readUInt32LE(entry + 20)
  const local = bytes.readUInt32LE(entry + 42)
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const packed = bytes.subarray(start, start + size)
  return method === DEFLATED ? inflateRawSync(packed) : packed
}
