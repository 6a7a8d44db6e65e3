/**
 * The counts of every room as metrics. What each means, and what to do when it moves, stands in
 * docs/operations.md; a test holds the two together.
 */
import type { Consumer } from '../consumers/consumer.ts'
import type { History } from '../consumers/history.ts'
import type { Measured } from '../historian/open.ts'
import type { Journal } from '../journal/journal.ts'
import { figuresBySource, figuresOf } from './figures.ts'
import type { Figure } from './services.ts'

type Counted = { readonly counts: Parameters<typeof figuresOf>[1] }

/** Several of a kind, told apart by their names. */
type Named = Parameters<typeof figuresBySource>[1]

export type Rooms = {
  /** Of this release. */
  readonly version: string | undefined
  readonly journal: Pick<Journal, 'counts' | 'head'>
  readonly intake: Counted
  readonly broker: Counted
  readonly sources: { readonly mqtt: Named; readonly opcua: Named }
  readonly history: Pick<History, 'counts' | 'failing'>
  readonly measured: readonly Measured[]
  readonly ledger: Counted
  readonly devices: Counted
  readonly alarms: Counted & { readonly engine: Counted }
  readonly operations: Counted
  readonly backtest: Counted
  readonly channels: Named
  readonly consumers: readonly Consumer[]
}

export const roomFigures = (rooms: Rooms): Figure[] => [
  buildOf(rooms.version),
  ...ofJournal(rooms.journal),
  ...figuresOf('intake', rooms.intake.counts),
  ...figuresOf('broker', rooms.broker.counts, ['connections']),
  ...figuresBySource('mqtt', rooms.sources.mqtt, ['undelivered']),
  ...figuresBySource('opcua', rooms.sources.opcua, ['undelivered', 'monitored', 'refusedItems']),
  ...ofHistory(rooms.history),
  ...rooms.measured.flatMap(({ name, counts, gauges, label }) => figuresOf(name, counts, gauges, label)),
  ...figuresOf('ledger', rooms.ledger.counts),
  ...figuresOf('devices', rooms.devices.counts),
  ...figuresOf('alarms', rooms.alarms.counts),
  ...figuresOf('rules', rooms.alarms.engine.counts, ['subjects']),
  ...figuresOf('operations', rooms.operations.counts),
  ...figuresOf('backtest', rooms.backtest.counts, ['running']),
  ...figuresBySource('notify', rooms.channels, ['waiting'], 'channel'),
  lagOf(rooms.journal, rooms.consumers),
]

const buildOf = (version = 'unknown'): Figure => ({
  name: 'build_info',
  kind: 'gauge',
  help: 'Always 1',
  label: 'version',
  values: { [version]: 1 },
})

function ofJournal({ counts: { diskUsed, ...counts } }: Rooms['journal']): Figure[] {
  const gauges = ['waitingRecords', 'lastCommitMs', 'diskUsedRatio', 'spoiltFiles']
  return figuresOf('journal', { ...counts, diskUsedRatio: diskUsed }, gauges)
}

const ofHistory = ({ counts, failing }: Rooms['history']): Figure[] =>
  figuresOf('history', { ...counts, failing: failing === undefined ? 0 : 1 }, ['behind', 'failing'])

const lagOf = ({ head }: Rooms['journal'], consumers: readonly Consumer[]): Figure => ({
  name: 'consumer_lag_commits',
  kind: 'gauge',
  help: 'Commits between a consumer and the head of the journal',
  label: 'consumer',
  values: Object.fromEntries(consumers.map(({ name, offset }) => [name, head.offset - offset])),
})
