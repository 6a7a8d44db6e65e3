/**
 * Why a file or folder that the configuration names cannot be read, in words, and which of its neighbours was
 * perhaps meant.
 */
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { meant } from '../model/meant.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'the user that runs this may not read it',
  EPERM: 'the user that runs this may not read it',
}

/** Undefined where it can be read. */
export function unreadable(path: string, wanted: 'file' | 'folder' = 'file'): string | undefined {
  try {
    accessSync(path, constants.R_OK)
    if (statSync(path).isDirectory() === (wanted === 'folder')) return undefined
    return `Cannot read ${path}: it is ${wanted === 'file' ? 'a folder' : 'no folder'}`
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' && wanted === 'folder' ? 'there is no such folder' : REASONS[code]
    return `Cannot read ${path}: ${reason ?? message}${code === 'ENOENT' ? neighbour(path) : ''}`
  }
}

function neighbour(path: string): string {
  try {
    return meant(basename(path), readdirSync(dirname(path)))
  } catch {
    return ''
  }
}
