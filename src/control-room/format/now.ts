/** One ticking second for all ages on the page, by the gateway's clock. */
import { useSyncExternalStore } from 'react'
import { gatewayNow } from '../live/status.ts'

let now = Math.floor(gatewayNow() / 1_000) * 1_000
let timer: ReturnType<typeof setInterval> | undefined
const watchers = new Set<() => void>()

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  if (timer === undefined) now = Math.floor(gatewayNow() / 1_000) * 1_000
  timer ??= setInterval(() => {
    now = Math.floor(gatewayNow() / 1_000) * 1_000
    for (const one of watchers) one()
  }, 1_000)
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Milliseconds, changing every `stepMs`: a list that shows minutes is not drawn anew each second. */
export const useNow = (stepMs = 1_000): number =>
  useSyncExternalStore(watch, () => Math.floor(now / stepMs) * stepMs)
