/** Takes TCP connections and never says a word, as a service does whose process hangs. */
import { createServer, type Socket } from 'node:net'

export type MuteServer = AsyncDisposable & {
  readonly port: number
  /** Taken so far. */
  readonly connections: number
}

export async function muteServer(): Promise<MuteServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
