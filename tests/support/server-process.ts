/**
 * A real server as a child process on free loopback ports in a temporary folder; gone, folder and all, when
 * disposed.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { pathOf, type ServerName } from './servers.ts'

const START_LIMIT_MS = 120_000

export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  readonly folder: string
  readonly pid: number
}

export type ServerRecipe = {
  readonly name: ServerName
  /** Free loopback ports wanted; the first is that of `url`. */
  readonly ports: number
  /** Arguments, after whatever files they need were written into the folder. */
  prepare(folder: string, ports: readonly number[]): Promise<readonly string[]> | readonly string[]
  /** Answers 2xx once the server is ready. */
  readonly readyPath: string
}

export async function startServer({
  name,
  ports: wanted,
  prepare,
  readyPath,
}: ServerRecipe): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), `gatehouse-${name}-`))
  const ports = await Promise.all(Array.from({ length: wanted }, freePort))
  const url = `http://127.0.0.1:${ports[0]}`
  const child = spawn(pathOf(name), await prepare(folder, ports), { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      said = (said + part).slice(-4_000)
    })
  }
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const dispose = async () => {
    child.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  const until = Date.now() + START_LIMIT_MS
  while (!(await answers(url + readyPath))) {
    if (child.exitCode !== null || Date.now() > until) {
      await dispose()
      throw new Error(`${name} did not start: ${said}`)
    }
    await sleep(50)
  }
  return { url, folder, pid: child.pid as number, [Symbol.asyncDispose]: dispose }
}

const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )
