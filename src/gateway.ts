/**
 * The whole gateway, in the order in which the data flows:
 *
 *   connect → intake → journal ─┬→ history → historian
 *                               ├→ ledger  → interval book
 *                               ├→ devices → latest values, dead letters, links
 *                               └→ alarms  → rules → alarms → work orders → outbox → notify, http
 *
 * This is the only file that knows every room. Read it first.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kinshipOf } from './alarms/kinship.ts'
import type { GatehouseConfig, SourceOptions } from './config/config.ts'
import { draftTester } from './config/draft.ts'
import { placing } from './config/fit.ts'
import { ruleDrafts } from './config/rule-draft.ts'
import { keepRules } from './config/rulebook.ts'
import { brokerThread } from './connect/broker-thread.ts'
import type { Connector } from './connect/connector.ts'
import { watchCredentials } from './connect/credential-watch.ts'
import type { Grant } from './connect/grant.ts'
import { type MqttSource, mqttSource } from './connect/mqtt.ts'
import { type OpcuaSource, opcuaSource } from './connect/opcua.ts'
import { breakLock } from './connect/opcua-certificates.ts'
import { startAlarms } from './consumers/alarms.ts'
import type { Consumer } from './consumers/consumer.ts'
import { type Devices, startDevices } from './consumers/devices.ts'
import { followLater } from './consumers/follow-later.ts'
import { startHistory } from './consumers/history.ts'
import { startLedger } from './consumers/ledger.ts'
import { keepToCalendar } from './consumers/ledger-calendar.ts'
import { keepToFacts } from './consumers/ledger-facts.ts'
import { ledgerThread } from './consumers/ledger-thread.ts'
import { watchedSources } from './consumers/source-alarms.ts'
import { waterReports } from './consumers/water-reports.ts'
import { waterUseReader } from './consumers/water-use.ts'
import type { Historian } from './historian/historian.ts'
import { type IntervalBook, openIntervalBook } from './historian/interval-book.ts'
import { openHistorian } from './historian/open.ts'
import { deviceFactsIn } from './http/device-facts.ts'
import { showInstantIn } from './http/instants.ts'
import { obstaclesOf, warningsOf } from './http/obstacles.ts'
import { roomFigures } from './http/room-figures.ts'
import { createHttp } from './http/server.ts'
import { openIntake } from './intake/recall.ts'
import { lockDataFolder } from './journal/data-lock.ts'
import type { Journal } from './journal/journal.ts'
import { answerRebaseRequests } from './journal/rebase-request.ts'
import { sqliteJournal } from './journal/sqlite.ts'
import { exchangesAt } from './metering/exchange.ts'
import type { MeterFacts } from './metering/meter.ts'
import type { Offset } from './model/commit.ts'
import type { Clock, Instant } from './model/instant.ts'
import type { Log } from './model/log.ts'
import type { DeviceId } from './model/reading.ts'
import { faultName } from './model/words-rules.ts'
import { addresseesIn } from './notify/addressees.ts'
import { namesOf } from './notify/names.ts'
import { startNotify } from './notify/notify.ts'
import { DEVICES, EFFECTS, LETTERS, STATES } from './operations/checkpoints.ts'
import { openOperations } from './operations/open.ts'
import type { Operations } from './operations/operations.ts'
import { profileName } from './profiles/device-profile.ts'
import { compileProfiles, type Directory } from './profiles/directory.ts'
import { ownTopics } from './profiles/own-topics.ts'
import { bindRules } from './rules/bind.ts'
import type { RuleConfig } from './rules/rule-config.ts'
import { clocksIn } from './work-orders/clocks.ts'

export type GatewayParts = {
  readonly clock: Clock
  readonly log: Log
  /** Of this release, for /metrics. */
  readonly version?: string
  /** The built page; absent where only the API is wanted. */
  readonly pageDirectory?: string
  /** The caller holds the lock of the data directory, and keeps it until the gateway has ended. */
  readonly isLocked?: boolean
  /** On a clock that goes on in leaps there is none; see `LineParts` of the journal. */
  readonly absentAfterMs?: number
}

export type Gateway = AsyncDisposable & {
  readonly ports: { readonly http: number; readonly mqtt: number }
  readonly operations: Operations
  /** The first password of `admin`, on the first start only. */
  readonly initialPassword: string | undefined
  /**
   * Resolves when all that was delivered before has reached every consumer; a scenario in virtual time waits
   * for it.
   */
  settled(): Promise<void>
}

const QUARTER_HOUR_MS = 15 * 60_000

type Edge = { readonly clock: Clock; readonly log: Log }

/** Rejects with a GatehouseError for what must be mended before a start; whatever was opened is closed again. */
export async function createGateway(
  config: GatehouseConfig,
  { clock, log, isLocked = false, ...parts }: GatewayParts,
): Promise<Gateway> {
  await using opened = new AsyncDisposableStack()
  const { dir } = config.data
  const { site, seats } = config
  const edge = { clock, log }
  if (!isLocked) opened.use(lockDataFolder(dir))
  await breakLock(join(dir, 'opcua'))
  const portsFile = join(dir, 'ports.json')
  rmSync(portsFile, { force: true })

  const profiles = new Map(config.profiles.map((profile) => [profileName(profile), profile]))
  const directory = placing(config, () => compileProfiles(config.profiles, site.devices))
  const placeOf = (device: DeviceId) => directory.devices.get(device)?.place
  const bind = (rules: readonly RuleConfig[]) =>
    placing({ ...config, rules }, () => bindRules(rules, site, (name) => profiles.get(name)))
  const rules = bind(config.rules)
  const kin = kinshipOf(site.devices)
  const factsOf = (device: DeviceId) => directory.devices.get(device)
  const clocksOf = clocksIn(config.workOrders, site)
  const operations = opened.use(
    await openOperations({
      ...edge,
      dir,
      titleOf: titlesOf(directory),
      kin,
      alarms: config.alarms,
      watched: { seats, escalations: config.notify.escalation, factsOf, clocksOf },
      addresseesOf: addresseesIn(config.notify, factsOf),
      options: config.operations,
      cutFailed: (cause) => log.warn({ cause }, 'Old alarms and orders could not be removed'),
    }),
  )
  const initialPassword = await operations.registry.firstAdmin()

  const journal = opened.use(
    await sqliteJournal({
      ...edge,
      file: join(dir, 'journal.sqlite'),
      options: config.journal,
      ...(parts.absentAfterMs !== undefined && { absentAfterMs: parts.absentAfterMs }),
      consumers: ['history', 'ledger', 'devices', 'alarms'],
    }),
  )
  const kept = { dataDir: dir, options: config.historian, devices: site.devices, journal }
  const { historian, measured } = await openHistorian({ ...edge, ...kept })
  opened.use(historian)
  const meters = metersOf(directory, site.timeZone)
  const water = { file: join(dir, 'ledger.sqlite'), meters, timeZone: site.timeZone }
  const book = opened.use(openIntervalBook(water))
  await keepToCalendar(book, site.timeZone, log)
  await keepToFacts(book, water, log)
  const lastAlive = journal.head.receivedAt || clock.now()
  await journal.passOver(await newestSeen(historian, book, operations))
  await noteAbsence(journal, clock)
  opened.use(answerRebaseRequests({ folder: dir, journal, ...edge }))

  const { work } = opened.use(ledgerThread(water))
  const listening = Promise.withResolvers<void>()
  const history = opened.use(startHistory({ ...edge, journal, historian, begin: listening.promise }))
  const later = followLater(journal, listening.promise)
  const ledger = opened.use(startLedger({ ...edge, ...water, journal: later, book, work }))
  const devices = opened.use(await startDevices({ ...edge, journal: later, operations }))
  const heard = { reached: history.reached, readings: historian.readings }
  const alarms = opened.use(
    await startAlarms({
      ...edge,
      journal: later,
      rules,
      operations,
      placeOf,
      history: heard,
      options: config.alarms,
      sources: watchedSources(config.sources, site),
      isParent: (subject) => kin.childrenOf(subject).length > 0,
    }),
  )
  const consumers: readonly Consumer[] = [history, ledger, devices, alarms]
  const keeping = { folder: dir, file: config.files.rules, site, bind, alarms, operations }
  const rulebook = opened.use(await keepRules({ ...edge, ...keeping }))
  const names = namesOf(site, showInstantIn(site.timeZone))
  const notify = opened.use(await startNotify({ ...edge, options: config.notify, operations, names }))

  const sourceNamed = new Map<string, Connector>()
  const intake = await openIntake({
    directory,
    journal,
    clock,
    options: config.intake,
    async send(source, topic, payload) {
      const connector = sourceNamed.get(source)
      if (!connector?.send) throw new Error(`${source} sends nothing`)
      await connector.send(topic, payload)
    },
  })
  const broker = brokerThread(config.mqtt, {
    ...edge,
    authenticate: admission(config, directory, operations),
  })
  const { issuedSince } = operations.registry
  opened.use(watchCredentials({ ...edge, issuedSince, disconnect: broker.disconnect }))
  const sources = sourcesOf(config.sources, directory, devices, { dir, lastAlive }, edge)

  const running = () => alarms.engine.rules.map((rule) => rule.config)
  const drafts = draftTester(config, { alarms: operations.alarms, clock, running })
  const http = opened.use(
    await createHttp(config.http, {
      backtest: drafts.run,
      draftRule: ruleDrafts({ file: config.files.rules, running, bind }),
      ...edge,
      ...parts,
      site,
      seats,
      notify,
      operations,
      clocksOf,
      devices,
      historian,
      rules: alarms.engine,
      factsOf: deviceFactsIn(directory),
      waterUse: waterUseReader({ book, site }),
      waterReports: waterReports({ book, site, ...water }),
      obstacles: () => obstaclesOf(journal, alarms, [ledger, devices, alarms]),
      reloadRules: rulebook.reload,
      releaseParked: alarms.release,
      warnings: () => [
        ...warningsOf(journal, history, ledger),
        ...rulebook.warnings(),
        ...notify.warnings(),
        ...broker.warnings(),
      ],
      figures: () =>
        roomFigures({
          version: parts.version,
          journal,
          intake,
          broker,
          sources,
          history,
          measured: measured(),
          ledger,
          devices,
          alarms,
          operations,
          backtest: drafts,
          channels: notify.counts(),
          consumers,
        }),
    }),
  )
  opened.use(drafts) // what runs is called off before its answer would be waited for
  await http.listen()
  opened.use(atOnce(sourceNamed)) // each may wait seconds for its other end
  for (const source of [broker, ...sources.mqtt, ...sources.opcua]) {
    sourceNamed.set(source.name, source)
    await source.start(intake)
  }
  const ports = { http: http.port, mqtt: broker.port }
  writeFileSync(`${portsFile}.new`, JSON.stringify(ports))
  renameSync(`${portsFile}.new`, portsFile) // whoever waits for the file finds it whole
  listening.resolve()

  const all = opened.move()
  return {
    ports,
    operations,
    initialPassword,
    async settled() {
      await journal.settled()
      const { offset } = journal.head
      await Promise.all(consumers.map((consumer) => consumer.reached(offset)))
    },
    async [Symbol.asyncDispose]() {
      rmSync(portsFile, { force: true })
      await all.disposeAsync()
    },
  }
}

/** The newest commit that any consumer has kept something of; a journal behind it has lost commits. */
async function newestSeen(
  { durable }: Historian,
  book: IntervalBook,
  { checkpoints }: Operations,
): Promise<Offset> {
  const offsets = await Promise.all(
    [EFFECTS, STATES, DEVICES, LETTERS].map((name) => checkpoints.offset(name)),
  )
  return Math.max(durable, book.offset, ...offsets)
}

/** The stretch without a gateway: whoever counts silence leaves it out. */
async function noteAbsence({ head, append }: Journal, clock: Clock): Promise<void> {
  const [from, to] = [head.receivedAt, clock.now()]
  if (head.offset === 0 || to <= from) return
  await append([{ is: 'gap', source: 'gateway', from, to, reason: 'the gateway was not running' }])
}

/** Who may publish what on the embedded broker: a device on its own topics, a bridge on those it was given. */
const admission =
  ({ bridges }: GatehouseConfig, directory: Directory, { registry }: Operations) =>
  async (username: string, password: Uint8Array): Promise<Grant | null> => {
    const identity = await registry.checkDevice(username, Buffer.from(password).toString())
    if (identity?.is === 'bridge') {
      const bridge = bridges.find(({ name }) => name === identity.name)
      return bridge ? { name: bridge.name, publish: bridge.publish, subscribe: bridge.subscribe } : null
    }
    const device = identity && directory.devices.get(identity.id)
    const profile = device && directory.profileOf(device.id)
    if (!device || !profile) return null
    const { id } = device
    return { name: id, publish: ownTopics(device, profile), subscribe: [`gatehouse/${id}/down/#`] }
  }

const atOnce = (sources: ReadonlyMap<string, Connector>): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    await Promise.all([...sources.values()].map((source) => source[Symbol.asyncDispose]()))
  },
})

type Sources = { readonly mqtt: readonly MqttSource[]; readonly opcua: readonly OpcuaSource[] }

function sourcesOf(
  declared: readonly SourceOptions[],
  directory: Directory,
  { shadows }: Devices,
  { dir, lastAlive }: { readonly dir: string; readonly lastAlive: Instant },
  edge: Edge,
): Sources {
  const sessions = { folder: join(dir, 'mqtt'), lastAlive }
  const sources = { mqtt: [] as MqttSource[], opcua: [] as OpcuaSource[] }
  for (const options of declared) {
    if (options.kind === 'mqtt') sources.mqtt.push(mqttSource(options, { ...edge, sessions }))
    else {
      const items = directory.monitored(options.name)
      const itemOf = new Map(items.map((item) => [item.nodeId, item]))
      const lastSeen = (nodeId: string) => {
        const item = itemOf.get(nodeId)
        return item && shadows.get(item.device)?.latest[item.point]?.at
      }
      const parts = { ...edge, items, lastSeen, certificatesDir: join(dir, 'opcua') }
      sources.opcua.push(opcuaSource(options, parts))
    }
  }
  return sources
}

/** Stored once, read in either language: the fault in both, then the device as people call it. */
const titlesOf =
  ({ devices }: Directory) =>
  (fault: string, device: DeviceId) =>
    `${faultName(fault)} · ${devices.get(device)?.name ?? device}`

/**
 * Meters of which no profile says how often they measure are taken for quarter-hourly, as most are. What the
 * site says of a meter's register goes before what its model says.
 */
const metersOf = ({ devices, profileOf }: Directory, timeZone: string): MeterFacts[] =>
  [...devices.values()]
    .filter(({ family }) => family === 'water-meter')
    .map(({ id, register, exchanges }) => {
      const profile = profileOf(id)
      const measuresEveryMs = profile?.measuresEveryMs ?? QUARTER_HOUR_MS
      const facts = { device: id, measuresEveryMs, ...profile?.register, ...register }
      return exchanges ? { ...facts, exchanges: exchangesAt(exchanges, timeZone) } : facts
    })
