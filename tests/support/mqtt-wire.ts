/**
 * Just enough MQTT 3.1.1 on the wire to publish at QoS 1 and to see each PUBACK: a load
 * generator must cost less than what it measures, and an oracle must trust no library's queue.
 */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export const text = (value: string | Uint8Array) => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export function packet(header: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  let rest = body.length
  do {
    const byte = rest % 128
    rest = Math.floor(rest / 128)
    length.push(rest > 0 ? byte | 128 : byte)
  } while (rest > 0)
  return Buffer.concat([Buffer.from([header, ...length]), body])
}

/** A publish whose packet id is written in place for each sending. */
export type PreparedPublish = { readonly bytes: Buffer; readonly idAt: number }

export function preparePublish(topic: string, payload: string | Uint8Array): PreparedPublish {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload
  const bytes = packet(0x32, text(topic), Buffer.alloc(2), body)
  return { bytes, idAt: bytes.length - body.length - 2 }
}

export type Wire = {
  /** Resolves when the broker has acknowledged it; rejects when the connection ends before. */
  publish(message: PreparedPublish): Promise<void>
  /** Unacknowledged now. */
  readonly inFlight: number
  close(): void
  readonly closed: Promise<void>
}

/** Connects with clean session; rejects when it is refused. */
export async function openWire(port: number, user: string, password: string, clientId = user): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.write(
    packet(0x10, text('MQTT'), Buffer.from([4, 0xc2, 0, 240]), text(clientId), text(user), text(password)),
  )
  const waiting = new Map<number, { resolve(): void; reject(cause: Error): void }>()
  let connected: { resolve(): void; reject(cause: Error): void } | undefined
  const accepted = new Promise<void>((resolve, reject) => {
    connected = { resolve, reject }
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const fail = () => {
    const cause = new Error('the connection ended')
    connected?.reject(cause)
    for (const { reject } of waiting.values()) reject(cause)
    waiting.clear()
  }
  socket.on('error', fail)
  socket.on('close', fail)
  readPackets(socket, (type, body) => {
    if (type === 2 && body[1] === 0) connected?.resolve()
    else if (type === 2) connected?.reject(new Error(`refused with ${body[1]}`))
    else if (type === 4) {
      const id = body.readUInt16BE(0)
      waiting.get(id)?.resolve()
      waiting.delete(id)
    }
  })
  await accepted
  let lastId = 0
  return {
    publish({ bytes, idAt }) {
      if (socket.destroyed) return Promise.reject(new Error('the connection ended'))
      do lastId = (lastId % 65_535) + 1
      while (waiting.has(lastId))
      const message = Buffer.from(bytes)
      message.writeUInt16BE(lastId, idAt)
      socket.write(message)
      return new Promise((resolve, reject) => waiting.set(lastId, { resolve, reject }))
    },
    get inFlight() {
      return waiting.size
    },
    close: () => socket.destroy(),
    closed,
  }
}

function readPackets(socket: Socket, onPacket: (type: number, body: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    for (;;) {
      let [length, shift, at] = [0, 0, 1]
      while (at < rest.length && at < 5) {
        const byte = rest[at++] as number
        length += (byte & 127) << shift
        shift += 7
        if (byte < 128) break
        if (at === rest.length) return
      }
      if (rest.length < 2 || rest.length < at + length) return
      onPacket((rest[0] as number) >> 4, rest.subarray(at, at + length))
      rest = rest.subarray(at + length)
    }
  })
}
