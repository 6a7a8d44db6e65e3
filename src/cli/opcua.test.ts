import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { localhostCertificate } from '../../tests/support/certificate.ts'
import { COMMANDS, runCommand } from './index.ts'

it('lists which certificates servers have shown and until when they are valid, and trusts one of them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-opcua-'))
  const called = async (...args: string[]) => {
    const [out, err]: [string[], string[]] = [[], []]
    const code = await runCommand(COMMANDS, ['opcua', ...args], {
      environment: { GATEHOUSE_DATA_DIR: dir },
      until: new AbortController().signal,
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  try {
    expect(await called('certificates')).toEqual({
      code: 0,
      out: '',
      err: expect.stringContaining('has shown'),
    })
    await using certificate = await localhostCertificate()
    await mkdir(join(dir, 'opcua/rejected'), { recursive: true })
    await copyFile(certificate.file, join(dir, 'opcua/rejected/server.pem'))
    const { out } = await called('certificates')
    expect(out).toMatch(/^[0-9a-f]{40} {2}rejected {2}until \d{4}-\d\d-\d\d {2}.*CN=localhost/)
    const trusted = await called('trust', out.slice(0, 40))
    expect([trusted.code, (await called('certificates')).out]).toEqual([
      0,
      expect.stringContaining('  trusted   until'),
    ])
  } finally {
    await rm(dir, { recursive: true })
  }
})
