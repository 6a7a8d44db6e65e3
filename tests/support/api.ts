/**
 * The API over the real operations on a temporary folder, with a clock moved by hand and everything beside it
 * plain data.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { WHOLE_SITE } from '../../src/alarms/seat.ts'
import type { DeviceChanges } from '../../src/consumers/devices.ts'
import { memoryHistorian } from '../../src/historian/memory.ts'
import { createApp } from '../../src/http/app.ts'
import { HttpOptions } from '../../src/http/options.ts'
import type { Obstacle, Services } from '../../src/http/services.ts'
import { GatehouseError } from '../../src/model/errors.ts'
import type { Instant } from '../../src/model/instant.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import type { Site } from '../../src/model/site.ts'
import { openOperations } from '../../src/operations/open.ts'
import type { LinkStatus, Shadow } from '../../src/operations/operations.ts'
import { OperationsOptions } from '../../src/operations/options.ts'
import type { Role } from '../../src/operations/roles.ts'
import { handClock } from './hand-clock.ts'

export const START: Instant = Date.parse('2026-11-22T10:00:00.000+08:00')

const place = { institution: 'bureau', building: 'east' }

export const SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [
    { id: 'bureau', name: '机关事务管理局', type: 'office', headCount: 320, areaM2: 12_000 },
    { id: 'school', name: '=第一小学', type: 'school', headCount: 900, areaM2: 20_000 },
  ],
  buildings: [{ id: 'east', name: 'East', institution: 'bureau' }],
  zones: [
    {
      id: 'yard',
      name: 'Yard',
      kind: 'campus',
      rings: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
  ],
  routes: [{ id: 'night', name: 'Night', visits: [], starts: { everyMinutes: 15 } }],
  vehicles: [{ device: 'car-1', plate: '京A00001', homeZones: ['yard'] }],
  devices: [
    {
      id: 'meter-2',
      name: 'Annexe',
      family: 'water-meter',
      profile: 'gatehouse/meter',
      place: { institution: 'school' },
    },
    { id: 'meter-1', name: 'Main', family: 'water-meter', profile: 'gatehouse/meter', place },
    { id: 'gate-1', name: 'Gate', family: 'access-control-gate', profile: 'gatehouse/gate', place },
    { id: 'car-1', name: 'Car', family: 'vehicle-tracker', profile: 'gatehouse/tracker', place },
  ],
}

export type Api = Awaited<ReturnType<typeof openApi>>

export type ApiSetting = {
  readonly options?: Partial<HttpOptions>
  readonly services?: Partial<Services>
  readonly eventsKept?: number
  /** Eleven alarms at once are a flood; where that is not what is asked, they are eleven alarms. */
  readonly floods?: boolean
}

export async function openApi({ options = {}, services = {}, eventsKept, floods = false }: ApiSetting = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-api-'))
  const clock = handClock(START)
  const operations = await openOperations({
    dir,
    clock,
    watched: { seats: floods ? WHOLE_SITE : [], escalations: [], factsOf: () => undefined },
    addresseesOf: ({ kind }) => (kind === 'alarm.raised' ? ['office'] : []),
    ...(eventsKept !== undefined && { options: OperationsOptions.parse({ eventsKept }) }),
  })
  const historian = memoryHistorian({
    repeatsBy: (device) => (device.startsWith('meter') ? 'point' : 'sample'),
  })
  const shadows = new Map<string, Shadow>()
  const links = new Map<string, LinkStatus>()
  const listeners = new Set<(changes: DeviceChanges) => void>()
  const [obstacles, warnings]: [Obstacle[], Obstacle[]] = [[], []]
  const whole = HttpOptions.parse({ port: 0, ...options })
  const given: Services = {
    clock,
    log: SILENT_LOG,
    site: SITE,
    operations,
    historian,
    devices: {
      shadows,
      links,
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    factsOf: ({ family }) =>
      family === 'water-meter'
        ? { reportEveryMs: 60_000, units: { volume: 'm³', flow: 'm³/h' } }
        : { units: {} },
    async *waterUse() {},
    waterReports: {
      nights: async () => ({ nights: [], rows: [] }),
      balances: async () => [],
      quotas: async () => [],
    },
    rules: { rules: [], parked: () => [] },
    releaseParked: async () => false,
    reloadRules: async () => [],
    backtest: () => Promise.reject(new GatehouseError('backtest-failed', 'There is no history here')),
    draftRule: () => {
      throw new GatehouseError('rules-refused', 'There is no file of rules here')
    },
    obstacles: () => obstacles,
    warnings: () => warnings,
    figures: () => [],
    seats: WHOLE_SITE,
    notify: { channels: () => [], wake() {} },
    ...services,
  }
  const app = await createApp(whole, given)
  await app.ready()
  const tokens = new Map<string, Promise<string>>()
  const tokenOf = (role: Role) => {
    const contractor = role === 'contractor' ? { contractor: 'plumbers' } : {}
    const token =
      tokens.get(role) ?? operations.registry.createToken({ role, label: role, ...contractor }, 'test')
    tokens.set(role, token)
    return token
  }
  let offset = 0
  return {
    app,
    clock,
    dir,
    operations,
    historian,
    shadows,
    links,
    obstacles,
    warnings,
    options: whole,
    services: given,
    tokenOf,
    tell: (changes: DeviceChanges) => {
      for (const listener of listeners) listener(changes)
    },
    /** Asks as a role, by its token. */
    async as(role: Role, method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object, headers = {}) {
      const asked: InjectOptions = { method, url: `/api/v1${path}` }
      const authorization = `Bearer ${await tokenOf(role)}`
      return app.inject({ ...asked, headers: { authorization, ...headers }, ...(payload && { payload }) })
    },
    /** A rule's breach, as the alarms consumer hands it to the desk. */
    async breach(device = 'meter-1', fault = 'burst-pipe', severity: 'critical' | 'high' = 'critical') {
      const found = SITE.devices.find(({ id }) => id === device)
      if (!found) throw new Error(`There is no device ${device}`)
      const at = clock.now()
      await operations.desk.applyEffects({
        from: offset,
        to: ++offset,
        commits: [
          {
            offset,
            receivedAt: at,
            learnedAt: at,
            readings: [],
            findings: [
              {
                is: 'breach',
                rule: fault,
                subject: device,
                at,
                fault,
                severity,
                order: 'manual',
                device,
                because: {
                  code: 'above-for',
                  figures: { point: 'flow', value: 18.4, above: 6, forMs: 720_000 },
                },
                proof: { verifyMs: 60_000, points: ['flow'] },
                place: found.place,
              },
            ],
          },
        ],
      })
      const { items } = await operations.alarms.list({ limit: 1 })
      const [alarm] = items
      if (!alarm) throw new Error('No alarm was raised')
      return alarm
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await operations[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
