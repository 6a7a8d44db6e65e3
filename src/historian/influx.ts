/**
 * History in InfluxDB 1.x or 2.x: written as line protocol by our own drainer, read by InfluxQL,
 * which every version understands. Of a meter's two values at one instant it keeps the last written.
 */
import { setImmediate as turnOfOthers } from 'node:timers/promises'
import { type Commit, type Offset, readingsInPieces } from '../model/commit.ts'
import type { Family, Place } from '../model/device.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { throwIfCalledOff } from './called-off.ts'
import type { Historian } from './historian.ts'
import { type Drainer, type DrainState, drainer, type Rejected } from './influx-drainer.ts'
import { lineOf } from './influx-lines.ts'
import type { InfluxOptions } from './influx-options.ts'
import { influxReader } from './influx-reader.ts'
import { type Refusal, refusals } from './influx-refusals.ts'
import { influxServer } from './influx-server.ts'
import type { RepeatsByDevice } from './repeats.ts'

export { InfluxOptions } from './influx-options.ts'

export type InfluxHistorianArguments = {
  readonly options: InfluxOptions
  readonly repeatsBy: RepeatsByDevice
  /**
   * Where the device stands and what it is; decides tags and measurement. A device unknown today may still
   * have a history.
   */
  readonly describe?: (device: DeviceId) => { readonly family: Family; readonly place: Place } | undefined
  /** Where the journal says that this history stands. */
  readonly durable?: Offset
  /**
   * Lines that the server will never take; the commits that held them go on without. Resolves when that is noted for
   * good; until then `durable` stays before them.
   */
  readonly noteRefused: (refused: readonly Refusal[]) => Promise<unknown>
  readonly clock: Clock
  readonly log: Log
  readonly random?: () => number
}

export interface InfluxHistorian extends Historian {
  readonly state: DrainState
  readonly counts: Drainer['counts']
}

/** Where devices of no known family are kept. */
const OTHERS = 'device'
/** A millisecond or two of work; a whole write at once would keep an alarm waiting for as long as it takes to make. */
const LINES_A_TURN = 500
/**
 * The first refusal is told at once, those after it together: a device that is refused with each reading
 * would be a letter a second.
 */
const TELL_REFUSED_EACH_MS = 60_000

export function influxHistorian(given: InfluxHistorianArguments): InfluxHistorian {
  const { options, repeatsBy, describe = () => undefined, noteRefused, clock, log, random } = given
  const server = influxServer(options)
  const drain = drainer({ send: server.write, clock, log, ...(random ? { random } : {}) })
  const stopping = new AbortController()
  /** Refused and not noted yet, and the first commit that held any of it. */
  const untold = refusals()
  let untoldFrom: Offset | undefined
  let toldAtMs = Number.NEGATIVE_INFINITY
  let stored = given.durable ?? 0
  let turn: Promise<void> = Promise.resolve()

  const measurementOf = (device: DeviceId) => options.measurement ?? describe(device)?.family ?? OTHERS
  const readings = influxReader({ server, measurementOf, stopped: stopping.signal })

  async function store(commits: readonly Commit[], signal: AbortSignal): Promise<void> {
    const refused = refusals()
    const rejected: Rejected = ([example = '', ...others], reason) =>
      refused.add({ lines: 1 + others.length, example, reason })
    let lines: string[] = []
    let made = 0
    for (const commit of commits) {
      let ord = 0
      for (const { readings } of readingsInPieces(commit, LINES_A_TURN))
        for (const reading of readings) {
          const { device } = reading
          try {
            const placed = { reading, offset: commit.offset, ord: ord++ }
            lines.push(lineOf(placed, measurementOf(device), repeatsBy(device), describe(device)?.place))
          } catch (cause) {
            rejected([`${device} ${reading.at}`], (cause as Error).message)
          }
          if (++made % LINES_A_TURN === 0) await turnOfOthers()
          if (lines.length < options.maxLines) continue
          await drain.store(lines, rejected, signal)
          lines = []
        }
    }
    await drain.store(lines, rejected, signal)
    stored = Math.max(stored, commits.at(-1)?.offset ?? 0)
    for (const refusal of refused.list) untold.add(refusal) // only now: a write that was called off is made again
    if (refused.list.length > 0) untoldFrom ??= commits[0]?.offset
    await tellRefused()
  }

  async function tellRefused(): Promise<void> {
    if (untoldFrom === undefined || clock.monotonicMs() - toldAtMs < TELL_REFUSED_EACH_MS) return
    toldAtMs = clock.monotonicMs()
    try {
      await noteRefused(untold.list)
      untold.clear()
      untoldFrom = undefined
    } catch (cause) {
      log.error({ cause, refused: untold.list }, 'Lines that the history refused could not be noted yet')
    }
  }

  return {
    name: 'influx',
    get durable() {
      return untoldFrom === undefined ? stored : Math.min(stored, untoldFrom - 1)
    },
    get state() {
      return drain.state
    },
    get trouble() {
      const { is, because } = drain.state
      return is === 'storing' ? undefined : (because ?? is)
    },
    counts: drain.counts,
    write(commits, calledOff) {
      const signal = calledOff ? AbortSignal.any([stopping.signal, calledOff]) : stopping.signal
      const stored = turn
        .then(() => store(commits, signal))
        .catch((cause) => {
          throwIfCalledOff(signal)
          throw cause
        })
      turn = stored.catch(() => undefined)
      return stored
    },
    readings,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await turn
    },
  }
}
