/** Runs the load generator, or a ceiling, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Load, LoadResult } from './publisher.ts'

export type { LoadResult }

const program = (name: string) => [join(import.meta.dirname, `${name}.ts`)]

export async function runLoad(load: Load): Promise<LoadResult> {
  const child = spawn(process.execPath, program('publisher'), { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(load))
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the load generator ended with ${code}`)
  return JSON.parse(said) as LoadResult
}

export type Helper = AsyncDisposable & {
  /** The next line that it prints, as JSON. */
  line<T>(): Promise<T>
  readonly process: ChildProcess
}

/** Another program of this folder, which prints JSON lines; ended by SIGTERM. */
export function startHelper(name: string, ...args: string[]): Helper {
  const child = spawn(process.execPath, [...program(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    process: child,
    async line<T>() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`${name} has ended`)
      return JSON.parse(value) as T
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await closed
    },
  }
}

export const perSecond = ({ acknowledged, seconds }: LoadResult): number => acknowledged / seconds

/** Linux counts the time of processes in hundredths of a second. */
const TICKS_PER_S = 100

/**
 * CPU seconds of a process so far, all its threads, its own and the kernel's for it: other people's load
 * hardly changes them.
 */
export function cpuSeconds(pid: number | undefined): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
  const fields = afterName.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}
