/**
 * The journal's own thread: SQLite is synchronous and waits for the disk, so it must not run where
 * devices are answered. One message is one transaction; bodies cross by transfer, never by copy.
 */
import { mkdirSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { dirname } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { Place, StoredCommit, Stretch } from './commit-file.ts'
import { type News, openCommitFiles } from './commit-files.ts'
import type { Removal } from './store.ts'

export type Request =
  | { readonly is: 'open' }
  | {
      readonly is: 'write'
      readonly commit: StoredCommit | undefined
      readonly positions: readonly Place[]
    }
  | ({ readonly is: 'read' } & Stretch)
  | ({ readonly is: 'remove' } & Removal)
  | { readonly is: 'close' }

export type Answer = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly failed: string; readonly errcode: number | undefined }
)

/** Unasked. */
export type Told = { readonly news: News }

const file: string = workerData.file
mkdirSync(dirname(file), { recursive: true })
const files = openCommitFiles(file, (news) => parentPort?.postMessage({ news } satisfies Told))

function answer(request: Request): { result: unknown; transfer: ArrayBuffer[] } {
  switch (request.is) {
    case 'open':
      return { result: files.opened, transfer: [] }
    case 'write': {
      files.write(request.commit, request.positions)
      const body = request.commit?.body // given back: whoever reads on from memory need not hold the records meanwhile
      return { result: body, transfer: body ? [body.buffer] : [] }
    }
    case 'read': {
      const result = files.read(request)
      return { result, transfer: result.map(({ body }) => body.buffer) }
    }
    case 'remove':
      return { result: files.remove(request), transfer: [] }
    case 'close':
      return { result: files.close(), transfer: [] }
  }
}

parentPort?.on('message', ({ id, request }: { id: number; request: Request }) => {
  try {
    const { result, transfer } = answer(request)
    parentPort?.postMessage({ id, result } satisfies Answer, transfer)
  } catch (cause) {
    const { message, errcode } = cause as Error & { errcode?: number }
    parentPort?.postMessage({ id, failed: message, errcode } satisfies Answer)
  }
})

// The next start of this thread need not strip its types: a process that is killed writes nothing of it
// (docs/decisions/0028).
flushCompileCache()
