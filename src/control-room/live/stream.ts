/**
 * The one live stream. The browser resumes it after `Last-Event-ID` by itself; where the browser
 * gives up (the gateway refused, or nothing came for too long) it is opened anew with the same id.
 * Events wait for the next animation frame and are handed over together.
 */
import { EVENT_NAMES, type LiveEvent } from './event.ts'

export type Stream = {
  /** Called at most once a frame. */
  batch(events: readonly LiveEvent[]): void
  /**
   * From now on nothing is missed. Until now something may have been: all of it where nothing is replayed,
   * else what never is.
   */
  opened(isReplayed: boolean): void
  /** What was missed cannot be replayed: load everything again. */
  reset(): void
  /** Something was heard; `at` is the gateway's own clock where it told it. */
  heard(at?: string): void
  lost(): void
}

export type OpenStream = {
  /** Hands over what still waits and tells the last id, after which another stream may go on. */
  close(): string
}

/** The gateway gives a sign of life every 15 s; two missed ones and some slack. */
const SILENCE_MS = 38_000
const JUDGED_EVERY_MS = 1_000
const REOPEN_MS = 2_000
/** Beyond this many events in one frame, loading again is cheaper than following. */
const MOST_WAITING = 20_000

const nextFrame = (task: () => void) => {
  if (document.visibilityState === 'visible') requestAnimationFrame(task)
  else setTimeout(task, 500) // a hidden page has no frames
}

/** Goes on after the event `after`; without one from now on. */
export function openStream(url: URL, to: Stream, after = ''): OpenStream {
  let source: EventSource | undefined
  let lastEventId = after
  let waiting: LiveEvent[] = []
  let framed = false
  let closed = false
  /** By the clock on the wall: a machine that slept has heard nothing since, whatever its timers say. */
  let heardAt = Date.now()
  let reopening: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    framed = false
    const events = waiting
    waiting = []
    if (closed) return
    if (events.length > MOST_WAITING) to.reset()
    else if (events.length > 0) to.batch(events)
  }
  const alive = (at?: string) => {
    heardAt = Date.now()
    to.heard(at)
  }
  const take = (event: LiveEvent['event'], message: MessageEvent<string>) => {
    if (message.lastEventId) lastEventId = message.lastEventId
    const data = JSON.parse(message.data)
    alive(event === 'heartbeat' ? data.at : undefined)
    if (event === 'heartbeat') return
    if (event === 'reset') return to.reset()
    waiting.push({ event, data } as LiveEvent)
    if (!framed) {
      framed = true
      nextFrame(flush)
    }
  }
  const open = () => {
    const from = new URL(url)
    if (lastEventId) from.searchParams.set('lastEventId', lastEventId)
    source = new EventSource(from)
    for (const name of EVENT_NAMES) source.addEventListener(name, (message) => take(name, message))
    source.onopen = () => {
      alive()
      to.opened(lastEventId !== '')
    }
    source.onerror = () => {
      to.lost()
      if (source?.readyState === EventSource.CLOSED) reopen()
    }
  }
  function reopen() {
    clearTimeout(reopening)
    source?.close()
    if (closed) return
    heardAt = Date.now()
    to.lost()
    reopening = setTimeout(open, REOPEN_MS)
  }
  const judge = () => {
    if (Math.abs(Date.now() - heardAt) > SILENCE_MS) reopen()
  }
  const watchdog = setInterval(judge, JUDGED_EVERY_MS)
  document.addEventListener('visibilitychange', judge)

  open()
  return {
    close() {
      source?.close()
      flush()
      closed = true
      clearInterval(watchdog)
      document.removeEventListener('visibilitychange', judge)
      clearTimeout(reopening)
      return lastEventId
    },
  }
}
