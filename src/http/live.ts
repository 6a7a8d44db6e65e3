/**
 * The live stream. Durable events are taken from the event book until a client has caught up and
 * from then on as they happen, so the hand-over neither loses nor repeats; what a slow client
 * cannot take waits in a bounded queue, and beyond that the client is told to start again.
 */
import type { ServerResponse } from 'node:http'
import type { Language } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { eventView, type StoredEvent } from '../operations/events.ts'
import type { EventBook } from '../operations/operations.ts'
import type { Identity } from '../operations/roles.ts'
import type { WhereOf } from '../operations/views.ts'
import type { ClocksOf } from '../work-orders/clocks.ts'
import { doneBy } from '../work-orders/lifecycle.ts'
import type { Caller } from './caller.ts'
import type { ShowInstant } from './instants.ts'
import { isOwn, may, movesOf, type Right } from './rights.ts'

const BATCH = 200
/**
 * No one name takes more than this part of all streams: a client that forgets its own must not put out the
 * control room.
 */
const SHARE = 2
/** A client that takes nothing for so many heartbeats is gone, whatever its connection says. */
const PATIENCE_BEATS = 4

export type LiveOptions = { readonly heartbeatMs: number; readonly clients: number; readonly queue: number }

export type LiveParts = {
  readonly events: EventBook
  readonly clock: Clock
  readonly log: Log
  readonly instant: ShowInstant
  readonly whereOf: WhereOf
  readonly clocksOf?: ClocksOf | undefined
  /** Asked at each heartbeat: an ended session ends its stream. */
  stillIn(caller: Caller): Promise<Identity | undefined>
}

/** Not kept: only the newest of a `key` matters to a client that is behind. */
export type Passing = {
  readonly event: 'device.latest' | 'link.changed'
  readonly right: Right
  readonly news: readonly { readonly key: string; readonly data: (language: Language) => object }[]
}

export type Guest = {
  readonly caller: Caller
  readonly language: Language
  /** Called once it is known where to begin; from then on the answer is a stream. */
  open(): ServerResponse
  /** What it had last; undefined: from now on. */
  readonly lastId: number | undefined
}

export interface Live {
  /** No stream is taken of this caller: there are too many, or too many of its own. */
  isFullFor(caller: Identity): boolean
  join(guest: Guest): Promise<void>
  passing(news: Passing): void
  /** Somebody lost a session or a token: ends its streams now rather than with their next heartbeat. */
  lookAgain(): void
  /** For /metrics. */
  readonly counts: { readonly clients: number; readonly letGo: number; readonly resets: number }
  close(): void
}

type Client = {
  readonly response: ServerResponse
  readonly language: Language
  caller: Caller
  /** The newest event it has been past, seen or not. */
  pastId: number
  toldId: number
  replaying: boolean
  /** Something was committed while the book was being read. */
  missed: boolean
  blocked: boolean
  blockedBeats: number
  queue: string[]
  readonly fresh: Map<string, string>
  drained: () => void
}

const block = (event: string, data: object, id?: number) =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** Moves the browser's Last-Event-ID along without an event (HTML §9.2.6: a block without data is not dispatched). */
const mark = (id: number) => `id: ${id}\n\n`

/** Whether the role may see the event at all, and a contractor its order. */
function sees(caller: Identity, event: StoredEvent): boolean {
  if (!('order' in event)) return may(caller, 'alarms:read')
  return may(caller, 'orders:read') && isOwn(caller, event.order)
}

export function createLive(options: LiveOptions, parts: LiveParts): Live {
  const { events, clock, log, instant, whereOf, clocksOf } = parts
  const clients = new Set<Client>()
  const counts = { letGo: 0, resets: 0 }
  /** Let in, and not yet among the clients, by name. */
  const joining = new Map<string, number>()
  const joins = (name: string, by: 1 | -1) => {
    const count = (joining.get(name) ?? 0) + by
    if (count > 0) joining.set(name, count)
    else joining.delete(name)
  }
  let closed = false

  const remove = (client: Client) => {
    clients.delete(client)
    client.queue = []
    client.fresh.clear()
    client.drained()
  }

  const write = (client: Client, text: string) => {
    if (!client.response.write(text)) client.blocked = true
  }

  const letGo = (client: Client) => {
    counts.letGo++
    counts.resets++
    remove(client)
    client.response.write(block('reset', { because: 'too-slow' }))
    client.response.end()
    clock.after(options.heartbeatMs, () => client.response.destroy())
  }

  const queue = (client: Client, text: string) => {
    if (!client.blocked) return write(client, text)
    if (client.queue.length >= options.queue) return letGo(client)
    client.queue.push(text)
  }

  const unblock = (client: Client) => {
    client.blocked = false
    client.blockedBeats = 0
    while (!client.blocked && client.queue.length > 0) write(client, client.queue.shift() ?? '')
    for (const [key, text] of client.fresh) {
      if (client.blocked) return
      client.fresh.delete(key)
      write(client, text)
    }
    if (!client.blocked) client.drained()
  }

  const offer = (client: Client, event: StoredEvent, textFor: (client: Client) => string) => {
    if (event.id <= client.pastId) return
    client.pastId = event.id
    if (!sees(client.caller, event)) return
    client.toldId = event.id
    queue(client, textFor(client))
  }

  /** One text for all clients of a language who may do the same with what it is about, and did the same. */
  const wording = (event: StoredEvent) => {
    const texts = new Map<string, string>()
    return ({ language, caller }: Client) => {
      const moves = 'order' in event ? movesOf(caller)(event.order) : []
      const { name } = caller
      const isTheirs = 'order' in event && doneBy(event.order) === name
      const key = [language, isTheirs, ...moves].join(' ')
      const reader = { language, instant, whereOf, name, movesOf: () => moves, ...(clocksOf && { clocksOf }) }
      const text = texts.get(key) ?? block(event.kind, eventView(event, reader), event.id)
      texts.set(key, text)
      return text
    }
  }

  /** Reads on from where the client stands until nothing was left and nothing came meanwhile. */
  async function replay(client: Client): Promise<void> {
    while (clients.has(client)) {
      client.missed = false
      const found = await events.after(client.pastId, Math.min(BATCH, options.queue))
      if (!clients.has(client)) return
      for (const event of found) offer(client, event, wording(event))
      if (found.length === 0 && !client.missed) {
        client.replaying = false
        return
      }
      if (client.blocked && clients.has(client)) {
        await new Promise<void>((resolve) => {
          client.drained = resolve
        })
      }
    }
  }

  const stopEvents = events.onEvent((committed) => {
    const worded = committed.map((event) => ({ event, textFor: wording(event) }))
    for (const client of clients) {
      if (client.replaying) client.missed = true
      else for (const { event, textFor } of worded) if (clients.has(client)) offer(client, event, textFor)
    }
  })

  /** Ends the stream of whoever is no longer let in. */
  async function isLetIn(client: Client): Promise<boolean> {
    const identity = await parts.stillIn(client.caller)
    if (!clients.has(client)) return false
    if (identity) {
      client.caller = { ...identity, secret: client.caller.secret }
      return true
    }
    remove(client)
    client.response.end()
    if (client.blocked) client.response.destroy() // it takes nothing, and nobody counts its beats any longer
    return false
  }

  async function beat(client: Client): Promise<void> {
    if (client.blocked && ++client.blockedBeats >= PATIENCE_BEATS) {
      remove(client)
      client.response.destroy()
      return
    }
    if (!(await isLetIn(client)) || client.blocked) return
    if (!client.replaying && client.toldId !== client.pastId) {
      client.toldId = client.pastId
      write(client, mark(client.pastId))
    }
    if (!client.blocked) write(client, block('heartbeat', { at: instant(clock.now()) }))
  }

  const fails = (sentence: string) => (err: unknown) => log.warn({ err }, sentence)
  let stopBeating = () => {}
  const beatAgain = () => {
    stopBeating = clock.after(options.heartbeatMs, () => {
      for (const client of clients) beat(client).catch(fails('A live stream could not be checked'))
      beatAgain()
    })
  }
  beatAgain()

  return {
    isFullFor({ name }) {
      const own = [...clients].filter(({ caller }) => caller.name === name).length + (joining.get(name) ?? 0)
      const all = clients.size + [...joining.values()].reduce((sum, count) => sum + count, 0)
      return closed || all >= options.clients || own >= Math.ceil(options.clients / SHARE)
    },
    get counts() {
      return { clients: clients.size, ...counts }
    },
    async join({ caller, language, open, lastId }) {
      joins(caller.name, 1) // before anything is waited for, so that many at once do not all find room
      const ids = Promise.all([events.oldestId(), events.newestId()])
      const [oldest, newest] = await ids.finally(() => joins(caller.name, -1))
      // Older than what is kept, or from another life of this gateway.
      const isLost =
        lastId !== undefined && (lastId > newest || (lastId < newest && lastId + 1 < (oldest || Infinity)))
      const from = lastId === undefined || isLost ? newest : lastId
      const response = open()
      const client: Client = {
        caller,
        language,
        response,
        pastId: from,
        toldId: from,
        replaying: true,
        missed: false,
        blocked: false,
        blockedBeats: 0,
        queue: [],
        fresh: new Map(),
        drained() {},
      }
      if (closed) return void response.end()
      clients.add(client)
      response.on('drain', () => unblock(client))
      response.on('close', () => remove(client))
      response.on('error', () => remove(client)) // the other end is gone; nobody to tell
      if (isLost) {
        counts.resets++
        write(client, block('reset', { because: 'too-old' }))
      }
      if (isLost || lastId === undefined) write(client, mark(from))
      write(client, block('heartbeat', { at: instant(clock.now()) }))
      replay(client).catch((err: unknown) => {
        log.error({ err }, 'A live stream could not be replayed')
        remove(client)
        response.destroy()
      })
    },
    passing({ event, right, news }) {
      const wordings = new Map<Language, readonly string[]>()
      for (const client of clients) {
        if (!may(client.caller, right)) continue
        const { language } = client
        const texts = wordings.get(language) ?? news.map(({ data }) => block(event, data(language)))
        wordings.set(language, texts)
        if (client.blocked)
          for (const [place, { key }] of news.entries()) client.fresh.set(key, texts[place] ?? '')
        else write(client, texts.join(''))
      }
    },
    lookAgain() {
      for (const client of clients) isLetIn(client).catch(fails('A live stream could not be checked'))
    },
    close() {
      closed = true
      stopEvents()
      stopBeating()
      for (const client of [...clients]) {
        remove(client)
        client.response.end()
        if (client.blocked) client.response.destroy()
      }
    },
  }
}
