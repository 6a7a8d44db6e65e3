/**
 * The simulated campus, for the demo and for other projects' tests: real messages over real protocols, from a
 * declared site, a seed and scenarios. On the system's clock it runs beside a gateway; on a virtual one time
 * passes as fast as everybody keeps up.
 */

import { systemClock } from '../src/connect/system-clock.ts'
import type { Clock, Instant } from '../src/model/instant.ts'
import type { Site } from '../src/model/site.ts'
import { campusStored, createCampus } from './campus.ts'
import { type MqttFace, type MqttFaceOptions, mqttFace } from './mqtt-face.ts'
import { mqttMessage, mqttUpload } from './mqtt-messages.ts'
import { isOnOpcua, setOnOpcua } from './opcua-face.ts'
import type { OpcuaServer } from './opcua-server.ts'
import type { Scenario } from './scenario.ts'

export type { Said } from './behaviour.ts'
export { type CampusOptions, campusMessages, campusReadings } from './campus.ts'
export type { Credentials, MqttFaceOptions } from './mqtt-face.ts'
export { isOnOpcua, opcuaNodesOf } from './opcua-face.ts'
export { type OpcuaServer, type OpcuaServerOptions, startOpcuaServer } from './opcua-server.ts'
export { DEMO_SCENARIOS, demoAnchor, familyStruckBy, type Scenario, troublesOf } from './scenario.ts'
export { SCENARIO_NAMES, type ScenarioName } from './trouble.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'

export type SimulationOptions = {
  readonly site: Site
  readonly seed: number
  readonly scenarios?: readonly Scenario[]
  /** What `startsAfterMs` of the scenarios counts from. Default: now. */
  readonly startedAt?: Instant
  /** How often meters and vehicles speak. Default: 5 s. */
  readonly everyMs?: number
  /**
   * So many days of hours have the water meters stored (those on MQTT), and upload them once they have
   * spoken: as late readings, which fill the tables of water and ring nobody. Default: none.
   */
  readonly storedDays?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  readonly mqtt: MqttFaceOptions
  /** Sets the nodes of `opcuaNodesOf(site)`; without it devices on OPC UA say nothing. */
  readonly opcua?: Pick<OpcuaServer, 'set'>
}

export type Simulation = AsyncDisposable & {
  readonly counts: MqttFace['counts']
  /** Resolves when the broker has acknowledged all that was said so far. */
  settled(): Promise<void>
}

const TICK_MS = 1_000
/** Every meter has spoken by then: what it uploads is late, and no rule takes it for what happens now. */
const UPLOAD_AFTER_TICKS = 5

/** At the start everybody tells what happened in the last minute, as devices do that kept it while they were away. */
const KEPT_MS = 60_000

/**
 * Runs until disposed of. Devices that cannot sign in, or a broker that is away, are tried again for ever;
 * real ones (`simulated: false`) are left alone.
 */
export function simulateCampus({
  clock = systemClock,
  mqtt,
  opcua,
  storedDays,
  ...options
}: SimulationOptions): Simulation {
  const { site, startedAt = clock.now() } = options
  const campus = createCampus({ ...options, startedAt })
  const devices = new Map(site.devices.map((device) => [device.id, device]))
  const face = mqttFace(mqtt)
  const stored = campusStored({ ...options, startedAt })
  let [ticks, daysUploaded] = [0, 0]
  let saidUpTo = clock.now() - KEPT_MS
  let callOff = () => {}
  const tick = () => {
    callOff = clock.after(TICK_MS, tick)
    const now = clock.now()
    if (now <= saidUpTo) return // the clock was set back: nothing is said twice
    // After a long sleep of the machine only the last minute is told.
    for (const said of campus(Math.max(saidUpTo, now - KEPT_MS), now)) {
      const device = devices.get(said.device)
      if (!device) continue
      if (!isOnOpcua(device)) face.publish(mqttMessage(device, said))
      else if (opcua) setOnOpcua(opcua, device, said)
    }
    saidUpTo = now
    if (ticks++ >= UPLOAD_AFTER_TICKS && storedDays !== undefined && daysUploaded <= storedDays)
      upload(now, storedDays - daysUploaded++)
  }
  /** A day of everybody; the oldest comes first, and the present one last. */
  const upload = (now: Instant, age: number) => {
    const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(site.timeZone).startOfDay()
    for (const [id, hours] of stored(today.subtract({ days: age }).epochMilliseconds, now)) {
      const device = devices.get(id)
      if (!device || isOnOpcua(device)) continue
      for (const message of mqttUpload(device, hours)) face.publish(message)
    }
  }
  tick()
  return {
    counts: face.counts,
    settled: () => face.settled(),
    async [Symbol.asyncDispose]() {
      callOff()
      await face[Symbol.asyncDispose]()
    },
  }
}
