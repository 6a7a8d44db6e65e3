/**
 * The data directory itself: nobody's but the gateway's, since it holds password hashes and where people and vehicles
 * were. Made level by level: Node's own recursive mkdir never returns where the file system refuses, as /proc does.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GatehouseError } from '../model/errors.ts'

/** There while a restore puts files in their place: until it is gone, they are half of a gateway's data. */
export const UNFINISHED_RESTORE = '.restoring'

/** The file of the lock, and by it a directory is known to be a gateway's. */
export const LOCK = 'gateway.lock'

const OWNER_ONLY = 0o700
const ANYBODY_ELSE = 0o077

/** Throws what `mkdirSync` throws. */
export function makeFolder(folder: string): void {
  const path = resolve(folder)
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: OWNER_ONLY })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
}

/** Makes the directory, or shuts an existing one to others. Throws GatehouseError `data-unwritable`. */
export function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder)
    shut(folder)
  } catch (cause) {
    const { message } = cause as Error
    throw new GatehouseError('data-unwritable', `Cannot write in ${folder}: ${message}`, { cause })
  }
}

/** Throws GatehouseError `restore-unfinished`. */
export function assertWhole(folder: string): void {
  if (!existsSync(join(folder, UNFINISHED_RESTORE))) return
  const sentence = `A restore into ${folder} was not finished: remove all that is in it, ${UNFINISHED_RESTORE} too, and restore again`
  throw new GatehouseError('restore-unfinished', sentence)
}

/** Never one that serves others too, such as /tmp: it is empty, or a gateway's already. */
function shut(folder: string): void {
  const { mode } = statSync(folder)
  if ((mode & ANYBODY_ELSE) === 0) return
  const inIt = readdirSync(folder)
  if (inIt.length > 0 && !inIt.includes(LOCK)) return
  try {
    chmodSync(folder, mode & OWNER_ONLY)
  } catch (cause) {
    // Of another owner, or on a file system without owners: then it is theirs to say who may read it.
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') throw cause
  }
}
