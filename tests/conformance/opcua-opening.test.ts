/**
 * An OPC UA server that ends the subscription while its items are still being made: a real one, slow and
 * short of memory.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OPCUACertificateManager } from 'node-opcua-certificate-manager'
import { MessageSecurityMode, SecurityPolicy, StatusChangeNotification, StatusCodes } from 'node-opcua-client'
import { OPCUAServer } from 'node-opcua-server'
import { expect, it } from 'vitest'
import { OpcuaSourceOptions, opcuaSource } from '../../src/connect/opcua.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { freePort } from '../support/free-port.ts'
import { hearing } from '../support/hearing.ts'

const NAMESPACE = 'urn:plant'
const VOLUME = `nsu=${NAMESPACE};s=meter-1.Volume`
/**
 * The source connects again in a tenth of it: a connection that still waits for its items would stand beside
 * the new one.
 */
const SLOW_MS = 1_000

type Expiring = { _addNotificationMessage(notification: StatusChangeNotification): void }

type Opening = AsyncDisposable & {
  readonly endpoint: string
  /** How many sessions there were at the server each time that one was opened. */
  readonly sessions: readonly number[]
}

async function serverThatEndsTheFirstSubscription(folder: string): Promise<Opening> {
  const port = await freePort()
  const serverCertificateManager = new OPCUACertificateManager({ rootFolder: join(folder, 'server') })
  let isFirst = true
  const server = new OPCUAServer({
    port,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverCertificateManager,
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    async onCreateMonitoredItem(subscription) {
      if (!isFirst) return StatusCodes.Good
      isFirst = false
      const expiry = new StatusChangeNotification({ status: StatusCodes.BadTimeout })
      ;(subscription as unknown as Expiring)._addNotificationMessage(expiry) // both as its own clock does it
      subscription.terminate()
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
      return StatusCodes.Good
    },
  })
  await server.initialize()
  const { addressSpace } = server.engine
  if (!addressSpace) throw new Error('the OPC UA server has no address space')
  const namespace = addressSpace.registerNamespace(NAMESPACE)
  const variable = namespace.addVariable({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: 'Volume',
    nodeId: 's=meter-1.Volume',
    dataType: 'Double',
  })
  variable.setValueFromSource({ dataType: 'Double', value: 7.5 })
  const sessions: number[] = []
  server.on('create_session', () => sessions.push(server.engine.currentSessionCount))
  await server.start()
  return {
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    sessions,
    async [Symbol.asyncDispose]() {
      await server.shutdown(0)
      await serverCertificateManager.dispose()
    },
  }
}

it('has closed a connection whose subscription ended while its items were made before it makes another', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-opcua-opening-'))
  try {
    await using server = await serverThatEndsTheFirstSubscription(folder)
    const options = OpcuaSourceOptions.parse({
      kind: 'opcua',
      name: 'plant',
      endpoint: server.endpoint,
      allowInsecure: true,
      securityMode: 'None',
      securityPolicy: 'None',
      publishingIntervalMs: 100,
      keepAliveCount: 100, // a busy machine may leave both ends waiting for seconds, which is not to count as silence
      requestTimeoutMs: 120_000,
      reconnectFirstMs: SLOW_MS / 10,
    })
    const items = [{ nodeId: VOLUME, samplingMs: 50, queueSize: 10, trigger: 'status-value' as const }]
    const heard = hearing()
    await using source = opcuaSource(options, {
      items,
      certificatesDir: join(folder, 'gateway'),
      log: SILENT_LOG,
      clock: systemClock,
    })
    await source.start(heard)
    await heard.until(() => heard.messages.length > 0, 'the value, over the second connection')
    await new Promise((resolve) => setTimeout(resolve, 2 * SLOW_MS)) // the first one's items would be answered by now
    expect(server.sessions, 'one at a time').toEqual([1, 1])
    expect(source.counts).toMatchObject({ connects: 1, monitored: 1 })
    expect(heard.links.map(({ state }) => state)).toEqual(['connecting', 'down', 'up'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
