/**
 * Opens the operations database: `<dir>/operations.sqlite`. Commands open it beside the running
 * gateway; what both do is one transaction each, so neither needs to know of the other.
 */
import { join } from 'node:path'
import { Kysely, Migrator } from 'kysely'
import { NO_KIN } from '../alarms/kinship.ts'
import { AlarmsOptions } from '../alarms/options.ts'
import type { Kinship } from '../alarms/suppression.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import { alarmBook } from './alarm-book.ts'
import { checkpoints } from './checkpoints.ts'
import { deskOver } from './desk.ts'
import { evidenceBook } from './evidence-book.ts'
import { loadBook } from './load-book.ts'
import type { Operations } from './operations.ts'
import { OperationsOptions } from './options.ts'
import { orderBook } from './order-book.ts'
import { reviseDues } from './order-dues.ts'
import { auditBook, deadLetterBook, eventBook, linkBook } from './other-books.ts'
import { type Addressees, addressing, outboxOver } from './outbox.ts'
import { allOutOfService } from './quiet-book.ts'
import { registryOver } from './registry.ts'
import { cutOldFrom, daily } from './retention.ts'
import { ruleChangeBook } from './rule-changes.ts'
import { openSqlite, sqliteDialect, waitBetweenTasks } from './sqlite.ts'
import { stateStore } from './state-store.ts'
import { storeOver } from './store.ts'
import { type Database, MIGRATIONS, type Tables } from './tables.ts'
import { escalationBook, type Watched, watchOver } from './watch.ts'

export type { Operations } from './operations.ts'

export type OperationsParts = {
  /** Exists and can be written. */
  readonly dir: string
  readonly clock: Clock
  readonly options?: OperationsOptions
  /** Title of an order that nobody gave one; by default the fault and the device's id. */
  readonly titleOf?: (fault: string, device: DeviceId) => string
  /** Who can be heard only through whom; by default nobody. */
  readonly kin?: Kinship
  readonly alarms?: AlarmsOptions
  /** Seats and escalations that go along with alarms; none where a command only looks something up. */
  readonly watched?: Watched
  /** Who is told of an event; by default nobody. */
  readonly addresseesOf?: Addressees
  /**
   * What is old is removed once a day, and where that fails it is said here; never where a command only looks
   * something up.
   */
  readonly cutFailed?: (cause: unknown) => void
  /** Told of listeners to events that fail; by default nobody. */
  readonly log?: Log
}

/** Throws `data-unwritable`. */
export async function openOperations({
  dir,
  clock,
  options = OperationsOptions.parse({}),
  titleOf = (fault, device) => `${fault} · ${device}`,
  kin = NO_KIN,
  alarms = AlarmsOptions.parse({}),
  watched = { seats: [], escalations: [], factsOf: () => undefined },
  addresseesOf = () => [],
  cutFailed,
  log,
}: OperationsParts): Promise<Operations> {
  const db = await openDatabase(join(dir, 'operations.sqlite'))
  const following = { ...watchOver(watched), address: addressing(addresseesOf) }
  const store = storeOver(db, clock, options, following, log)
  const { clocksOf } = watched
  if (clocksOf) await store.write(({ db: tx }) => reviseDues(tx, clocksOf))
  const states = stateStore(join(dir, 'states.sqlite'))
  const closing = new AbortController()
  const cutOld = cutOldFrom(store, options, closing.signal)
  const endCuts = cutFailed && daily(clock, cutOld, cutFailed)
  return {
    alarms: alarmBook(db),
    evidence: evidenceBook(db),
    orders: orderBook(db),
    events: eventBook(store),
    deadLetters: deadLetterBook(db),
    shadows: states.shadows,
    links: linkBook(db),
    audit: auditBook(store),
    ruleChanges: ruleChangeBook(store),
    registry: registryOver(store, { dir, ...options }),
    outOfService: { list: () => allOutOfService(db) },
    desk: deskOver(store, {
      titleOf,
      kin,
      limits: alarms,
      holdBack: options,
      settleMs: alarms.parents.settleMs,
    }),
    checkpoints: checkpoints(store, states, options),
    load: loadBook(db),
    escalations: escalationBook(db, watched),
    outbox: outboxOver(store, { kept: options.notificationsKept }),
    cutOld,
    counts: store.counts,
    async [Symbol.asyncDispose]() {
      closing.abort()
      await endCuts?.()
      await states[Symbol.asyncDispose]()
      await store.idle()
      await db.destroy()
    },
  }
}

/** In the words of the library, to which a step that it does not know is a corruption. */
const UNKNOWN_STEP = /previously executed migration \S+ is missing/
const OF_A_NEWER = 'a newer release has written it; start that one, or restore a backup that this one made'

async function openDatabase(path: string): Promise<Database> {
  let db: Database | undefined
  try {
    const file = openSqlite(path)
    db = new Kysely<Tables>({ dialect: sqliteDialect(file) })
    const { error } = await new Migrator({ db, provider: MIGRATIONS }).migrateToLatest()
    if (error) throw error
    waitBetweenTasks(file)
    return db
  } catch (cause) {
    await db?.destroy()
    const said = cause instanceof Error ? cause.message : String(cause)
    const because = UNKNOWN_STEP.test(said) ? OF_A_NEWER : said
    throw new GatehouseError('data-unwritable', `${path} cannot be opened: ${because}`, { cause })
  }
}
