/**
 * What only shows when the files are read together: names that are taken or missing, certificates that cannot
 * be read.
 */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { meant } from '../model/meant.ts'
import type { Site } from '../model/site.ts'
import type { SiteNames } from '../rules/bind.ts'
import type { ConfigRead } from './config.ts'
import { unreadable } from './readable.ts'

/** Is told each sentence, which begins with the key that it is about. */
export type Fail = (sentence: string) => void

export function checkNames({ bridges, sources, mqtt }: ConfigRead, names: SiteNames, fail: Fail): void {
  const devices = new Set(names.devices.map(({ id }) => id))
  const bridgeNames = new Set<string>()
  for (const [index, { name }] of bridges.entries()) {
    const key = `bridges.${index}.name`
    if (devices.has(name)) fail(`${key}: ${name} is the name of a device already`)
    if (bridgeNames.has(name)) fail(`${key}: two are named ${name}`)
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
}

/**
 * Beginning with the device that stands in the site's file; one sentence a source, however many devices it
 * should bring.
 */
export function lostSources({ sources }: ConfigRead, devices: Site['devices']): string[] {
  const names = new Set(sources.map(({ name }) => name))
  const lost = new Map<string, string>()
  for (const { id, source } of devices)
    if (source !== undefined && !names.has(source) && !lost.has(source)) lost.set(source, id)
  return [...lost].map(
    ([source, id]) =>
      `${id}: source: there is no ${source} among the sources of the configuration${meant(source, names)}`,
  )
}

/** Addresses that stand for every address of the machine. */
const EVERYWHERE = new Set(['0.0.0.0', '::'])

export function checkPorts({ http, mqtt }: ConfigRead, fail: Fail): void {
  const meet = http.host === mqtt.host || EVERYWHERE.has(http.host) || EVERYWHERE.has(mqtt.host)
  if (meet && http.port === mqtt.port && http.port !== 0)
    fail(`http.port: ${http.port} is mqtt.port too, and only one of them can listen there`)
}

const FILES = { caFile: 'ca', certFile: 'cert', keyFile: 'key' } as const

/** Certificates and keys as the process sees them; otherwise a start would end half-way, or a source never come up. */
export function checkFiles({ sources, mqtt }: ConfigRead, fail: Fail, lost: Fail): void {
  const named = [['mqtt', mqtt] as const, ...sources.map((source, i) => [`sources.${i}`, source] as const)]
  for (const [path, options] of named) {
    const given = Object.entries(FILES).flatMap(([key, part]) => {
      const file = (options as Readonly<Record<string, unknown>>)[key]
      return typeof file === 'string' ? [{ key: `${path}.${key}`, part, file, why: unreadable(file) }] : []
    })
    for (const { key, why } of given) if (why !== undefined) lost(`${key}: ${why}`)
    if (given.length === 0 || given.some(({ why }) => why !== undefined)) continue
    const wrong = notForTls(given)
    if (wrong !== undefined) fail(`${given.map(({ key }) => key).join(', ')}: ${wrong}`)
  }
}

/** What OpenSSL says of them together. */
function notForTls(files: readonly { readonly part: string; readonly file: string }[]): string | undefined {
  try {
    createSecureContext(Object.fromEntries(files.map(({ part, file }) => [part, readFileSync(file)])))
    return undefined
  } catch (cause) {
    return `TLS cannot use ${files.length === 1 ? 'it' : 'them together'}: ${(cause as Error).message}`
  }
}
