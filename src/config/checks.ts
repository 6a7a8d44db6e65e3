/** What only shows when the files are read together: names that are taken or missing, certificates that cannot be read. */
import { accessSync, constants } from 'node:fs'
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import type { Site } from '../model/site.ts'
import type { SiteNames } from '../rules/bind.ts'
import type { ConfigRead } from './config.ts'
import type { Problems } from './problems.ts'

/** Is told each sentence, which begins with the key that it is about. */
export type Fail = (sentence: string) => void

export function checkNames(
  { bridges, sources, mqtt }: ConfigRead,
  site: Site | undefined,
  names: SiteNames,
  fail: Fail,
): void {
  const devices = new Set(names.devices.map(({ id }) => id))
  const bridgeNames = new Set<string>()
  for (const { name } of bridges) {
    if (devices.has(name)) fail(`bridges: ${name} is the name of a device already`)
    if (bridgeNames.has(name)) fail(`bridges: two are named ${name}`)
    bridgeNames.add(name)
  }
  if (mqtt.name === 'gateway') fail('mqtt.name: gateway is the name of the gateway itself')
  const sourceNames = new Set<string>()
  for (const [index, { name }] of sources.entries()) {
    const key = `sources.${index}.name`
    if (name === mqtt.name) fail(`${key}: ${name} is the name of the embedded broker (mqtt.name)`)
    // In the journal that name stands for the gateway's own absences.
    if (name === 'gateway') fail(`${key}: gateway is the name of the gateway itself`)
    if (sourceNames.has(name)) fail(`${key}: two are named ${name}`)
    sourceNames.add(name)
  }
  const sessions = new Set<string>()
  for (const [index, source] of sources.entries()) {
    if (source.kind !== 'mqtt') continue
    const { host } = new URL(source.url)
    const clientId = source.clientId ?? `gatehouse-${source.name}`
    const session = `${host} ${clientId}`
    if (sessions.has(session))
      fail(`sources.${index}.clientId: another source connects to ${host} as ${clientId} already`)
    sessions.add(session)
  }
  const lost = new Map<string, string>() // one sentence a source, however many devices it should bring
  for (const { id, source } of site?.devices ?? [])
    if (source !== undefined && !sourceNames.has(source) && !lost.has(source)) lost.set(source, id)
  for (const [source, id] of lost)
    fail(`sources: device ${id} comes by ${source}, which is not among them${meant(source, sourceNames)}`)
}

/** Certificates and keys as the process sees them; otherwise a start would end half-way, or a source never come up. */
export function checkFiles({ sources, mqtt }: ConfigRead, { attempt }: Problems): void {
  const named = [['mqtt', mqtt] as const, ...sources.map((source, i) => [`sources.${i}`, source] as const)]
  for (const [path, options] of named) {
    for (const key of ['caFile', 'certFile', 'keyFile']) {
      const file = (options as Readonly<Record<string, unknown>>)[key]
      if (typeof file === 'string') attempt(() => assertReadable(file, `${path}.${key}`))
    }
  }
}

function assertReadable(file: string, key: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (cause) {
    throw new GatehouseError('config-unreadable', `${key}: ${(cause as Error).message}`, { cause })
  }
}
