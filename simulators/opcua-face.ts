/** The OPC UA face of the campus: which nodes its devices have on the server, and their values as they change. */
import type { Device } from '../src/model/device.ts'
import type { Site } from '../src/model/site.ts'
import type { Said } from './behaviour.ts'
import type { OpcuaNode, OpcuaServer } from './opcua-server.ts'
import { isReal } from './scenario.ts'

/** `nsu=<uri>;<id>`: the address of a device whose points are variables behind it. */
const ADDRESS = /^nsu=([^;]+);(.+)$/

const addressOf = ({ address }: Device) => {
  const [, namespaceUri, node] = ADDRESS.exec(address ?? '') ?? []
  return namespaceUri !== undefined && node !== undefined ? { namespaceUri, node } : undefined
}

export const isOnOpcua = (device: Device) => addressOf(device) !== undefined

/** What to start the server with; no nodes where the site has no device on OPC UA. */
export function opcuaNodesOf(site: Site): {
  readonly namespaceUri?: string
  readonly nodes: readonly OpcuaNode[]
} {
  const addresses = site.devices.flatMap((device) => (isReal(device) ? [] : (addressOf(device) ?? [])))
  const nodes = addresses.flatMap(({ node }): OpcuaNode[] => [
    { nodeId: `${node}.Flow`, dataType: 'Double', initial: 0 },
    { nodeId: `${node}.Volume`, dataType: 'Double', initial: 0 },
    { nodeId: `${node}.Valve`, dataType: 'Boolean', initial: true },
  ])
  const [first] = addresses
  return first ? { namespaceUri: first.namespaceUri, nodes } : { nodes }
}

export function setOnOpcua({ set }: Pick<OpcuaServer, 'set'>, device: Device, said: Said): void {
  const address = addressOf(device)
  if (!address || !('values' in said)) return
  const { flow, volume } = said.values
  const when = { sourceTimestamp: said.at }
  if (typeof flow === 'number') set(`${address.node}.Flow`, flow, when)
  if (typeof volume === 'number') set(`${address.node}.Volume`, volume, when)
}
