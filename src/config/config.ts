/**
 * The whole configuration, read and checked before anything starts: one file, the files it
 * names, the environment over it. Each room declares its own options; here they only come together.
 */
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
import { IntakeOptions } from '../intake/options.ts'
import { JournalOptions } from '../journal/options.ts'
import type { Family } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { NotifyOptions } from '../notify/options.ts'
import { OperationsOptions } from '../operations/options.ts'
import { type DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { type SiteNames, unknownNames } from '../rules/bind.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { WorkOrdersOptions } from '../work-orders/options.ts'
import { checkFiles, checkNames, checkPorts, type Fail, lostSources } from './checks.ts'
import { type Environment, overridesFrom } from './environment.ts'
import { assertFits } from './fit.ts'
import { checkNotify, withSecrets } from './notify.ts'
import { placedByKey, placerIn } from './places.ts'
import { isOfConfiguration, type Problems, problems } from './problems.ts'
import { familyIn, placeOfProfile, profileFiles, readProfile } from './profiles.ts'
import { unreadable } from './readable.ts'
import { readRules } from './rules.ts'
import { readSite } from './site.ts'
import { namesInSite } from './site-lists.ts'
import { readYaml } from './yaml.ts'

/** The demo campus, which runs where no configuration is named. */
export const DEMO_CONFIG = join(import.meta.dirname, '../../examples/campus/gatehouse.yaml')

const SHIPPED_PROFILES = join(import.meta.dirname, '../../device-profiles')

const Bridge = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63')
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
    description:
      'Run simulated devices beside the gateway, for all of the site but the real ones. Default: only where no file is named.',
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
  workOrders: WorkOrdersOptions.prefault({}),
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

/** What the other files are, where the file that names them cannot be taken as it is. */
const Named = z.looseObject({
  site: z.string().optional().catch(undefined),
  rules: z.string().optional().catch(undefined),
  profiles: z.array(z.string()).catch([]),
})

/**
 * Without a file it is the demo campus. Throws GatehouseError `config-invalid` or `config-unreadable` with
 * all that is wrong.
 */
export function loadConfig(file: string | undefined, environment: Environment): GatehouseConfig {
  const found = problems()
  const config = resolve(file ?? DEMO_CONFIG)
  const overrides = overridesFrom(environment, ConfigFile, found)
  const read = found.attempt(() => readYaml(config, ConfigFile, { overrides }))
  const named = read ?? quietly(() => readYaml(config, Named, { overrides }))
  const fail = (sentence: string) => found.add(placedByKey(config, overrides, sentence))
  const lost = (sentence: string) => found.addUnreadable(placedByKey(config, overrides, sentence))
  const { folders, siteFile, rulesFile } = filesNamed(config, named, lost)
  const { profiles, known } = profilesIn([SHIPPED_PROFILES, ...folders], found)
  const site = siteFile === undefined ? undefined : found.attempt(() => readSite(siteFile, known))
  const rules = rulesFile === undefined ? undefined : found.attempt(() => readRules(rulesFile))
  const declared = named?.rules === undefined ? [] : rules
  const names = site ?? (siteFile === undefined ? undefined : quietly(() => namesInSite(siteFile)))
  if (!site && rules && rulesFile !== undefined && names) {
    const placed = placerIn({ files: { rules: rulesFile }, rules, devices: [] })
    for (const sentence of rules.flatMap((rule) => unknownNames(rule, names))) found.add(placed(sentence))
  }
  const files = { config, site: siteFile ?? '', ...(rulesFile !== undefined && { rules: rulesFile }) }
  // A start looks at this by itself; where there is none, it is said together with the rest.
  if (site && declared && !found.none)
    found.attempt(() => assertFits({ files, site, rules: declared, profiles }))
  if (!read) throw found.all()
  const devices = site?.devices ?? []
  const placed = placerIn({ files, rules: [], devices })
  for (const sentence of lostSources(read, devices)) found.add(placed(sentence))
  checkTogether(read, { site: names, rules: declared }, fail, lost)
  const notify = withSecrets(read.notify, fail, lost)
  if (!site || !declared || !found.none) throw found.all()
  const demo = read.demo ?? file === undefined
  return {
    ...read,
    files,
    site,
    profiles,
    rules: declared,
    notify,
    demo,
    sources: read.sources.filter((source) => demo || source.kind !== 'opcua' || !source.simulated),
    data: { dir: resolve(read.data.dir) },
  }
}

export type ConfigRead = z.output<typeof ConfigFile>

/**
 * Names, ports and files that only show to be wrong beside one another; unknown where their own file could
 * not be read.
 */
function checkTogether(
  read: ConfigRead,
  named: { readonly site: SiteNames | undefined; readonly rules: readonly RuleConfig[] | undefined },
  fail: Fail,
  lost: Fail,
): void {
  if (named.site) checkNames(read, named.site, fail)
  checkPorts(read, fail)
  checkFiles(read, fail, lost)
  checkNotify(read.notify, read.seats, named, fail)
}

/** Those that can be read; of each other `lost` is told with the key that names it. */
function filesNamed(config: string, named: z.output<typeof Named> | undefined, lost: Fail) {
  const beside = (key: string, path: string | undefined, wanted: 'file' | 'folder' = 'file') => {
    if (path === undefined) return undefined
    const there = resolve(dirname(config), path)
    const why = unreadable(there, wanted)
    if (why !== undefined) lost(`${key}: ${why}`)
    return why === undefined ? there : undefined
  }
  const folders = named?.profiles.flatMap((path, i) => beside(`profiles.${i}`, path, 'folder') ?? []) ?? []
  return { folders, siteFile: beside('site', named?.site), rulesFile: beside('rules', named?.rules) }
}

function profilesIn(folders: readonly string[], found: Problems) {
  const profiles = new Map<string, DeviceProfile>()
  const known = new Map<string, { family: Family | undefined }>()
  for (const file of folders.flatMap((folder) => found.attempt(() => profileFiles(folder)) ?? [])) {
    const profile = found.attempt(() => readProfile(file))
    if (profile) profiles.set(profileName(profile), profile)
    known.set(placeOfProfile(file), profile ?? { family: familyIn(file) })
  }
  return { profiles: [...profiles.values()], known }
}

/** What is wrong with it was said when it was read in earnest. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (cause) {
    if (isOfConfiguration(cause)) return undefined
    throw cause
  }
}
