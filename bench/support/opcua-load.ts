/**
 * The OPC UA server of the simulators in a process of its own, with many variables that all change once a
 * second. Prints where it listens, then a line a second: rounds set so far and the processor seconds that it
 * took. A line on its input starts the rounds, another one ends them.
 */
import { once } from 'node:events'
import { startOpcuaServer } from '../../simulators/opcua-server.ts'

const [certificatesDir = '', meters = '0'] = process.argv.slice(2)
const ids = Array.from({ length: Number(meters) }, (_, n) => `meter-${n}`)
const server = await startOpcuaServer({
  port: 0,
  certificatesDir,
  nodes: ids.flatMap((id) => [
    { nodeId: `s=${id}.Volume`, dataType: 'Double' as const, initial: 0 },
    { nodeId: `s=${id}.Flow`, dataType: 'Double' as const, initial: 0 },
  ]),
})
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
say({ endpoint: server.endpoint })
process.once('SIGTERM', () => process.exit(0))

await once(process.stdin, 'data')
let rounds = 0
const pace = setInterval(() => {
  rounds++
  const sourceTimestamp = Date.now()
  for (const [n, id] of ids.entries()) {
    server.set(`s=${id}.Volume`, 1_000 + n + rounds / 1_000, { sourceTimestamp })
    server.set(`s=${id}.Flow`, 1 + ((n + rounds) % 100) / 100, { sourceTimestamp })
  }
  const { user, system } = process.cpuUsage()
  say({ rounds, processorS: (user + system) / 1e6 })
}, 1_000)

await once(process.stdin, 'data')
clearInterval(pace)
say({ rounds, ended: true })
