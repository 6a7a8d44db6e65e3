/**
 * The certificates of OPC UA: our own, made at the first start without any outside tool, and those of
 * the servers, of which none is trusted unasked. A folder in the usual layout (`own`, `trusted`,
 * `rejected`) is the whole state, so that a command can trust a server while the gateway runs.
 */
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { OPCUACertificateManager } from 'node-opcua-certificate-manager'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'

export type ListedCertificate = {
  /** SHA-1 in lower-case hex, as OPC UA tools show it. */
  readonly thumbprint: string
  readonly subject: string
  readonly state: 'trusted' | 'rejected'
  readonly validTo: Instant
}

type Found = ListedCertificate & { readonly file: string }

const OWN_CERTIFICATE = ['own', 'certs', 'gatehouse.pem'] as const
const FOLDERS = { trusted: ['trusted', 'certs'], rejected: ['rejected'] } as const
const VALID_DAYS = 3_650

/** Part of our certificate, so it never changes with the configuration. */
export const applicationUri = (): string => `urn:${hostname()}:gatehouse`

export const ownCertificateFile = (dir: string): string => join(dir, ...OWN_CERTIFICATE)

const thumbprintOf = (certificate: X509Certificate) =>
  certificate.fingerprint.replaceAll(':', '').toLowerCase()

async function find(dir: string): Promise<Found[]> {
  const found: Found[] = []
  for (const state of ['trusted', 'rejected'] as const) {
    const folder = join(dir, ...FOLDERS[state])
    for (const file of existsSync(folder) ? await readdir(folder) : []) {
      try {
        const certificate = new X509Certificate(await readFile(join(folder, file)))
        const subject = certificate.subject.split('\n').join(', ')
        const validTo = Date.parse(certificate.validTo)
        found.push({
          thumbprint: thumbprintOf(certificate),
          subject,
          state,
          validTo,
          file: join(folder, file),
        })
      } catch {
        // not a certificate, or one that another process is just moving
      }
    }
  }
  return found
}

const listed = ({ thumbprint, subject, state, validTo }: Found): ListedCertificate => ({
  thumbprint,
  subject,
  state,
  validTo,
})

/** The certificates of servers that have been seen or were put there; not our own. */
export async function listCertificates(dir: string): Promise<readonly ListedCertificate[]> {
  return (await find(dir)).map(listed)
}

/**
 * Trusts a certificate that was rejected before; trusting one twice changes nothing. The gateway
 * notices at its next attempt to connect. Throws GatehouseError `not-found`.
 */
export async function trustCertificate(dir: string, thumbprint: string): Promise<ListedCertificate> {
  const wanted = thumbprint.replaceAll(':', '').toLowerCase()
  const found = (await find(dir)).filter((certificate) => certificate.thumbprint === wanted)
  const rejected = found.find(({ state }) => state === 'rejected')
  const trusted = found.find(({ state }) => state === 'trusted')
  if (trusted) return listed(trusted)
  if (!rejected) {
    throw new GatehouseError(
      'not-found',
      `There is no OPC UA certificate with the thumbprint ${wanted} in ${dir}.`,
    )
  }
  const folder = join(dir, ...FOLDERS.trusted)
  await mkdir(folder, { recursive: true })
  await rename(rejected.file, join(folder, `${wanted}.pem`))
  return listed({ ...rejected, state: 'trusted' })
}

/**
 * The library's view of the folder as it is now. It is opened anew for each connection, instead of
 * watched, so that what a command trusts is seen also where file watching does not work.
 */
export async function openCertificateStore(dir: string): Promise<OPCUACertificateManager> {
  const { OPCUACertificateManager } = await import('node-opcua-certificate-manager')
  await mkdir(dir, { recursive: true })
  const store = new OPCUACertificateManager({
    rootFolder: dir,
    automaticallyAcceptUnknownCertificate: false, // the library's own default trusts everybody
    disableFileWatchers: true,
    keySize: 2048,
  })
  await store.initialize()
  return store
}

/**
 * Takes away the library's lock on the folder: a process that was killed leaves it behind, and it would hold
 * everybody up for two minutes until it is taken for left. Only for whoever has the folder to himself.
 */
export async function breakLock(dir: string): Promise<void> {
  await rm(join(dir, 'mutex.lock'), { recursive: true, force: true })
}

/** Makes our own certificate where there is none yet, and returns its thumbprint. */
export async function ensureOwnCertificate(dir: string, now: Instant): Promise<string> {
  const file = ownCertificateFile(dir)
  if (!existsSync(file)) {
    const store = await openCertificateStore(dir)
    try {
      const making = `${file}.${process.pid}.new` // whole or not at all, also where two make it at once
      await store.createSelfSignedCertificate({
        applicationUri: applicationUri(),
        dns: [hostname()],
        outputFile: making,
        subject: `/CN=Gatehouse@${hostname()}/O=Gatehouse`,
        startDate: new Date(now),
        validity: VALID_DAYS,
      })
      await rename(making, file)
    } finally {
      await store.dispose()
    }
  }
  return thumbprintOf(new X509Certificate(await readFile(file)))
}

async function trustOwnOf(otherDir: string, dir: string): Promise<void> {
  const own = join(otherDir, 'own', 'certs')
  const folder = join(dir, ...FOLDERS.trusted)
  await mkdir(folder, { recursive: true })
  const files = existsSync(own) ? (await readdir(own)).filter((file) => file.endsWith('.pem')) : []
  if (files.length === 0) throw new GatehouseError('not-found', `There is no certificate in ${own} yet.`)
  for (const file of files) {
    const pem = await readFile(join(own, file))
    const thumbprint = thumbprintOf(new X509Certificate(pem))
    await writeFile(join(folder, `${thumbprint}.pem`), pem)
    for (const { state, file: seen, thumbprint: other } of await find(dir)) {
      if (state === 'rejected' && other === thumbprint) await rm(seen, { force: true })
    }
  }
}

/**
 * What a person does at a real site by comparing thumbprints, for the demo alone: the gateway and the
 * simulated server trust each other. The server must have started once, so that it has a certificate.
 */
export async function provisionDemoTrust(
  gatewayDir: string,
  simulatorDir: string,
  now: Instant,
): Promise<void> {
  await ensureOwnCertificate(gatewayDir, now)
  await trustOwnOf(simulatorDir, gatewayDir)
  await trustOwnOf(gatewayDir, simulatorDir)
}
