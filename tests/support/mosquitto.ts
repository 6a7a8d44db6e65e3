/**
 * A real Mosquitto on a free port with the configuration that is shipped, so that the tests hold what
 * the documentation promises. It can be killed and started again on the same folder and port.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { pathOf } from './servers.ts'

const SHIPPED = join(import.meta.dirname, '../../examples/mosquitto/mosquitto.conf')
const SHIPPED_ACCESS = join(import.meta.dirname, '../../examples/mosquitto/acl')
const ANSWERS_WITHIN_MS = 60_000

export type MosquittoOptions = {
  /** User → password; without any, everybody may come in. */
  readonly users?: Readonly<Record<string, string>>
  /** With the access list that is shipped. Default: everybody may say and hear everything. */
  readonly isGuarded?: boolean
  /** Lines of mosquitto.conf in place of those of the same key. */
  readonly settings?: Readonly<Record<string, string>>
}

export type Mosquitto = AsyncDisposable & {
  readonly port: number
  readonly url: string
  readonly pid: number
  /** As a power cut does. */
  kill(): Promise<void>
  /** Also after it was stopped or killed; same port, same folder. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Puts other users in place of those given, at once. */
  setUsers(users: Readonly<Record<string, string>>): void
}

async function answers(port: number): Promise<void> {
  const deadline = performance.now() + ANSWERS_WITHIN_MS
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (open) return
    if (performance.now() > deadline) throw new Error(`mosquitto does not answer on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const path = pathOf('mosquitto')
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mosquitto-'))
  const port = await freePort()
  const passwords = join(folder, 'passwords')
  const conf = join(folder, 'mosquitto.conf')
  const setUsers = (users: Readonly<Record<string, string>>) => {
    writeFileSync(passwords, '', { mode: 0o600 })
    for (const [user, password] of Object.entries(users)) {
      execFileSync('mosquitto_passwd', ['-b', passwords, user, password], { stdio: 'ignore' })
    }
  }
  setUsers(options.users ?? {})
  const access = join(folder, 'acl')
  const rules = options.isGuarded
    ? readFileSync(SHIPPED_ACCESS, 'utf8')
    : 'topic readwrite #\npattern readwrite #\n'
  writeFileSync(access, rules, { mode: 0o600 })
  const settings: Record<string, string> = {
    listener: `${port} 127.0.0.1`,
    allow_anonymous: String(options.users === undefined),
    password_file: passwords,
    acl_file: access,
    persistence_location: `${folder}/`,
    ...(process.getuid?.() === 0 ? { user: 'root' } : {}), // or it gives up the rights to its folder
    ...options.settings,
  }
  const shipped = readFileSync(SHIPPED, 'utf8').split('\n')
  const kept = shipped.filter((line) => !((line.split(' ')[0] ?? '') in settings))
  writeFileSync(
    conf,
    [...kept, ...Object.entries(settings).map(([key, value]) => `${key} ${value}`)].join('\n'),
  )

  let child: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  const start = async () => {
    const words: string[] = []
    child = spawn(path, ['-c', conf], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr?.on('data', (chunk) => words.push(String(chunk)))
    const exited = once(child, 'exit').then(() =>
      Promise.reject(new Error(`mosquitto ended: ${words.join('')}`)),
    )
    exited.catch(() => {}) // it also ends when it is told to
    await Promise.race([answers(port), exited])
  }
  await start()
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    get pid() {
      return child?.pid ?? -1
    },
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    setUsers(users) {
      setUsers(users)
      child?.kill('SIGHUP')
    },
    async [Symbol.asyncDispose]() {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
