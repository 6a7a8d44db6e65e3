/**
 * One gateway a data folder. The lock is SQLite's own on a small file, held for the life of the
 * process: the kernel drops it however the process ends, so a kill leaves nothing to clean up.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GatehouseError } from '../model/errors.ts'
import { assertWhole, LOCK, makeDataFolder } from './data-folder.ts'

/** SQLITE_BUSY. */
const BUSY = 5

/**
 * Throws GatehouseError `data-locked`, `data-unwritable` or `restore-unfinished`. A folder on NFS needs a
 * server with working locks.
 */
export function lockDataFolder(folder: string): Disposable {
  const lock = lockForRestore(folder)
  try {
    assertWhole(folder)
    return lock
  } catch (cause) {
    lock[Symbol.dispose]()
    throw cause
  }
}

/** Also where a restore was not finished. Throws GatehouseError `data-locked` or `data-unwritable`. */
export function lockForRestore(folder: string): Disposable {
  makeDataFolder(folder)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(folder, LOCK), { timeout: 0 })
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    const held = database
    return { [Symbol.dispose]: () => held.close() }
  } catch (cause) {
    database?.close()
    const { message, errcode } = cause as Error & { errcode?: number }
    if (errcode !== undefined && (errcode & 0xff) === BUSY) {
      throw new GatehouseError(
        'data-locked',
        `Another gateway is running on ${folder}: stop it, or name another directory (data.dir, GATEHOUSE_DATA_DIR)`,
        { cause },
      )
    }
    throw new GatehouseError('data-unwritable', `Cannot write in ${folder}: ${message}`, { cause })
  }
}
