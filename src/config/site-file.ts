/**
 * The shape of a site's file, as people write it. Names that one thing calls another by are looked up in
 * site-slips.ts.
 */
import * as z from 'zod'
import { meant } from '../model/meant.ts'
import { DEVICE_ID } from '../model/reading.ts'
import { INSTITUTION_TYPES, MOST_TIERS } from '../model/site.ts'
import { WATER_KINDS } from '../model/water-use.ts'
import { RegisterFacts } from '../profiles/device-profile.ts'
import { CalendarsOption } from './calendars.ts'

const Id = z.string().regex(DEVICE_ID, 'lower-case letters, digits and dashes, at most 63')
/** It stands in terminals, tables and messages, where a line end or an escape sequence would be somebody else's. */
const Name = z
  .string()
  .min(1)
  .refine((name) => /^\P{Cc}{0,200}$/u.test(name), {
    error: 'one line of at most 200 characters, without control characters',
  })

const TimeZone = z.string().refine(
  (zone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
    } catch {
      return false
    }
  },
  {
    error: ({ input }) =>
      `an IANA time zone, such as Asia/Shanghai${meant(String(input), Intl.supportedValuesOf('timeZone'))}`,
  },
)

const WaterQuota = z
  .strictObject({
    yearM3: z.number().positive().exactOptional().meta({ description: 'm³ a year.' }),
    perHeadM3: z
      .number()
      .positive()
      .exactOptional()
      .meta({ description: 'm³ a person and year; by `headCount`, or `standardHeads` where given.' }),
    perM2M3: z.number().positive().exactOptional().meta({ description: 'm³ a m² and year; by `areaM2`.' }),
    months: z
      .array(z.number().nonnegative())
      .length(12)
      .refine((months) => months.some((weight) => weight > 0), 'all months are zero')
      .exactOptional()
      .meta({ description: 'Weights of January to December; without them every day counts the same.' }),
    tiers: z
      .array(
        z.strictObject({
          above: z.number().nonnegative().meta({
            description: 'From this share beyond the quota on: 0 is the quota itself, 0.3 is 130 % of it.',
          }),
          surcharge: z.number().nonnegative().meta({
            description: 'On the price of a m³ in this tier, as a share of it; told and not reckoned with.',
          }),
        }),
      )
      .min(1)
      .max(MOST_TIERS)
      .refine(
        (tiers) => tiers.every(({ above }, n) => above > (tiers[n - 1]?.above ?? -1)),
        'each tier begins above the one before it',
      )
      .exactOptional()
      .meta({
        description:
          'Bands beyond the quota, `{ above, surcharge }` each, lowest first: `above` is the share beyond the quota of the year at which one begins (0: at the quota, 0.3: at 130 % of it), `surcharge` yours on the price of a m³ (told, not reckoned with).',
      }),
  })
  .refine(
    ({ yearM3, perHeadM3, perM2M3 }) =>
      [yearM3, perHeadM3, perM2M3].filter((given) => given !== undefined).length === 1,
    { error: 'one of yearM3, perHeadM3 and perM2M3' },
  )

const HeadCount = z.int().positive()
const AreaM2 = z.number().positive()
const StandardHeads = z.number().positive()

const LocalDate = z
  .string()
  .refine((text) => z.iso.date().safeParse(text).success, 'a date such as 2026-07-01')

const Formerly = z
  .strictObject({
    until: LocalDate.meta({ description: 'The first local day on which it was so no more.' }),
    headCount: HeadCount.exactOptional(),
    standardHeads: StandardHeads.exactOptional(),
    areaM2: AreaM2.exactOptional(),
    quota: WaterQuota.exactOptional().meta({ description: 'Of the years before; `until` is a 1 January.' }),
  })
  .refine(({ quota, until }) => quota === undefined || until.endsWith('-01-01'), {
    error: 'a quota is of whole years: `until` must be a 1 January',
    path: ['until'],
  })

const Institution = z.strictObject({
  id: Id,
  name: Name,
  type: z.enum(INSTITUTION_TYPES).meta({ description: 'With whom it is compared.' }),
  headCount: HeadCount.meta({ description: 'Persons; the denominator of use per head.' }),
  standardHeads: StandardHeads.exactOptional().meta({
    description:
      'What a quota by the head counts where that is not `headCount`: persons of different weights added up, or beds.',
  }),
  areaM2: AreaM2.meta({ description: 'Floor space, m²; the denominator of use per m².' }),
  formerly: z.array(Formerly).min(1).exactOptional().meta({
    description:
      'What changed, oldest first: what it was until a date. What is not named there was as it was afterwards. A quota of a year goes by what was there on each day.',
  }),
  calendar: Id.optional().meta({
    description: 'Its working calendar, where that is not the first of the site.',
  }),
  quota: WaterQuota.exactOptional().meta({
    description:
      'What it may use in a calendar year: as a whole, by the head or by m²; the water page holds its use against it.',
  }),
})

const Building = z.strictObject({
  id: Id.meta({ description: 'A zone of the same id draws it on the map.' }),
  name: Name,
  institution: Id.meta({ description: 'Whose it is; its devices belong to the same.' }),
})

const Counting = z.strictObject({
  institution: Id,
  building: Id.exactOptional(),
  from: LocalDate.exactOptional().meta({ description: 'The first local day; without it since ever.' }),
  until: LocalDate.exactOptional().meta({
    description: 'The day on which it counts no more; without it for good.',
  }),
})

const LocalTime = z
  .string()
  .refine(
    (text) => z.iso.datetime({ local: true }).safeParse(text).success && !text.endsWith('Z'),
    'a time of the site such as 2026-07-01T10:30',
  )

const Exchange = z.strictObject({
  at: LocalTime.meta({ description: 'When, by the clocks of the site: 2026-07-01T10:30.' }),
  finalM3: z.number().nonnegative().meta({ description: 'What the old register said last, m³.' }),
  initialM3: z
    .number()
    .nonnegative()
    .default(0)
    .meta({ description: 'What the new register said first, m³.' }),
})

const Device = z.strictObject({
  id: Id.meta({ description: 'Also its MQTT user name and a level of its topic.' }),
  name: Name,
  profile: z.string().meta({
    description:
      '<vendor>/<model>: a file under device-profiles, or under a folder that the configuration names.',
  }),
  place: z
    .strictObject({ institution: Id, building: Id.optional(), zone: Id.optional() })
    .meta({ description: 'Whose it is, and where: rules, seats and water use go by it.' }),
  address: z.string().min(1).optional().meta({
    description:
      'How others name it: the id in a bridge’s topic or payload, or its OPC UA node id with nsu=.',
  }),
  source: z
    .string()
    .optional()
    .meta({ description: 'The source that brings it, where that is not the embedded broker.' }),
  parent: Id.optional().meta({
    description:
      'The device through which it is heard; while that one is silent, its own silence does not ring.',
  }),
  position: z
    .strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
    .optional()
    .meta({ description: 'Where it is on the map, WGS 84; a vehicle has none.' }),
  register: RegisterFacts.optional(),
  water: z.enum(WATER_KINDS).exactOptional().meta({
    description:
      'Of a water meter: where what runs through it comes from. `reclaimed` is no intake, and no quota counts it. Default: `tap`.',
  }),
  counted: z.array(Counting).min(1).optional().meta({
    description:
      'Of a water meter that was put up, moved or taken away: for whom it counts, and when. Default: for its place, always.',
  }),
  exchanges: z.array(Exchange).min(1).optional().meta({
    description:
      'Of a water meter in whose place another was put: with what both registers said nothing of its use is missing. Oldest first.',
  }),
  reportsEveryMs: z.int().positive().optional().meta({
    description: 'How often this one was set to report, where that is not what its profile says.',
  }),
  simulated: z.boolean().optional().meta({
    description: 'false: it is there in reality, and neither the demo nor `simulate` speaks for it.',
  }),
})

const Route = z.strictObject({
  id: Id,
  name: Name,
  starts: z
    .union([
      z.strictObject({ everyMinutes: z.int().positive().max(1440) }),
      z.strictObject({
        at: z.array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm')).min(1),
      }),
    ])
    .meta({ description: 'From local midnight every so many minutes, or at these local times.' }),
  visits: z
    .array(z.strictObject({ checkpoint: Id, offsetMinutes: z.number().nonnegative() }))
    .min(1)
    .meta({
      description: 'Checkpoints in their order, each with its planned minutes after the start of the round.',
    }),
})

const Vehicle = z.strictObject({
  device: Id.meta({ description: 'Its tracker.' }),
  plate: Name,
  homeZones: z.array(Id).min(1).meta({ description: 'Zones in which it may stand as long as it likes.' }),
})

const Balance = z.strictObject({
  id: Id,
  name: Name,
  main: z.array(Id).min(1).meta({ description: 'Meters of what goes in; they are added up.' }),
  subs: z.array(Id).min(1).meta({ description: 'Meters of what comes out.' }),
  unmeteredM3: z.number().nonnegative().exactOptional().meta({
    description:
      'What is used behind the main meters without a meter, m³ a day by your estimate: hydrants, a fountain. It is no loss.',
  }),
  counts: z.enum(['main', 'subs']).exactOptional().meta({
    description:
      "Which of them make up an institution's water use; the others are left out of its sum. Default: all meters of an institution.",
  }),
})

export const SiteFile = z.strictObject({
  id: Id,
  name: Name,
  timeZone: TimeZone.meta({
    description: 'IANA name, such as Asia/Shanghai: hours, days, months and rounds go by it.',
  }),
  zones: z.string().optional().meta({ description: 'GeoJSON file of the zones, relative to this one.' }),
  institutions: z.array(Institution).min(1),
  buildings: z.array(Building).default([]),
  routes: z.array(Route).default([]),
  vehicles: z.array(Vehicle).default([]),
  balances: z.array(Balance).default([]),
  calendars: CalendarsOption.optional(),
  devices: z.array(Device),
})

export type SiteFile = z.output<typeof SiteFile>

/** One entry of each list, so that of a list that is wrong somewhere the rest can be looked at. */
export const ITEMS = {
  institutions: Institution,
  buildings: Building,
  routes: Route,
  vehicles: Vehicle,
  balances: Balance,
  devices: Device,
} as const
