/**
 * The gateway's side of the Parquet engine: asks it, gives up on it in time, and starts it anew
 * when it has died. Nothing is lost with it, so an engine in doubt is killed rather than reasoned with.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { GatehouseError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { Answered, Answers, Ask, Asked, EngineSettings } from './parquet-protocol.ts'

const WORKER = new URL('./parquet-worker.ts', import.meta.url)
/** Questions under way at once; more are refused, because answers that nobody waits for help nobody. */
const MAX_WAITING = 64

/** A file is not what its name says, or cannot be read. */
export class DamagedFile extends Error {
  readonly file: string

  constructor(file: string, because: string) {
    super(because)
    this.file = file
  }
}

export interface ParquetEngine extends AsyncDisposable {
  /** Throws DamagedFile, or GatehouseError `historian-busy` when it died, was too slow, or could not. */
  ask<Kind extends Ask['is']>(ask: Extract<Ask, { is: Kind }>, timeLimitMs: number): Promise<Answers[Kind]>
  /** Ends its process, unless it is being asked; the next question starts it anew. */
  rest(): Promise<void>
  /** How often it had to be started again. */
  readonly restarts: number
}

type Waiting = {
  readonly resolve: (answer: Answers[keyof Answers]) => void
  readonly reject: (cause: Error) => void
}

export function parquetEngine(settings: EngineSettings, log: Log): ParquetEngine {
  const waiting = new Map<number, Waiting>()
  let child: ChildProcess | undefined
  let starts = 0
  let lastId = 0
  let disposed = false

  function start(): ChildProcess {
    starts++
    const started = fork(WORKER, [JSON.stringify(settings)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    })
    let complaint = ''
    started.stderr?.on('data', (part: Buffer) => {
      complaint = (complaint + part).slice(-2_000)
    })
    started.on('message', (answered: Answered) => settle(answered))
    started.on('error', (cause) => lose(started, cause.message))
    started.on('exit', (code, signal) =>
      lose(started, `${signal ?? `exit code ${code}`} ${complaint}`.trim()),
    )
    return started
  }

  function settle(answered: Answered): void {
    const asker = waiting.get(answered.id)
    waiting.delete(answered.id)
    if ('damaged' in answered) asker?.reject(new DamagedFile(answered.damaged, answered.because))
    else if ('failed' in answered) asker?.reject(busy(answered.failed))
    else asker?.resolve(answered.answer)
  }

  function lose(lost: ChildProcess, because: string): void {
    if (child !== lost) return
    child = undefined
    if (!disposed) log.warn({ because }, 'The history engine ended; it starts again with the next question')
    const left = [...waiting.values()]
    waiting.clear()
    for (const { reject } of left) reject(busy(because))
  }

  function kill(because: string): void {
    const lost = child
    lost?.kill('SIGKILL')
    if (lost) lose(lost, because)
  }

  return {
    get restarts() {
      return Math.max(0, starts - 1)
    },
    async ask<Kind extends Ask['is']>(ask: Extract<Ask, { is: Kind }>, timeLimitMs: number) {
      if (disposed) throw busy('it is stopped')
      if (waiting.size >= MAX_WAITING) throw busy(`${MAX_WAITING} questions are waiting already`)
      child ??= start()
      const id = ++lastId
      const { promise, resolve, reject } = Promise.withResolvers<Answers[keyof Answers]>()
      waiting.set(id, { resolve, reject })
      child.send({ id, ask } satisfies Asked, (cause) => {
        if (cause && waiting.delete(id)) reject(busy(cause.message))
      })
      // Real time whatever the gateway's clock: it bounds the work of a real process.
      const limit = setTimeout(() => kill(`no answer within ${timeLimitMs} ms`), timeLimitMs)
      try {
        return (await promise) as Answers[Kind]
      } finally {
        clearTimeout(limit)
      }
    },
    async rest() {
      const last = child
      if (!last || waiting.size > 0) return
      const gone = new Promise((resolve) => last.once('exit', resolve))
      child = undefined
      starts-- // what ends in order is not started again for any trouble
      last.kill('SIGKILL')
      await gone
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      const last = child
      if (!last) return
      const gone = new Promise((resolve) => last.once('exit', resolve))
      kill('the gateway stops')
      await gone
    },
  }
}

const busy = (because: string) =>
  new GatehouseError('historian-busy', `The embedded history did not answer: ${because}`)
