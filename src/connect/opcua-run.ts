/**
 * One run of an OPC UA server, from its start to its end: a restart may renumber the namespaces, so node ids
 * are kept by their names.
 */
import type { ClientSession } from 'node-opcua-client'

export type ServerRun = { readonly namespaces: readonly string[]; readonly startedAt: number }

export const VALUE_ATTRIBUTE = 13
/** NamespaceArray and ServerStatus.StartTime (Part 5 §6.3.1, Part 6 annex A). */
const NAMESPACE_ARRAY = 'ns=0;i=2255'
const START_TIME = 'ns=0;i=2257'

/**
 * `nsu=<uri>;s=x` as `ns=<index>;s=x` in this server's run; undefined where it lacks the namespace. A semicolon of the
 * URI is written `%3B` and a percent sign `%25` (Part 6 §5.3.1.11), one of the identifier stands for itself.
 */
export function resolveNodeId(nodeId: string, namespaces: readonly string[]): string | undefined {
  const [, uri, rest] = /^nsu=([^;]*);([isgb]=.*)$/.exec(nodeId) ?? []
  if (uri === undefined || rest === undefined) return nodeId
  const index = namespaces.indexOf(uri.replaceAll('%3B', ';').replaceAll('%25', '%'))
  return index < 0 ? undefined : `ns=${index};${rest}`
}

export async function runOf(session: ClientSession): Promise<ServerRun> {
  const [names, start] = await session.read([
    { nodeId: NAMESPACE_ARRAY, attributeId: VALUE_ATTRIBUTE },
    { nodeId: START_TIME, attributeId: VALUE_ATTRIBUTE },
  ])
  const namespaces: unknown = names?.value?.value
  const startTime: unknown = start?.value?.value
  if (!Array.isArray(namespaces)) throw new Error('the server does not tell its namespaces')
  return { namespaces, startedAt: startTime instanceof Date ? startTime.getTime() : 0 }
}

export const isSameRun = (one: ServerRun, other: ServerRun): boolean =>
  one.startedAt === other.startedAt && one.namespaces.join('\n') === other.namespaces.join('\n')
