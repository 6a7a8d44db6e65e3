/** A TCP proxy on loopback that can be cut and mended, as a network can: what is on both ends lives on. */
import { connect, createServer, type Socket } from 'node:net'

export type CuttableLink = AsyncDisposable & {
  readonly port: number
  /** Ends every connection and takes no new one until mended. */
  cut(): void
  mend(): void
}

export async function cuttableLink(to: {
  readonly host: string
  readonly port: number
}): Promise<CuttableLink> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(to.port, to.host)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const end = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    cut() {
      isCut = true
      end()
    },
    mend() {
      isCut = false
    },
    async [Symbol.asyncDispose]() {
      end()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
