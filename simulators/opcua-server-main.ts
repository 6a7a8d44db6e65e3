/**
 * The OPC UA server as a process of its own, so that it can be killed and started again. Its options are the
 * first argument as JSON; it prints one line of JSON when it listens, then sets what it reads, a line each:
 * `{"nodeId", "value", "sourceTimestamp"?, "statusCode"?}`. It ends when its input does.
 */
import { createInterface } from 'node:readline'
import { type OpcuaServerOptions, startOpcuaServer } from './opcua-server.ts'

const server = await startOpcuaServer(JSON.parse(process.argv[2] ?? '{}') as OpcuaServerOptions)
const { endpoint, namespaceUri, thumbprint } = server
console.log(JSON.stringify({ endpoint, namespaceUri, thumbprint }))
for await (const line of createInterface({ input: process.stdin })) {
  const { nodeId, value, ...rest } = JSON.parse(line)
  server.set(nodeId, value, rest)
}
await server[Symbol.asyncDispose]()
process.exit(0) // the library leaves timers behind
