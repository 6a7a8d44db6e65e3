/** The one history that a gateway keeps: embedded or remote as it is configured, and what either counts of itself. */
import { join } from 'node:path'
import type { Commit, JournalRecord, Offset } from '../model/commit.ts'
import { type Device, devicesById, repeatsBy } from '../model/device.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Historian } from './historian.ts'
import { type InfluxOptions, influxHistorian } from './influx.ts'
import { type Refusal, sentenceOf } from './influx-refusals.ts'
import { type ParquetOptions, parquetHistorian } from './parquet.ts'

export type HistorianParts = {
  readonly dataDir: string
  readonly options: {
    readonly kind: 'embedded' | 'influx'
    readonly embedded: ParquetOptions
    readonly influx?: InfluxOptions | undefined
  }
  readonly devices: readonly Device[]
  /**
   * What a history asks of the journal: to read a stretch again, where it had come to, and to note what was
   * refused.
   */
  readonly journal: {
    read(after: Offset, limit: number): Promise<readonly Commit[]>
    position(consumer: string): Promise<Offset>
    append(records: readonly JournalRecord[]): Promise<unknown>
  }
  readonly clock: Clock
  readonly log: Log
}

/**
 * Counts under the name of their kind of history; `gauges` are those that also fall, `label` says what a
 * split one is split by.
 */
export type Measured = {
  readonly name: string
  readonly counts: Readonly<Record<string, number | Readonly<Record<string, number>>>>
  readonly gauges?: readonly string[]
  readonly label?: string
}

export type OpenedHistorian = { readonly historian: Historian; readonly measured: () => readonly Measured[] }

export async function openHistorian(parts: HistorianParts): Promise<OpenedHistorian> {
  const { dataDir, options, devices, journal, clock, log } = parts
  const deviceOf = devicesById(devices)
  // of a device that is no longer known nothing may be taken for a repeat but what is the same throughout
  const repeats = (id: DeviceId) => {
    const device = deviceOf.get(id)
    return device ? repeatsBy(device.family) : 'sample'
  }
  const edge = { clock, log, repeatsBy: repeats }
  if (options.kind === 'embedded' || options.influx === undefined) {
    const embedded = await parquetHistorian({
      ...edge,
      folder: join(dataDir, 'history'),
      options: options.embedded,
      reread: journal.read,
    })
    const gauges = ['hotReadings', 'sealedReadings', 'sealedFiles']
    return { historian: embedded, measured: () => [{ name: 'embedded', counts: embedded.counts, gauges }] }
  }
  const influx = influxHistorian({
    ...edge,
    options: options.influx,
    describe: (id) => deviceOf.get(id),
    durable: await journal.position('history'),
    noteRefused: (refused) => journal.append(refused.map(letterOf)),
  })
  const state = () => ({ storing: 0, waiting: 0, refused: 0, [influx.state.is]: 1 })
  return {
    historian: influx,
    measured: () => [
      { name: 'influx', counts: influx.counts },
      { name: 'influx', counts: { state: state() }, gauges: ['state'], label: 'state' },
    ],
  }
}

function letterOf(refusal: Refusal): JournalRecord {
  const payload = Buffer.from(refusal.example).subarray(0, 1_024).toString('base64')
  const from = { source: 'history', topic: 'write', code: 'historian-refused' }
  return { is: 'dead-letter', ...from, reason: sentenceOf(refusal), payload }
}
