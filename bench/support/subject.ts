/**
 * The gateway under measurement, as its user runs it: `src/main.ts start` in a process of its own, fed by
 * concentrators. What it stored is read afterwards from its journal, by the message's own number.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../src/connect/system-clock.ts'
import { decodeRecords } from '../../src/journal/codec.ts'
import { journalFiles } from '../../src/journal/journal-files.ts'
import type { JournalRecord } from '../../src/model/commit.ts'
import { openOperations } from '../../src/operations/open.ts'
import { type RunningGateway, startGateway, temporaryFolder } from '../../tests/support/gateway.ts'
import type { Load } from './publisher.ts'
import { type BenchSite, writeSite } from './site.ts'

export type Subject = AsyncDisposable & {
  readonly gateway: RunningGateway
  readonly site: BenchSite
  readonly senders: Load['senders']
  metrics(): Promise<Figures>
  /** Seconds until no consumer is behind the journal's head of now; gives up after `limitS`. */
  caughtUp(limitS?: number): Promise<number>
  /** Ends it and hands over every record that its journal holds. */
  records(): Promise<Iterable<JournalRecord>>
}

/** By name with labels, as in the text format. */
export type Figures = ReadonlyMap<string, number>

export type SubjectOptions = {
  readonly meters: number
  readonly connections: number
  readonly burst?: object
  readonly settings?: object
  readonly environment?: Readonly<Record<string, string>>
}

export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const folder = temporaryFolder('bench')
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir)
  const names = Array.from({ length: options.connections }, (_, i) => `concentrator-${i}`)
  const bridges = names.map((name) => ({ name, publish: ['gatehouse/+/readings'] }))
  const site = writeSite(folder, options.meters, {
    ...(options.burst && { burst: options.burst }),
    settings: { bridges, log: { level: 'warn' }, ...options.settings },
  })
  const senders = await issued(dataDir, names, site.meters)
  const gateway = await startGateway({
    config: site.config,
    dataDir,
    ...(options.environment && { environment: options.environment }),
  })
  const metrics = async () => figuresIn(await (await fetch(`${gateway.url}/metrics`)).text())
  return {
    gateway,
    site,
    senders,
    metrics,
    async caughtUp(limitS = 120) {
      const startedMs = performance.now()
      for (;;) {
        const seconds = (performance.now() - startedMs) / 1000
        const figures = [...(await metrics())]
        const lags = figures.filter(([name]) => name.startsWith('gatehouse_consumer_lag_commits'))
        if (seconds > limitS || lags.every(([, lag]) => lag <= IDLE_COMMITS)) return seconds
        await new Promise((resolve) => setTimeout(resolve, ASK_MS))
      }
    },
    async records() {
      await gateway.stop('SIGTERM')
      return journalRecords(join(dataDir, 'journal.sqlite'))
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An idle journal goes on by one commit a second, which a consumer that saves each second may not have passed. */
const IDLE_COMMITS = 2
/** Seldom enough that asking is no load of its own. */
const ASK_MS = 200

async function issued(
  dir: string,
  names: readonly string[],
  meters: readonly string[],
): Promise<Load['senders']> {
  await using operations = await openOperations({ dir, clock: systemClock })
  const senders: Load['senders'][number][] = []
  for (const [index, user] of names.entries()) {
    const password = await operations.registry.issueBridgeToken(user, 'bench')
    const own = meters.filter((_, meter) => meter % names.length === index)
    senders.push({ user, password, topics: own.map((meter) => `gatehouse/${meter}/readings`) })
  }
  return senders
}

export function figuresIn(text: string): Figures {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}

/** Of all its files: it has one, unless a page was spoilt. */
function* journalRecords(file: string): Iterable<JournalRecord> {
  for (const { path } of journalFiles(file)) {
    using database = new DatabaseSync(path, { readOnly: true })
    for (const { body } of database.prepare('SELECT body FROM commits ORDER BY offset').iterate())
      yield* decodeRecords(body as Uint8Array)
  }
}
