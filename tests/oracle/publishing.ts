/** The controller's side of the publisher process, and the obligations that it has written down. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { Acknowledged, Order, PublisherOptions, State } from './publisher.ts'

export type Publishing = AsyncDisposable & {
  /** The first message sent from now on to be acknowledged; rejects after the limit. */
  fresh(withinMs: number): Promise<Acknowledged>
  /** Resolves when everything sent is acknowledged. */
  pause(withinMs: number): Promise<State>
  resume(): Promise<State>
  state(): Promise<State>
  /** Everything acknowledged so far. */
  obligations(): Acknowledged[]
}

const ANSWERS_WITHIN_MS = 60_000

export function startPublishing(options: PublisherOptions): Publishing {
  const child = fork(new URL('./publisher.ts', import.meta.url), [JSON.stringify(options)], { execArgv: [] })
  const waiting = new Map<number, (result: unknown) => void>()
  let lastId = 0
  child.on('message', ({ id, result }: { id: number; result: unknown }) => {
    waiting.get(id)?.(result)
    waiting.delete(id)
  })

  function ask(is: Order['is'], withinMs = ANSWERS_WITHIN_MS): Promise<unknown> {
    const id = ++lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    waiting.set(id, resolve)
    const limit = setTimeout(() => reject(new Error(`${is}: no answer within ${withinMs} ms`)), withinMs)
    child.send({ id, is } satisfies Order)
    return promise.finally(() => clearTimeout(limit))
  }

  return {
    fresh: async (withinMs) => (await ask('fresh', withinMs)) as Acknowledged,
    pause: async (withinMs) => (await ask('pause', withinMs)) as State,
    resume: async () => (await ask('resume')) as State,
    state: async () => (await ask('state')) as State,
    obligations: () => (existsSync(options.obligations) ? read(options.obligations) : []),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

const read = (file: string): Acknowledged[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [device = 0, n = 0, at = 0] = line.split(' ').map(Number)
      return { device, n, at }
    })
