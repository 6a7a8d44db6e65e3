/**
 * `opcua`: the whole gateway monitors 10,000 variables that all change each second, on the simulators' OPC UA
 * server in another process over an encrypted channel. Nothing may overflow at the server and every change
 * must arrive; what it costs in processor time is told.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { SIMULATOR_NAMESPACE } from '../simulators/opcua-server.ts'
import { provisionDemoTrust } from '../src/connect/opcua-certificates.ts'
import { startGateway } from '../tests/support/gateway.ts'
import { lagIn, metricsOf, processorSeconds, residentMb } from './support/metrics.ts'
import { writePlant } from './support/plant-files.ts'
import { progress, report } from './support/result.ts'

const ITEMS = 10_000
const POINTS = 2
const SECONDS = Number(process.env.GATEHOUSE_BENCH_SECONDS ?? 60)
const WARM_UP_S = 10

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-opcua-'))
const dataDir = join(folder, 'data')
const serverDir = join(folder, 'server')
const meters = ITEMS / POINTS

const server = spawn(
  process.execPath,
  [join(import.meta.dirname, 'support/opcua-load.ts'), serverDir, String(meters)],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
try {
  await measure()
} finally {
  server.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  let said = { endpoint: '', rounds: 0, processorS: 0, ended: false }
  createInterface({ input: server.stdout }).on('line', (line) => {
    if (line.startsWith('{')) said = { ...said, ...JSON.parse(line) }
  })
  while (said.endpoint === '') await sleep(50)
  await provisionDemoTrust(join(dataDir, 'opcua'), serverDir, Date.now())
  const config = writePlant({
    folder,
    devices: Array.from({ length: meters }, (_, n) => ({
      id: `meter-${n}`,
      profile: 'bench/opcua-meter',
      source: 'plant',
      address: `nsu=${SIMULATOR_NAMESPACE};s=meter-${n}`,
    })),
    profiles: [
      {
        vendor: 'bench',
        model: 'opcua-meter',
        family: 'water-meter',
        codec: 'opcua',
        description: 'Two variables a meter.',
        measuresEveryMs: 1_000,
        reportsEveryMs: 1_000,
        samplingMs: 1_000,
        queueSize: 60,
        points: {
          volume: { type: 'number', unit: 'm³', node: '{address}.Volume' },
          flow: { type: 'number', unit: 'm³/h', node: '{address}.Flow' },
        },
      },
    ],
    more: { sources: [{ kind: 'opcua', name: 'plant', endpoint: said.endpoint }] },
  })
  await using gateway = await startGateway({ config, dataDir })
  const pid = gateway.process.pid as number
  const metrics = () => metricsOf(gateway.url)
  const of = (name: string, from: ReadonlyMap<string, number>) =>
    from.get(`opcua_${name}{source="plant"}`) ?? 0
  while (of('monitored', await metrics()) < ITEMS) await sleep(200)
  progress(`opcua: ${ITEMS} items are monitored`)
  await sleep(2_000)
  const atRest = of('received_total', await metrics())

  server.stdin.write('go\n')
  await sleep(WARM_UP_S * 1_000)
  const began = {
    rounds: said.rounds,
    serverS: said.processorS,
    gatewayS: processorSeconds(pid),
    at: performance.now(),
  }
  await sleep(SECONDS * 1_000)
  const seconds = (performance.now() - began.at) / 1_000
  const gatewayShare = (processorSeconds(pid) - began.gatewayS) / seconds
  const serverShare = (said.processorS - began.serverS) / seconds
  const busy = await metrics()
  server.stdin.write('stop\n')
  while (!said.ended) await sleep(50)
  const { rounds } = said
  let received = 0
  for (let before = -1; received !== before; await sleep(2_000)) {
    before = received
    received = of('received_total', await metrics()) - atRest
  }
  report({
    bench: 'opcua',
    metric: 'overflows',
    value: of('overflows_total', busy),
    unit: 'changes',
    target: 0,
    holds: 'value <= target',
    lost: Math.max(0, rounds * ITEMS - received),
    details: {
      items: ITEMS,
      seconds: Math.round(seconds),
      changesASecond: Math.round((ITEMS * (rounds - began.rounds)) / seconds),
      received,
      set: rounds * ITEMS,
      dropped: of('dropped_total', busy),
      gaps: of('gaps_total', busy),
      lagCommits: lagIn(busy),
    },
  })
  report({
    bench: 'opcua',
    metric: 'processor-of-the-gateway',
    value: gatewayShare,
    unit: 'cores',
    target: 1,
    holds: 'value <= target',
    details: { serverCores: Number(serverShare.toFixed(2)), residentMb: Math.round(residentMb(pid)) },
  })
}
