/** Whether what is on the screen is current: one small store that the whole page reads. */
import { useSyncExternalStore } from 'react'
import { skewOf } from './skew.ts'

export type LiveStatus = {
  readonly state: 'connecting' | 'live' | 'lost'
  /** Browser clock of the last sign of life. */
  readonly heardAt: number | null
  /** Set when the stream came back after a loss. */
  readonly caughtUpAt: number | null
}

let status: LiveStatus = { state: 'connecting', heardAt: null, caughtUpAt: null }
/** A desk whose clock is wrong still shows true ages. */
const skew = skewOf(() => Date.now())
const watchers = new Set<() => void>()

const set = (next: LiveStatus) => {
  status = next
  for (const watcher of watchers) watcher()
}

export function noteHeard(at?: string): void {
  const now = Date.now()
  if (at !== undefined) skew.heard(at)
  if (status.state === 'live' && now - (status.heardAt ?? 0) < 1_000) return
  set({ state: 'live', heardAt: now, caughtUpAt: status.state === 'lost' ? now : status.caughtUpAt })
}

/** Also where it never was live: what is shown was loaded, and is as old as that. */
export function noteLost(): void {
  if (status.state !== 'lost') set({ ...status, state: 'lost', heardAt: status.heardAt ?? Date.now() })
}

export const { onGateway, dated: noteDate } = skew

export const gatewayNow = (): number => onGateway(Date.now())

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export const useLiveStatus = (): LiveStatus => useSyncExternalStore(watch, () => status)
