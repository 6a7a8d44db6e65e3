/**
 * Works a back-test off in a few processes: one plans while the others make ready, then each takes the next
 * part as soon as it has done its last. They end by themselves once nobody asks any more, also where it was
 * called off; none outlives the call.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { ERRORS, type ErrorCode, GatehouseError } from '../model/errors.ts'
import type { BacktestAnswer, BacktestAsk, BacktestSetup, PartResult, Plan } from './setup.ts'

const WORKER = new URL('./worker.ts', import.meta.url)
/** Of one process; a part is some tens of megabytes. */
const HEAP_MB = 1_024
/**
 * A step of a draft cannot be interrupted; whoever is still in one after so long is killed. Nothing is lost:
 * they only read.
 */
const GRACE_MS = 2_000

export type PoolOptions = {
  readonly processes: number
  /** Ends it: what was found so far is dropped. */
  readonly signal: AbortSignal
  done?(parts: number, of: number): void
}

/**
 * Rejects with the signal's reason when it is called off, with GatehouseError for what the draft or the
 * history is guilty of.
 */
export async function runParts(
  setup: BacktestSetup,
  { processes, signal, done }: PoolOptions,
  take: (result: PartResult) => void,
): Promise<Plan> {
  await using workers = new AsyncDisposableStack()
  const first = workers.use(worker(setup, signal))
  const others = Array.from({ length: processes - 1 }, () => workers.use(worker(setup, signal)))
  const { plan } = (await first.ask({ is: 'plan' })) as { plan: Plan }
  const waiting = [...plan.parts].sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0))
  const all = waiting.length
  let ready = 0
  const workOff = async (own: BacktestWorker) => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const answer = await own.ask({ is: 'part', part, records: plan.records })
      take((answer as { result: PartResult }).result)
      done?.(++ready, all)
    }
  }
  await Promise.all([first, ...others].map(workOff))
  return plan
}

type BacktestWorker = AsyncDisposable & { ask(ask: BacktestAsk): Promise<BacktestAnswer> }

function worker(setup: BacktestSetup, signal: AbortSignal): BacktestWorker {
  signal.throwIfAborted()
  const child = fork(WORKER, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
  })
  let complaint = ''
  child.stderr?.on('data', (part: Buffer) => {
    complaint = (complaint + part).slice(-2_000)
  })
  let asked: PromiseWithResolvers<BacktestAnswer> | undefined
  let ended: Error | undefined
  let gone = false
  const end = (cause: Error) => {
    ended ??= cause
    asked?.reject(ended)
  }
  const aborted = () => end(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
  signal.addEventListener('abort', aborted, { once: true })
  child.on('message', (answer: BacktestAnswer) => {
    if ('failed' in answer) asked?.reject(failure(answer.failed, answer.code))
    else asked?.resolve(answer)
  })
  child.on('error', end)
  child.on('exit', (code, killed) => {
    gone = true
    end(new Error(`The back-test ended: ${killed ?? `exit code ${code}`} ${complaint}`))
  })
  tell(child, setup, end)
  return {
    ask(ask) {
      asked = Promise.withResolvers()
      if (ended) asked.reject(ended)
      else tell(child, ask, end)
      return asked.promise
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', aborted)
      if (gone || child.pid === undefined) return
      const exited = once(child, 'exit')
      const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
      if (child.connected) child.disconnect() // it ends when it sees that
      await exited
      clearTimeout(kill)
    },
  }
}

const tell = (child: ChildProcess, message: BacktestSetup | BacktestAsk, failed: (cause: Error) => void) =>
  child.send(message, (cause) => cause && failed(cause))

const failure = (sentence: string, code: string | undefined) =>
  code !== undefined && code in ERRORS ? new GatehouseError(code as ErrorCode, sentence) : new Error(sentence)
