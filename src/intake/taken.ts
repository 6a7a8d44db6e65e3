/** Samples on their way through intake, with the message that brought them. */
import type { RawMessage } from '../model/raw-message.ts'
import type { Value } from '../model/reading.ts'
import type { DecodedSample } from '../profiles/decoder.ts'

export type Taken = { readonly sample: DecodedSample; readonly raw: RawMessage }

/**
 * OPC UA brings each point by itself. Those of one device that were measured at the same
 * instant belong together; a second value of a point at that instant begins another sample.
 */
export function joinedChanges(changes: readonly Taken[]): Taken[] {
  type Joined = {
    raw: RawMessage
    values: Record<string, Value>
    doubts: Record<string, 'uncertain' | 'bad'>
  }
  const joined: (Joined & Pick<DecodedSample, 'device' | 'at'>)[] = []
  const open = new Map<string, Joined>()
  for (const { sample, raw } of changes) {
    const { device, at } = sample
    const key = `${device} ${at}`
    const before = open.get(key)
    const isSecond = before && Object.keys(sample.values).some((point) => Object.hasOwn(before.values, point))
    const into = before && !isSecond ? before : { raw, values: {}, doubts: {} }
    Object.assign(into.values, sample.values)
    Object.assign(into.doubts, sample.doubts)
    if (into === before) continue
    open.set(key, into)
    joined.push(Object.assign(into, { device, at }))
  }
  return joined.map(({ raw, device, at, values, doubts }) => {
    const sample = { device, at, values }
    return { raw, sample: Object.keys(doubts).length > 0 ? { ...sample, doubts } : sample }
  })
}
