/** A key and a certificate for `localhost` that it signed itself, made without any program of the machine. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCertificateStore } from '../../src/connect/opcua-certificates.ts'

export type Certificate = AsyncDisposable & {
  readonly key: string
  readonly cert: string
  /** The certificate as a file, for whoever is to trust it. */
  readonly file: string
}

export async function localhostCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-localhost-'))
  const store = await openCertificateStore(folder)
  const file = join(folder, 'localhost.pem')
  await store.createSelfSignedCertificate({
    applicationUri: 'urn:localhost',
    subject: '/CN=localhost',
    dns: ['localhost'],
    outputFile: file,
    startDate: new Date(Date.now() - 86_400_000),
    validity: 30,
  })
  await store.dispose()
  const key = await readFile(join(folder, 'own', 'private', 'private_key.pem'), 'utf8')
  const cert = await readFile(file, 'utf8')
  return { key, cert, file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
