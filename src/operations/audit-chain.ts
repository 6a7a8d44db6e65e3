/**
 * The audit's chain: each entry is sealed with the seal of the one before, so that one which was changed or
 * taken out shows. What it cannot show is an end that was cut off: for that, a seal is kept elsewhere, as a
 * backup's manifest does.
 */
import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Instant } from '../model/instant.ts'

type Sealed = {
  readonly at: Instant
  readonly by: string
  readonly action: string
  readonly subject: string
  /** As the JSON that was sealed. */
  readonly details: string
}

export type AuditCheck = {
  readonly entries: number
  /** Of the last entry; empty where there is none. */
  readonly seal: string
  /** The first entry that does not follow from the one before it. */
  readonly brokenAt?: { readonly id: number; readonly at: Instant }
}

type Entry = Sealed & { readonly id: number; readonly hash: string }

/** What seals the very first entry. */
export const NO_SEAL = ''

export function auditHash(before: string, { at, by, action, subject, details }: Sealed): string {
  return createHash('sha256')
    .update(JSON.stringify([before, at, by, action, subject, details]))
    .digest('hex')
}

/** Of an operations database, also one that a gateway has open. Undefined where it has no audit. */
export function checkAudit(database: DatabaseSync): AuditCheck | undefined {
  if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'audit'").get()) return undefined
  const query = 'SELECT id, at, by_name AS by, action, subject, details, hash FROM audit ORDER BY id'
  return checkChain(database.prepare(query).iterate() as Iterable<Entry>)
}

function checkChain(oldestFirst: Iterable<Entry>): AuditCheck {
  let first: Entry | undefined
  let last: Entry | undefined
  let broken: Entry | undefined
  let entries = 0
  /** What the first entry that stayed may have been sealed with: the cuts of retention tell. */
  const cutAt = new Set<string>()
  for (const entry of oldestFirst) {
    entries++
    first ??= entry
    if (last && entry.hash !== auditHash(last.hash, entry)) broken ??= entry
    if (entry.action === 'audit.cut') cutAt.add(sealOfCut(entry))
    last = entry
  }
  if (first && !isBegin(first, cutAt)) broken = first
  return {
    entries,
    seal: last?.hash ?? NO_SEAL,
    ...(broken && { brokenAt: { id: broken.id, at: broken.at } }),
  }
}

function isBegin(first: Entry, cutAt: ReadonlySet<string>): boolean {
  const follows = (seal: string) => first.hash === auditHash(seal, first)
  // A cut that left nothing is told by the entry that begins anew.
  if (first.id === 1 || first.action === 'audit.cut') return follows(NO_SEAL)
  return [...cutAt].some(follows)
}

function sealOfCut({ details }: Entry): string {
  try {
    return String(JSON.parse(details)?.hash)
  } catch {
    return NO_SEAL
  }
}
