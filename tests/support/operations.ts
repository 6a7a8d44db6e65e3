/** Operations on a real file in a folder of their own, and the same file opened again as after a crash. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../src/model/instant.ts'
import { type Operations, type OperationsParts, openOperations } from '../../src/operations/open.ts'

type More = Partial<Omit<OperationsParts, 'dir' | 'clock'>>

export type OperationsFolder = AsyncDisposable & {
  readonly dir: string
  open(clock: Clock, more?: More): Promise<Operations>
}

export async function operationsFolder(): Promise<OperationsFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-operations-'))
  return {
    dir,
    open: (clock, more = {}) => openOperations({ dir, clock, ...more }),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

/** One, thrown away with its folder. */
export async function operationsFor(clock: Clock, more: More = {}): Promise<Operations> {
  const folder = await operationsFolder()
  const operations = await folder.open(clock, more)
  return {
    ...operations,
    async [Symbol.asyncDispose]() {
      await operations[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
