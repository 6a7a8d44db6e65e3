/**
 * The whole configuration, read and checked before anything starts: one file, the files it
 * names, the environment over it. Each room declares its own options; here they only come together.
 */
import { accessSync, constants } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { AlarmsOptions } from '../alarms/options.ts'
import { SeatOptions, WHOLE_SITE } from '../alarms/seat.ts'
import { EmbeddedBrokerOptions } from '../connect/embedded-broker.ts'
import { MqttSourceOptions } from '../connect/mqtt.ts'
import { OpcuaSourceOptions } from '../connect/opcua.ts'
import { TopicFilter } from '../connect/topic-filter.ts'
import { InfluxOptions } from '../historian/influx.ts'
import { ParquetOptions } from '../historian/parquet.ts'
import { HttpOptions } from '../http/options.ts'
import { IntakeOptions } from '../intake/intake.ts'
import { JournalOptions } from '../journal/options.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Site } from '../model/site.ts'
import { NotifyOptions } from '../notify/options.ts'
import { OperationsOptions } from '../operations/options.ts'
import type { DeviceProfile } from '../profiles/device-profile.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { type Environment, overridesFrom } from './environment.ts'
import { checkNotify, withSecrets } from './notify.ts'
import { readProfiles } from './profiles.ts'
import { readRules } from './rules.ts'
import { readSite } from './site.ts'
import { placeIn, readYaml } from './yaml.ts'

/** The demo campus, which runs where no configuration is named. */
export const DEMO_CONFIG = join(import.meta.dirname, '../../examples/campus/gatehouse.yaml')

const SHIPPED_PROFILES = join(import.meta.dirname, '../../device-profiles')

const Bridge = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .meta({ description: 'Also its MQTT user name.' }),
  publish: z.array(TopicFilter).min(1).meta({ description: 'Topic filters that it may publish to.' }),
  subscribe: z.array(TopicFilter).default([]).meta({
    description:
      'Topic filters that it may listen on; a Sparkplug edge node needs spBv1.0/<group>/NCMD/<edge node>/#.',
  }),
})

/** What stands in `gatehouse.yaml`. */
export const ConfigFile = z.strictObject({
  site: z.string().meta({ description: 'File of the site, relative to this one.' }),
  rules: z.string().optional().meta({ description: 'File of the rules, relative to this one.' }),
  profiles: z.array(z.string()).default([]).meta({
    description: 'Folders of further device profiles; a profile here replaces a shipped one of its name.',
  }),
  bridges: z.array(Bridge).default([]).meta({
    description: 'Those that publish for many devices with one MQTT password (`bridge token`).',
  }),
  sources: z.array(z.discriminatedUnion('kind', [MqttSourceOptions, OpcuaSourceOptions])).default([]),
  demo: z.boolean().optional().meta({
    description: 'Run the simulated campus beside the gateway. Default: only where no file is named.',
  }),
  data: z
    .strictObject({
      dir: z.string().min(1).default('./data').meta({
        description: 'Where all is kept that must survive; relative to where the gateway is started.',
      }),
    })
    .prefault({}),
  mqtt: EmbeddedBrokerOptions.prefault({}),
  http: HttpOptions.prefault({}),
  intake: IntakeOptions.prefault({}),
  journal: JournalOptions.prefault({}),
  historian: z
    .strictObject({
      kind: z.enum(['embedded', 'influx']).default('embedded'),
      embedded: ParquetOptions.prefault({}),
      influx: InfluxOptions.optional(),
    })
    .refine(({ kind, influx }) => kind !== 'influx' || influx !== undefined, {
      path: ['influx'],
      error: 'needed where historian.kind is influx',
    })
    .prefault({}),
  seats: z
    .array(SeatOptions)
    .min(1)
    .max(50)
    .default([...WHOLE_SITE])
    .meta({
      description: 'Operator positions, whose load is judged apart; without any, one for everything.',
    }),
  notify: NotifyOptions.prefault({}),
  operations: OperationsOptions.prefault({}),
  alarms: AlarmsOptions.prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['error', 'warn', 'info', 'debug'])
        .default('info')
        .meta({ description: 'What is logged at least.' }),
    })
    .prefault({}),
})

export type SourceOptions = z.output<typeof ConfigFile>['sources'][number]

export type GatehouseConfig = Omit<z.output<typeof ConfigFile>, 'site' | 'rules' | 'profiles' | 'demo'> & {
  readonly files: { readonly config: string; readonly site: string; readonly rules?: string }
  readonly site: Site
  readonly rules: readonly RuleConfig[]
  readonly profiles: readonly DeviceProfile[]
  readonly demo: boolean
}

/** Without a file it is the demo campus. Throws GatehouseError `config-invalid` or `config-unreadable`. */
export function loadConfig(file: string | undefined, environment: Environment): GatehouseConfig {
  const config = resolve(file ?? DEMO_CONFIG)
  const read = readYaml(config, ConfigFile, overridesFrom(environment, ConfigFile))
  const beside = (path: string) => resolve(dirname(config), path)
  const profiles = new Map<string, DeviceProfile>()
  for (const folder of [SHIPPED_PROFILES, ...read.profiles.map(beside)]) {
    for (const profile of readProfiles(folder)) profiles.set(`${profile.vendor}/${profile.model}`, profile)
  }
  const files = {
    config,
    site: beside(read.site),
    ...(read.rules !== undefined && { rules: beside(read.rules) }),
  }
  const site = readSite(files.site, profiles)
  const loaded: GatehouseConfig = {
    ...read,
    files,
    site,
    profiles: [...profiles.values()],
    rules: read.rules === undefined ? [] : readRules(beside(read.rules)),
    demo: read.demo ?? file === undefined,
    data: { dir: resolve(read.data.dir) },
  }
  checkNames(loaded)
  checkFiles(loaded)
  checkNotify(loaded.notify, loaded.seats, loaded, failIn(loaded))
  return { ...loaded, notify: withSecrets(loaded.notify, failIn(loaded)) }
}

const failIn =
  ({ files }: Pick<GatehouseConfig, 'files'>) =>
  /** Begins with the key that it is about. */
  (sentence: string): never => {
    const [key = ''] = sentence.split(': ')
    throw new GatehouseError('config-invalid', `${placeIn(files.config, key.split('.'))}: ${sentence}`)
  }

function checkNames({ files, site, bridges, sources, mqtt }: GatehouseConfig): void {
  const fail = failIn({ files })
  const devices = new Set(site.devices.map(({ id }) => id))
  const taken = bridges.find(({ name }) => devices.has(name))
  if (taken) fail(`bridges: ${taken.name} is the name of a device already`)
  const bridgeNames = new Set<string>()
  for (const { name } of bridges) {
    if (bridgeNames.has(name)) fail(`bridges: two are named ${name}`)
    bridgeNames.add(name)
  }
  if (mqtt.name === 'gateway') fail('mqtt.name: gateway is the name of the gateway itself')
  if (sources.some(({ name }) => name === mqtt.name))
    fail(`sources: ${mqtt.name} is the name of the embedded broker (mqtt.name)`)
  // In the journal that name stands for the gateway's own absences.
  if (sources.some(({ name }) => name === 'gateway'))
    fail('sources: gateway is the name of the gateway itself')
  const names = new Set<string>()
  for (const { name } of sources) {
    if (names.has(name)) fail(`sources: two are named ${name}`)
    names.add(name)
  }
  const lost = site.devices.find(({ source }) => source !== undefined && !names.has(source))
  if (lost) fail(`sources: device ${lost.id} comes by ${lost.source}, which is not among them`)
}

/** Certificates and keys as the process sees them; otherwise a start would end half-way, or a source never come up. */
function checkFiles({ sources, mqtt }: GatehouseConfig): void {
  const named = [['mqtt', mqtt] as const, ...sources.map((source, i) => [`sources.${i}`, source] as const)]
  for (const [path, options] of named) {
    for (const key of ['caFile', 'certFile', 'keyFile']) {
      const file = (options as Readonly<Record<string, unknown>>)[key]
      if (typeof file !== 'string') continue
      try {
        accessSync(file, constants.R_OK)
      } catch (cause) {
        const sentence = `${path}.${key}: ${(cause as Error).message}`
        throw new GatehouseError('config-unreadable', sentence, { cause })
      }
    }
  }
}
