/** A start that cannot work ends at once, with a code other than 0 and one sentence that says what to do about it. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockDataFolder } from '../../src/journal/data-lock.ts'
import { endOfGateway, temporaryFolder } from '../support/gateway.ts'

async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

const sentence = (stderr: string) =>
  stderr
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('{'))

describe('a start that cannot work', () => {
  it.each(['HTTP', 'MQTT'])('names the %s port that is taken', async (face) => {
    await using taken = await takenPort()
    const { code, stderr } = await endOfGateway({
      environment: { [`GATEHOUSE_${face}_PORT`]: String(taken.port) },
    })
    expect(code).toBe(1)
    expect(sentence(stderr)).toEqual([expect.stringContaining(`127.0.0.1:${taken.port}`)])
    expect(stderr).toContain(`GATEHOUSE_${face}_PORT`)
    expect(stderr).toContain('[port-taken]')
  })

  it('names the data directory that cannot be written', async () => {
    const folder = temporaryFolder('unwritable')
    writeFileSync(join(folder, 'not-a-folder'), '')
    const dataDir = join(folder, 'not-a-folder', 'data')
    const { code, stderr } = await endOfGateway({ dataDir })
    expect(code).toBe(1)
    expect(sentence(stderr)).toEqual([expect.stringContaining(dataDir)])
  })

  it('says at once that another gateway has the directory, and writes nothing there before', async () => {
    const dataDir = temporaryFolder('locked')
    using _ = lockDataFolder(dataDir)
    const { code, stderr } = await endOfGateway({ dataDir, environment: { GATEHOUSE_DEMO: 'true' } })
    expect(code).toBe(1)
    expect(sentence(stderr)).toEqual([expect.stringContaining(dataDir)])
    expect(stderr).toContain('GATEHOUSE_DATA_DIR')
    expect(readdirSync(dataDir).filter((name) => !name.startsWith('gateway.lock'))).toEqual([])
  })

  it('names the wrong key with file and line', async () => {
    const folder = temporaryFolder('wrong-key')
    mkdirSync(folder, { recursive: true })
    const config = join(folder, 'gatehouse.yaml')
    writeFileSync(config, 'http:\n  port: 8080\n  prot: 8081\n')
    const { code, stderr } = await endOfGateway({ config })
    expect(code).toBe(1)
    expect(stderr).toContain(`${config}:3: http.prot: there is no such key`)
  })

  it('names the environment variable that is no key, and the one that is no number', async () => {
    const unknown = await endOfGateway({ environment: { GATEHOUSE_HTTP_PROT: '1' } })
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('GATEHOUSE_HTTP_PROT')])
    const wrong = await endOfGateway({ environment: { GATEHOUSE_HTTP_PORT: 'eighty' } })
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/GATEHOUSE_HTTP_PORT.*number/)])
  })
})
