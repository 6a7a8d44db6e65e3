/**
 * A TCP port for a server that cannot be told "any", or that must come back on its own after it was killed.
 * It lies below those which systems hand out for outgoing connections and for "any" (32768 on Linux, 49152
 * elsewhere), so that nobody takes it meanwhile by chance.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

const [FIRST, END] = [20_000, 32_000]

const given = new Set<number>()

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
