/**
 * The devices consumer: the newest that each device said, kept in memory for whoever looks and
 * in the operations database every few seconds; dead letters and links beside it.
 */
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Journal } from '../journal/journal.ts'
import { type Commit, columnsOf, type DeadLetter, type Offset, remarksOf } from '../model/commit.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { eachNotOvertaken, type ReadingColumns, valueIn } from '../model/reading-columns.ts'
import { doubtOf, type Shape } from '../model/shape.ts'
import { DEVICES, LETTERS } from '../operations/checkpoints.ts'
import type { Latest, LinkStatus, Operations, Shadow } from '../operations/operations.ts'
import type { Consumer } from './consumer.ts'
import { progressFrom } from './progress.ts'
import { untilWritten } from './retry.ts'

/** News for the live stream: at most a few batches a second, each device once with its newest. */
export type DeviceChanges =
  | { readonly kind: 'device.latest'; readonly shadows: readonly Shadow[] }
  | { readonly kind: 'link.changed'; readonly link: LinkStatus }

export interface Devices extends Consumer {
  /** The newest known of each device that was ever heard. */
  readonly shadows: ReadonlyMap<DeviceId, Shadow>
  /** By source. */
  readonly links: ReadonlyMap<string, LinkStatus>
  /** The function that comes back ends it. */
  onChange(listener: (changes: DeviceChanges) => void): () => void
  readonly counts: {
    readonly deadLetters: number
    readonly failedWrites: number
    readonly failedListeners: number
  }
}

export type DevicesParts = {
  readonly journal: Pick<Journal, 'head' | 'follow' | 'advance'>
  readonly operations: Pick<Operations, 'checkpoints' | 'shadows' | 'links'>
  readonly clock: Clock
  readonly log: Log
}

const SAVE_MS = 3_000
/** Listeners hear of readings at most so often, and are told in a tenth of the time at most. */
const TELL_MS = 250
const TELL_SHARE = 10
/**
 * One to two milliseconds of work of the live stream; five thousand devices at once kept an alarm waiting for
 * a tenth of a second.
 */
const TOLD_A_TURN = 100

export async function startDevices({ journal, operations, clock, log }: DevicesParts): Promise<Devices> {
  const { checkpoints } = operations
  const from = Math.min(await checkpoints.offset(DEVICES), journal.head.offset)
  /** Up to here links and dead letters are in the books already. */
  const toldTo = await checkpoints.offset(LETTERS)
  const shadows = new Map<DeviceId, KeptShadow>()
  for (const shadow of await operations.shadows()) shadows.set(shadow.device, shadow)
  const links = new Map((await operations.links.all()).map((link) => [link.source, link]))
  const progress = progressFrom(from)
  const stopping = new AbortController()
  const counts = { deadLetters: 0, failedWrites: 0, failedListeners: 0 }
  const listeners = new Set<(changes: DeviceChanges) => void>()
  const [unsaved, untold, unsavedLinks] = [new Set<DeviceId>(), new Set<DeviceId>(), new Set<string>()]
  let saveAtMs = clock.monotonicMs() + SAVE_MS
  let saving: Promise<void> | undefined
  let callOffTelling: (() => void) | undefined
  let tellMs = TELL_MS

  const tell = (changes: DeviceChanges) => {
    for (const listener of listeners) {
      try {
        listener(changes)
      } catch (err) {
        counts.failedListeners++
        log.error({ err, news: changes.kind }, 'Whoever listens to the devices failed at this')
      }
    }
  }

  async function tellUntold(): Promise<void> {
    const devices = [...untold]
    untold.clear()
    let spentMs = 0
    for (let from = 0; from < devices.length && !stopping.signal.aborted; from += TOLD_A_TURN) {
      if (from > 0) await othersTurn()
      const startedMs = clock.monotonicMs()
      const some = devices.slice(from, from + TOLD_A_TURN)
      tell({ kind: 'device.latest', shadows: some.flatMap((device) => shadows.get(device) ?? []) })
      spentMs += clock.monotonicMs() - startedMs
    }
    tellMs = Math.max(TELL_MS, spentMs * TELL_SHARE)
    callOffTelling = undefined
    if (untold.size > 0 && !stopping.signal.aborted) tellLater()
  }
  const tellLater = () => {
    callOffTelling ??= clock.after(tellMs, () => void tellUntold())
  }

  function take(commit: Commit): (DeadLetter & { at: Instant })[] {
    const deadLetters: (DeadLetter & { at: Instant })[] = []
    const { offset, receivedAt } = commit
    const readings = columnsOf(commit)
    hear(shadows, readings, receivedAt)
    for (const device of readings.devices) {
      unsaved.add(device)
      if (listeners.size > 0) untold.add(device)
    }
    if (offset <= toldTo) return deadLetters // replayed for the readings alone
    for (const remark of remarksOf(commit)) {
      if (remark.is === 'dead-letter') {
        const { is: _dead, ...letter } = remark
        deadLetters.push({ ...letter, at: receivedAt })
      } else if (remark.is === 'link') {
        const { is: _link, ...said } = remark
        const before = links.get(said.source)
        if (before?.state === said.state && before.detail === said.detail) continue
        const link = { ...said, since: before?.state === said.state ? before.since : receivedAt }
        links.set(said.source, link)
        unsavedLinks.add(said.source)
        tell({ kind: 'link.changed', link })
      }
    }
    return deadLetters
  }

  const written = (task: () => Promise<void>) =>
    untilWritten(task, {
      clock,
      signal: stopping.signal,
      isFinal: () => false,
      failed(cause, waitMs) {
        counts.failedWrites++
        log.warn({ cause, waitMs }, 'The newest of the devices cannot be written')
      },
    })

  async function saveLetters(to: Offset, deadLetters: readonly (DeadLetter & { at: Instant })[]) {
    const changed = [...unsavedLinks].flatMap((source) => links.get(source) ?? [])
    await written(() => checkpoints.saveLetters({ to, links: changed, deadLetters }))
    unsavedLinks.clear()
    counts.deadLetters += deadLetters.length
  }

  /** Beside the readings that go on coming: a crash costs nothing but the way from the last one. */
  async function saveShadows(to: Offset): Promise<void> {
    const changed = [...unsaved].flatMap((device) => shadows.get(device) ?? [])
    unsaved.clear()
    await written(() => checkpoints.saveShadows(to, changed))
    await journal.advance(DEVICES, to)
  }

  async function run(): Promise<void> {
    try {
      for await (const batch of journal.follow(from, stopping.signal)) {
        const to = batch.at(-1)?.offset
        if (to === undefined) continue
        const deadLetters = batch.flatMap(take)
        if (untold.size > 0) tellLater()
        if (deadLetters.length > 0 || unsavedLinks.size > 0) await saveLetters(to, deadLetters)
        progress.moveTo(to)
        if (clock.monotonicMs() >= saveAtMs && !saving) saving = saveShadows(to).then(saved, saveFailed)
      }
    } catch (cause) {
      if (stopping.signal.aborted) return
      log.error({ cause }, 'The devices consumer has stopped')
      progress.stop(cause instanceof Error ? cause : new Error(String(cause)))
    }
  }
  const saved = () => {
    saving = undefined
    saveAtMs = clock.monotonicMs() + SAVE_MS
  }
  const saveFailed = (cause: unknown) => {
    saved()
    if (!stopping.signal.aborted) log.warn({ cause }, 'The newest of the devices could not be written')
  }
  const running = run()

  return {
    name: DEVICES,
    shadows,
    links,
    counts,
    get offset() {
      return progress.offset
    },
    reached: progress.reached,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
      callOffTelling?.()
      progress.stop(new Error('The devices consumer has been stopped'))
      await saving
      if (progress.offset > from) await saveShadows(progress.offset).catch(saveFailed)
    },
  }
}

type KeptShadow = Omit<Shadow, 'lastSeenAt' | 'latest'> & {
  lastSeenAt: Instant
  readonly latest: Record<string, { -readonly [K in keyof Latest]: Latest[K] }>
}

/** Point by point the one measured last; a late reading still tells that the device is heard. */
function hear(shadows: Map<DeviceId, KeptShadow>, readings: ReadingColumns, receivedAt: Instant): void {
  const heard = readings.devices.map((device) => {
    const shadow = shadows.get(device) ?? { device, lastSeenAt: receivedAt, latest: {} }
    shadow.lastSeenAt = Math.max(shadow.lastSeenAt, receivedAt)
    shadows.set(device, shadow)
    return shadow
  })
  const { numbers, texts, shapes } = readings
  eachNotOvertaken(readings, (device, shape, at, first) => {
    const { latest } = heard[device] as KeptShadow
    const { points, kinds } = shapes[shape] as Shape
    for (let n = 0; n < points.length; n++) {
      const kind = kinds[n] as number
      const value = valueIn(texts, kind, numbers[first + n] as number)
      if (value === undefined) continue
      const point = points[n] as string
      const quality = doubtOf(kind) ?? 'good'
      const known = latest[point]
      if (!known) latest[point] = { value, at, quality }
      else if (known.at <= at) {
        known.value = value
        known.at = at
        known.quality = quality
      }
    }
  })
}
