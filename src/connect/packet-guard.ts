/**
 * Ends a connection whose next MQTT packet is announced as larger than allowed, before its body is buffered:
 * the broker's parser waits for the whole packet, so a stranger's fixed header with a length of 256 MB would
 * be 256 MB of ours. A packet that only brokers send ends it too: aedes would without a word.
 *
 * A client may send on before its CONNECT is answered (MQTT 3.1.1 §3.1.4): what came in one piece with it is
 * taken in, the rest stays in the socket, unread, until the client is known.
 *
 * It looks at the bytes as they are read (`Readable.read`), without a stream in between.
 */
import type { Socket } from 'node:net'

export type PacketGuard = {
  /** The client is known: it is read on. */
  admit(): void
}

export type PacketLimits = {
  /** Bytes of body that a CONNECT may announce. */
  readonly connectBytes: number
  /** The same for each packet after it. */
  readonly packetBytes: number
}

/** MQTT's remaining length takes 1 to 4 bytes, 7 bits each (§2.2.3). */
const LENGTH_BYTES = 4
/** CONNACK, SUBACK, UNSUBACK, PINGRESP: what a broker says (§2.2.1). */
const OF_BROKERS = new Set([2, 9, 11, 13])

export type Refused = 'too-large' | 'of-brokers'

export function guardPackets(
  socket: Socket,
  limits: PacketLimits,
  refuse: (because: Refused) => void,
): PacketGuard {
  let isKnown = false
  let packets = 0
  let bodyLeft = 0
  let inLength = false
  let length = 0
  let shift = 0

  /** Why a packet that begins in these bytes must not be read on. */
  const wrong = (chunk: Uint8Array): Refused | undefined => {
    let at = 0
    while (at < chunk.length) {
      if (bodyLeft > 0) {
        const skipped = Math.min(bodyLeft, chunk.length - at)
        bodyLeft -= skipped
        at += skipped
      } else if (!inLength) {
        inLength = true
        packets++
        length = 0
        shift = 0
        if (OF_BROKERS.has((chunk[at++] as number) >> 4)) return 'of-brokers'
      } else {
        const byte = chunk[at++] as number
        length += (byte & 0x7f) * 2 ** (7 * shift++)
        if (length > (packets === 1 ? limits.connectBytes : limits.packetBytes)) return 'too-large'
        if ((byte & 0x80) === 0) {
          inLength = false
          bodyLeft = length
        } else if (shift === LENGTH_BYTES) return 'too-large'
      }
    }
    return undefined
  }

  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const hasConnect = packets > 1 || (packets === 1 && !inLength && bodyLeft === 0)
    if (hasConnect && !isKnown) return null // the broker asks again once it has answered
    const chunk: unknown = read(size)
    const because = chunk instanceof Uint8Array ? wrong(chunk) : undefined
    if (!because) return chunk
    refuse(because)
    socket.destroy()
    return null
  }
  return {
    admit() {
      isKnown = true
    },
  }
}
