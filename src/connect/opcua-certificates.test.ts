import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import {
  applicationUri,
  breakLock,
  ensureOwnCertificate,
  openCertificateStore,
  ownCertificateFile,
} from './opcua-certificates.ts'

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node')
const MODULE = join(import.meta.dirname, 'opcua-certificates.ts')
const NOW = Date.UTC(2026, 9, 1)

it('makes its own certificate on a machine without openssl or any other program', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-certificates-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // Whatever is started as a program fails: the search path is empty, and starting itself is forbidden.
  const script = `
    import { ChildProcess } from 'node:child_process'
    ChildProcess.prototype.spawn = () => { throw new Error('a program was started') }
    const { ensureOwnCertificate } = await import(${JSON.stringify(MODULE)})
    console.log(await ensureOwnCertificate(${JSON.stringify(folder)}, ${NOW}))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(NODE, ['--input-type=module', '--eval', script], {
    env: { PATH: join(folder, 'nothing') },
  })
  const certificate = new X509Certificate(await readFile(ownCertificateFile(folder)))
  expect(stdout.trim()).toBe(certificate.fingerprint.replaceAll(':', '').toLowerCase())
  expect(certificate.subjectAltName).toContain(`URI:${applicationUri()}`)
  expect(Date.parse(certificate.validFrom)).toBe(NOW)
  expect(await ensureOwnCertificate(folder, NOW)).toBe(stdout.trim()) // made once
  const key = await stat(join(folder, 'own', 'private', 'private_key.pem'))
  expect(key.mode & 0o077).toBe(0)
})

it('a lock that a killed gateway left behind holds the next one up no longer once it is broken', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-certificates-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const dir = join(folder, 'opcua')
  const killed = `
    const { openCertificateStore } = await import(${JSON.stringify(MODULE)})
    const opening = openCertificateStore(${JSON.stringify(dir)})
    const { existsSync } = await import('node:fs')
    while (!existsSync(${JSON.stringify(join(dir, 'mutex.lock'))})) await new Promise(setImmediate)
    process.kill(process.pid, 'SIGKILL')`
  const ended = promisify(execFile)(NODE, ['--input-type=module', '--eval', killed])
  await expect(ended).rejects.toMatchObject({ signal: 'SIGKILL' })
  expect(existsSync(join(dir, 'mutex.lock')), 'the library locks by another file now').toBe(true)
  await breakLock(dir)
  expect(existsSync(join(dir, 'mutex.lock'))).toBe(false)
  const store = await openCertificateStore(dir)
  await store.dispose()
})
