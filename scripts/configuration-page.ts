/** The tables of docs/configuration.md, each from the schema of the room whose options they are. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ConfigFile } from '../src/config/config.ts'
import { MqttSourceOptions } from '../src/connect/mqtt.ts'
import { OpcuaSourceOptions } from '../src/connect/opcua.ts'
import { between, optionsTable, type Page } from './rule-pages.ts'

const FILE = join(import.meta.dirname, '../docs/configuration.md')

/** Keys with so much below them that they have a table of their own. */
const { site, rules, profiles, demo, data, log, bridges, sources: _twoKinds, ...rooms } = ConfigFile.shape

const TABLES: Readonly<Record<string, z.ZodType>> = {
  files: z.strictObject({ site, rules, profiles, demo, data, log, bridges }),
  'sources-mqtt': MqttSourceOptions,
  'sources-opcua': OpcuaSourceOptions,
  ...Object.fromEntries(Object.entries(rooms).map(([key, room]) => [key, z.strictObject({ [key]: room })])),
}

export function configurationPage(): Extract<Page, { due: string }> {
  const there = readFileSync(FILE, 'utf8')
  const due = Object.entries(TABLES).reduce((text, [mark, schema]) => {
    if (!between(mark).test(text)) throw new Error(`docs/configuration.md: it has no <!-- ${mark} -->`)
    return text.replace(between(mark), (_all, open, close) => `${open}\n${optionsTable(schema)}\n\n${close}`)
  }, there)
  return { name: 'configuration.md', file: FILE, there, due }
}
