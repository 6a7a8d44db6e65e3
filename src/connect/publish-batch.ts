/**
 * MQTT publishes as bytes, to cross from the broker's thread: a buffer that changes hands costs the same for
 * one message as for a thousand, and a thousand objects would be copied one by one.
 */
import type { Publish } from './connector.ts'

export type PublishBatch = {
  /** Of each message in turn its topic (UTF-8), then its payload. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each message three numbers: its sender's place in `senders`, and how many bytes topic and payload have. */
  readonly lengths: Uint32Array<ArrayBuffer>
  readonly senders: readonly string[]
}

const FIGURES = 3
/** UTF-8 takes no more for one unit of UTF-16. */
const BYTES_A_UNIT = 3

export function packPublishes(messages: readonly Publish[]): PublishBatch {
  const most = messages.reduce(
    (sum, { topic, payload }) => sum + BYTES_A_UNIT * topic.length + payload.length,
    0,
  )
  const bytes = Buffer.from(new ArrayBuffer(most))
  const lengths = new Uint32Array(FIGURES * messages.length)
  const senders = new Map<string, number>()
  let at = 0
  let figure = 0
  for (const { sender = '', topic, payload } of messages) {
    const seat = senders.get(sender) ?? senders.size
    senders.set(sender, seat)
    const topicBytes = bytes.write(topic, at, 'utf8')
    at += topicBytes
    bytes.set(payload, at)
    at += payload.length
    lengths[figure++] = seat
    lengths[figure++] = topicBytes
    lengths[figure++] = payload.length
  }
  return { bytes: new Uint8Array(bytes.buffer, 0, at), lengths, senders: [...senders.keys()] }
}

/** Their payloads are views of the batch's bytes. */
export function unpackPublishes(source: string, { bytes, lengths, senders }: PublishBatch): Publish[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const messages: Publish[] = []
  let at = 0
  for (let figure = 0; figure < lengths.length; figure += FIGURES) {
    const payloadAt = at + (lengths[figure + 1] as number)
    const end = payloadAt + (lengths[figure + 2] as number)
    messages.push({
      is: 'publish',
      source,
      sender: senders[lengths[figure] as number] as string,
      topic: all.toString('utf8', at, payloadAt),
      payload: all.subarray(payloadAt, end),
      retained: false,
    })
    at = end
  }
  return messages
}
