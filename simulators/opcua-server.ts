/**
 * A real OPC UA server (node-opcua) whose variables are set from outside: the OPC UA face of the
 * simulated campus, and what the tests connect to. Encrypted, and it lets in only clients it trusts.
 */
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'

export type OpcuaNode = {
  /** Within the server's own namespace, e.g. `s=meter-1.Volume`. */
  readonly nodeId: string
  readonly dataType: 'Double' | 'Boolean' | 'String' | 'Int32'
  readonly initial: number | boolean | string
}

export type OpcuaServerOptions = {
  /** 0 is any free one. */
  readonly port: number
  readonly host?: string
  /** Its own key and certificate, and the clients that it trusts; made where it is not there. */
  readonly certificatesDir: string
  readonly nodes: readonly OpcuaNode[]
  readonly namespaceUri?: string
  /** Namespaces registered before its own, so that its own has another index. */
  readonly namespacesBefore?: readonly string[]
  /** Also keeps what its variables were, in memory, and gives it out by HistoryRead. */
  readonly history?: boolean
  /** It sends changes no oftener than this, ms, as small controllers do. */
  readonly leastPublishingMs?: number
  /** Also offers connections without any security. */
  readonly allowInsecure?: boolean
}

export type OpcuaServer = AsyncDisposable & {
  readonly endpoint: string
  readonly namespaceUri: string
  /** Of its certificate; SHA-1 in lower-case hex. */
  readonly thumbprint: string
  /**
   * `sourceTimestamp` in milliseconds since the epoch, `statusCode` by its name in OPC UA, e.g.
   * `BadDeviceFailure`. Throws RangeError for a node or a status it does not know.
   */
  set(
    nodeId: string,
    value: number | boolean | string,
    options?: { readonly sourceTimestamp?: number; readonly statusCode?: string },
  ): void
}

export const SIMULATOR_NAMESPACE = 'urn:gatehouse:simulator'

/** Of each variable, in the history. */
const KEPT_VALUES = 100_000
const VALID_DAYS = 3_650
/** The library's default of 10 is less than a test and a gateway reconnecting may hold. */
const CONNECTIONS = 100

async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return address !== null && typeof address === 'object' ? address.port : 0
}

export async function startOpcuaServer(options: OpcuaServerOptions): Promise<OpcuaServer> {
  const { host = '127.0.0.1', certificatesDir, allowInsecure = false } = options
  const { namespaceUri = SIMULATOR_NAMESPACE } = options
  const opcua = await import('node-opcua-server')
  const { OPCUACertificateManager } = await import('node-opcua-certificate-manager')
  const { DataType, MessageSecurityMode, SecurityPolicy, StatusCodes } = await opcuaNames()
  if (options.leastPublishingMs !== undefined)
    opcua.Subscription.minimumPublishingInterval = options.leastPublishingMs // the library has it for the process
  await mkdir(certificatesDir, { recursive: true })
  // Of a server that was killed; the library would wait two minutes for it.
  await rm(join(certificatesDir, 'mutex.lock'), { recursive: true, force: true })
  const serverCertificateManager = new OPCUACertificateManager({
    rootFolder: certificatesDir,
    automaticallyAcceptUnknownCertificate: false,
  })
  await serverCertificateManager.initialize()
  const certificateFile = join(certificatesDir, 'own', 'certs', 'simulator.pem')
  const applicationUri = `urn:${hostname()}:gatehouse-simulator`
  try {
    await readFile(certificateFile)
  } catch {
    await serverCertificateManager.createSelfSignedCertificate({
      applicationUri,
      dns: [hostname(), 'localhost'],
      ip: ['127.0.0.1'],
      outputFile: certificateFile,
      subject: '/CN=Gatehouse simulator/O=Gatehouse',
      startDate: new Date(),
      validity: VALID_DAYS,
    })
  }
  const port = options.port === 0 ? await freePort(host) : options.port
  const server = new opcua.OPCUAServer({
    port,
    host,
    hostname: host,
    resourcePath: '/gatehouse',
    certificateFile,
    serverCertificateManager,
    serverInfo: { applicationUri, productUri: namespaceUri },
    securityModes: [MessageSecurityMode.SignAndEncrypt, ...(allowInsecure ? [MessageSecurityMode.None] : [])],
    securityPolicies: [SecurityPolicy.Basic256Sha256, ...(allowInsecure ? [SecurityPolicy.None] : [])],
    allowAnonymous: true,
    maxConnectionsPerEndpoint: CONNECTIONS,
    serverCapabilities: { maxSessions: CONNECTIONS },
  })
  await server.initialize()
  const { addressSpace } = server.engine
  if (!addressSpace) throw new Error('the OPC UA server has no address space')
  for (const uri of options.namespacesBefore ?? []) addressSpace.registerNamespace(uri)
  const namespace = addressSpace.registerNamespace(namespaceUri)
  const folder = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: 'Campus' })
  const variables = new Map(
    options.nodes.map(({ nodeId, dataType, initial }) => {
      const variable = namespace.addVariable({
        organizedBy: folder,
        browseName: nodeId.replace(/^[a-z]=/, ''),
        nodeId,
        dataType,
        minimumSamplingInterval: 0,
      })
      if (options.history) addressSpace.installHistoricalDataNode(variable, { maxOnlineValues: KEPT_VALUES })
      variable.setValueFromSource({ dataType: DataType[dataType], value: initial })
      return [nodeId, { variable, dataType: DataType[dataType] }] as const
    }),
  )
  await server.start()
  const own = new X509Certificate(await readFile(certificateFile))
  return {
    endpoint: `opc.tcp://${host}:${port}/gatehouse`,
    namespaceUri,
    thumbprint: own.fingerprint.replaceAll(':', '').toLowerCase(),
    set(nodeId, value, { sourceTimestamp, statusCode = 'Good' } = {}) {
      const node = variables.get(nodeId)
      const status = (StatusCodes as unknown as Readonly<Record<string, typeof StatusCodes.Good>>)[statusCode]
      if (!node) throw new RangeError(`the OPC UA server has no node ${nodeId}`)
      if (!status) throw new RangeError(`OPC UA knows no status ${statusCode}`)
      const at = sourceTimestamp === undefined ? new Date() : new Date(sourceTimestamp)
      node.variable.setValueFromSource({ dataType: node.dataType, value }, status, at)
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown(0)
      await serverCertificateManager.dispose()
    },
  }
}

/** The server package exports no names of the protocol; the client package does. */
async function opcuaNames() {
  const { DataType, MessageSecurityMode, SecurityPolicy, StatusCodes } = await import('node-opcua-client')
  return { DataType, MessageSecurityMode, SecurityPolicy, StatusCodes }
}
