/** The tables of docs/configuration.md and docs/site.md, each from the schema of what they describe. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Calendar } from '../src/config/calendars.ts'
import { ConfigFile } from '../src/config/config.ts'
import { ITEMS, SiteFile } from '../src/config/site-file.ts'
import { MqttSourceOptions } from '../src/connect/mqtt.ts'
import { OpcuaSourceOptions } from '../src/connect/opcua.ts'
import { between, optionsTable, type Page } from './rule-pages.ts'

const DOCS = join(import.meta.dirname, '../docs')

/** Keys with so much below them that they have a table of their own. */
const { site, rules, profiles, demo, data, log, bridges, sources: _twoKinds, ...rooms } = ConfigFile.shape

const TABLES: Readonly<Record<string, z.ZodType>> = {
  files: z.strictObject({ site, rules, profiles, demo, data, log, bridges }),
  'sources-mqtt': MqttSourceOptions,
  'sources-opcua': OpcuaSourceOptions,
  ...Object.fromEntries(Object.entries(rooms).map(([key, room]) => [key, z.strictObject({ [key]: room })])),
}

const SITE_TABLES: Readonly<Record<string, z.ZodType>> = {
  site: z.strictObject(
    Object.fromEntries(Object.entries(SiteFile.shape).map(([key, schema]) => [key, listOnly(key, schema)])),
  ),
  ...Object.fromEntries(Object.entries(ITEMS).map(([key, item]) => [`site-${key}`, item])),
  'site-calendars': Calendar,
}

/** What a list holds has a table of its own. */
function listOnly(key: string, schema: z.ZodType): z.ZodType {
  if (!(key in ITEMS)) return schema
  const list = z.array(z.strictObject({})).meta({ description: `See ${key}.` })
  return schema instanceof z.ZodDefault ? list.default([]) : list
}

export const configurationPage = () => pageOf('configuration.md', TABLES)

export const sitePage = () => pageOf('site.md', SITE_TABLES)

function pageOf(name: string, tables: Readonly<Record<string, z.ZodType>>): Extract<Page, { due: string }> {
  const file = join(DOCS, name)
  const there = readFileSync(file, 'utf8')
  const due = Object.entries(tables).reduce((text, [mark, schema]) => {
    if (!between(mark).test(text)) throw new Error(`docs/${name}: it has no <!-- ${mark} -->`)
    return text.replace(between(mark), (_all, open, close) => `${open}\n${optionsTable(schema)}\n\n${close}`)
  }, there)
  return { name, file, there, due }
}
