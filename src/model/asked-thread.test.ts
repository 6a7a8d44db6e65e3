import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { answerAsks, askedThread } from './asked-thread.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Threads that live in this one, behind a real port; each ends when the test says so. */
function stage(answer: (ask: string) => unknown) {
  const threads: { exit(code: number): void; error(cause: Error): void }[] = []
  const closed: string[] = []
  const thread = askedThread<string, string>(() => {
    const { port1, port2 } = new MessageChannel()
    answerAsks(port2, answer, () => closed.push('closed'))
    const heard = new Map<string, (told: never) => void>()
    const tell = (event: string, told: unknown) => heard.get(event)?.(told as never)
    port1.on('message', (told) => tell('message', told))
    port1.on('close', () => tell('exit', 0))
    threads.push({ exit: (code) => tell('exit', code), error: (cause) => tell('error', cause) })
    return {
      on: (event: string, hear: (told: never) => void) => heard.set(event, hear),
      postMessage: (question: unknown) => port1.postMessage(question),
      terminate: async () => port1.close(),
    }
  })
  return { thread, threads, closed }
}

it('gives each question its own answer, in whatever order they come', async () => {
  const slow = Promise.withResolvers<string>()
  const { thread } = stage((ask) => (ask === 'slow' ? slow.promise : ask.toUpperCase()))
  const first = thread.ask('slow')
  expect(await thread.ask('quick')).toBe('QUICK')
  slow.resolve('at last')
  expect(await first).toBe('at last')
  await thread.end()
})

it('fails a question in the words of the thread, and goes on', async () => {
  const { thread } = stage((ask) => {
    if (ask === 'bad') throw new Error('database or disk is full')
    return ask
  })
  await expect(thread.ask('bad')).rejects.toThrow('database or disk is full')
  expect(await thread.ask('good')).toBe('good')
  await thread.end()
})

it('fails what is under way where the thread ends, begins another with the next, and loses nothing of it to the late end of the first', async () => {
  let isHung = true
  const { thread, threads } = stage((ask) => (isHung ? new Promise(() => {}) : ask))
  const hung = thread.ask('hung')
  threads[0]?.error(new Error('out of memory'))
  await expect(hung).rejects.toThrow('its thread has ended: out of memory')
  expect(thread.isRunning).toBe(false)
  isHung = false
  const next = thread.ask('next')
  threads[0]?.exit(1)
  expect(await next).toBe('next')
  expect(threads).toHaveLength(2)
  await thread.end()
})

it('ends after what was asked before; killed, what is under way fails for that reason', async () => {
  const { thread, closed } = stage((ask) => ask)
  const asked = thread.ask('last')
  const ended = thread.end()
  expect(await asked).toBe('last')
  await ended
  expect({ closed, isRunning: thread.isRunning }).toEqual({ closed: ['closed'], isRunning: false })
  const hanging = stage(() => new Promise(() => {})).thread
  const hung = expect(hanging.ask('hung')).rejects.toThrow('no answer in time')
  await hanging.kill('no answer in time')
  await hung
  await turn()
})
