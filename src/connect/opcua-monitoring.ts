/**
 * Asks a server to watch nodes, in requests that it can take, and finds out what it does less than it was
 * asked for.
 */
import type { ClientMonitoredItemGroup, ClientSubscription, DataValue } from 'node-opcua-client'
import type { Library } from './opcua-library.ts'
import type { OpcuaSourceOptions } from './opcua-options.ts'
import { resolveNodeId, VALUE_ATTRIBUTE } from './opcua-run.ts'

export type MonitoredNode = {
  readonly nodeId: string
  /** Whose it is, where somebody wants to know what of a source is missing. */
  readonly device?: string
  readonly samplingMs: number
  readonly queueSize: number
  /** What the server reports: also a value that was measured again unchanged, or changes only. */
  readonly trigger: 'status-value' | 'status-value-timestamp'
}

/** What the server does for a node, where it is less than it was asked for. */
type Revised = { readonly nodeId: string; readonly samplingMs: number; readonly queueSize: number }

/** Returns the nodes that the server did not take, and those that it takes otherwise than asked. */
export async function monitor(
  subscription: ClientSubscription,
  items: readonly MonitoredNode[],
  namespaces: readonly string[],
  { itemsPerCall }: OpcuaSourceOptions,
  opcua: Library,
  changed: (nodeId: string, data: DataValue) => void,
): Promise<{ readonly refused: readonly string[]; readonly revised: readonly Revised[] }> {
  const refused: string[] = []
  const revised: Revised[] = []
  const alike = Map.groupBy(items, (item) => [item.samplingMs, item.queueSize, item.trigger].join())
  for (const group of alike.values()) {
    const { samplingMs, queueSize, trigger } = group[0] as MonitoredNode
    const { StatusValue, StatusValueTimestamp } = opcua.DataChangeTrigger
    const filter = new opcua.DataChangeFilter({
      trigger: trigger === 'status-value' ? StatusValue : StatusValueTimestamp,
      deadbandType: opcua.DeadbandType.None, // a deadband is a loss, and the server's, so never unasked
    })
    const known: { item: MonitoredNode; resolved: string }[] = []
    for (const item of group) {
      const resolved = resolveNodeId(item.nodeId, namespaces)
      if (resolved === undefined) refused.push(item.nodeId)
      else known.push({ item, resolved })
    }
    for (let from = 0; from < known.length; from += itemsPerCall) {
      const batch = known.slice(from, from + itemsPerCall)
      const monitored: ClientMonitoredItemGroup = await subscription.monitorItems(
        batch.map(({ resolved }) => ({ nodeId: resolved, attributeId: VALUE_ATTRIBUTE })),
        { samplingInterval: samplingMs, queueSize, discardOldest: true, filter },
        opcua.TimestampsToReturn.Both,
      )
      monitored.on('changed', (_item, data, index) => {
        const nodeId = batch[index]?.item.nodeId
        if (nodeId !== undefined) changed(nodeId, data)
      })
      for (const [index, { statusCode, monitoringParameters: given }] of monitored.monitoredItems.entries()) {
        const nodeId = batch[index]?.item.nodeId
        if (nodeId === undefined) continue
        if (!statusCode.isGood()) refused.push(nodeId)
        else if (given.samplingInterval > samplingMs || given.queueSize < queueSize)
          revised.push({ nodeId, samplingMs: given.samplingInterval, queueSize: given.queueSize })
      }
    }
  }
  return { refused, revised }
}
