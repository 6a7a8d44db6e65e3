/**
 * How rooms ask a thread: each question with a number, and the answer under the same. The thread begins with
 * the first question. If it ends, what is under way fails and the next question begins another, so nothing
 * may be kept in it that must last.
 */

/** What is needed of a `Worker`; this room starts none itself. */
type Thread = {
  on(event: 'message', heard: (answer: unknown) => void): unknown
  on(event: 'error' | 'messageerror', heard: (cause: Error) => void): unknown
  on(event: 'exit', heard: (code: number) => void): unknown
  postMessage(question: unknown, transfer: ArrayBuffer[]): void
  terminate(): Promise<unknown>
}

/** Of a `MessagePort`, in the thread. */
type Port = {
  on(event: 'message', heard: (question: unknown) => void): unknown
  postMessage(answer: unknown): void
  close(): void
}

type Question<Ask> = { readonly id: number; readonly ask: Ask }
type Answer<Result> = { readonly id: number } & ({ readonly result: Result } | { readonly failed: string })

const END = 'end'

export type AskedThread<Ask, Result> = {
  /**
   * Rejects with the thread's own words, or where it ends before it has answered. What is transferred is the
   * thread's from then on.
   */
  ask(ask: Ask, transfer?: ArrayBuffer[]): Promise<Result>
  readonly isRunning: boolean
  /** Resolves when it has ended by itself, after what was asked before. */
  end(): Promise<void>
  /** Ends it at once; what is under way fails for this reason. */
  kill(because: string): Promise<void>
}

export function askedThread<Ask, Result>(
  start: () => Thread,
  failed: (because: string) => Error = (because) => new Error(because),
): AskedThread<Ask, Result> {
  const waiting = new Map<number, PromiseWithResolvers<Result>>()
  let running: { readonly thread: Thread; readonly gone: Promise<void> } | undefined
  let lastId = 0

  /** An earlier thread that ends late takes nothing of a later one with it. */
  function lose(thread: Thread, because: string): void {
    if (running?.thread !== thread) return
    running = undefined
    for (const { reject } of waiting.values()) reject(failed(because))
    waiting.clear()
  }

  function begin(): NonNullable<typeof running> {
    const thread = start()
    const gone = Promise.withResolvers<void>()
    thread.on('message', (told) => {
      const answer = told as Answer<Result>
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('failed' in answer) asker?.reject(failed(answer.failed))
      else asker?.resolve(answer.result)
    })
    thread.on('error', ({ message }) => lose(thread, `its thread has ended: ${message}`))
    thread.on('messageerror', ({ message }) => lose(thread, `its thread cannot be understood: ${message}`))
    thread.on('exit', (code) => {
      lose(thread, `its thread has ended: exit code ${code}`)
      gone.resolve()
    })
    return { thread, gone: gone.promise }
  }

  return {
    ask(ask, transfer = []) {
      running ??= begin()
      const asked = Promise.withResolvers<Result>()
      waiting.set(++lastId, asked)
      running.thread.postMessage({ id: lastId, ask } satisfies Question<Ask>, transfer)
      return asked.promise
    },
    get isRunning() {
      return running !== undefined
    },
    async end() {
      running?.thread.postMessage(END, [])
      await running?.gone
    },
    async kill(because) {
      const last = running?.thread
      if (!last) return
      lose(last, because)
      await last.terminate()
    },
  }
}

/** In the thread. `close` is called once, when nothing more will be asked. */
export function answerAsks<Ask>(
  port: Port | null,
  answer: (ask: Ask) => unknown,
  close: () => unknown = () => undefined,
): void {
  port?.on('message', async (question) => {
    if (question === END) {
      await close()
      return port.close()
    }
    const { id, ask } = question as Question<Ask>
    try {
      port.postMessage({ id, result: await answer(ask) })
    } catch (cause) {
      port.postMessage({ id, failed: (cause as Error).message } satisfies Answer<never>)
    }
  })
}
