/**
 * The simulated campus beside a running gateway: who is spoken for, who is left alone, and what a wrong call
 * is told.
 */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { COMMANDS, runCommand } from '../../src/cli/index.ts'
import { startGateway, temporaryFolder } from '../support/gateway.ts'
import { gatewayHere } from '../support/gateway-here.ts'
import { campusConfig } from '../support/virtual-campus.ts'

function simulating(dataDir: string, ...args: string[]) {
  const until = new AbortController()
  const [out, err]: [string[], string[]] = [[], []]
  const ended = runCommand(COMMANDS, ['simulate', ...args], {
    environment: { GATEHOUSE_DATA_DIR: dataDir },
    until: until.signal,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  })
  return { out, err, ended, stop: () => until.abort('enough') }
}

/** Longer than the gateway takes to notice that a password was replaced. */
const NOTICED_MS = 61_000

it('leaves a device with a password of its own alone, and lets go of one that is given one', async () => {
  const dataDir = temporaryFolder('simulate')
  // Who is simulated speaks by the machine's clock.
  await using here = await gatewayHere(campusConfig(dataDir), Date.now())
  const { registry } = here.gateway.operations
  const newestOf = async (id: string) => {
    const { body } = await here.api(`/devices/${id}`)
    const { latest } = body as { latest: { volume?: { at: string } } }
    return latest.volume?.at
  }
  await registry.issueDeviceToken('meter-01', 'command line')
  const run = simulating(dataDir, '--scenario', 'burst-pipe')
  await expect.poll(() => newestOf('meter-02')).toBeTypeOf('string')
  expect(run.out[0]).toMatch(/^Simulating 43 of 46 devices/)
  expect(run.out).toContainEqual(expect.stringMatching(/^Not simulated: meter-01 \(.*command line/))
  expect(run.out).toContainEqual(expect.stringMatching(/^burst-pipe strikes meter-/))

  await here.pass(1_000)
  await registry.issueDeviceToken('meter-02', 'command line')
  await here.pass(NOTICED_MS)
  await expect
    .poll(() => run.err)
    .toContainEqual('meter-02 has got another MQTT password; it is simulated no more')
  const before = await newestOf('meter-02')
  const others = await newestOf('meter-04')
  await expect.poll(() => newestOf('meter-04'), { message: 'the others are heard on' }).not.toBe(others)
  run.stop()
  expect(await run.ended).toBe(0)
  expect(run.out.at(-1)).toMatch(/^[1-9]\d* messages acknowledged, 0 failed, 0 dropped$/)
  expect([await newestOf('meter-01'), await newestOf('meter-02')]).toEqual([undefined, before])
  rmSync(dataDir, { recursive: true, force: true })
})

it('the script of the document runs without a person: free ports, lines of JSON, an end by itself, exit codes', async () => {
  const [, script = ''] = /```bash\n([\s\S]+?)```/.exec(readFileSync('docs/simulators.md', 'utf8')) ?? []
  const folder = temporaryFolder('ci')
  for (const name of ['src', 'simulators', 'examples', 'device-profiles', 'node_modules', 'package.json'])
    symlinkSync(resolve(name), join(folder, name))
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_'))
  const env = { ...Object.fromEntries(inherited), TMPDIR: folder }
  await promisify(execFile)('bash', ['-euc', script], { cwd: folder, env })
  const lines = readFileSync(join(folder, 'simulated.jsonl'), 'utf8').trim().split('\n')
  const told = lines.map((line) => JSON.parse(line) as { is: string })
  expect(told[0]).toMatchObject({ is: 'began', seed: 1 })
  expect(told).toContainEqual({
    is: 'strikes',
    scenario: 'meter-tamper',
    device: 'meter-01',
    lastsMs: 600_000,
  })
  expect(told.at(-1)).toMatchObject({ is: 'ended', failed: 0, dropped: 0 })
  const { items } = JSON.parse(readFileSync(join(folder, 'alarms.json'), 'utf8')) as { items: object[] }
  expect(items).toContainEqual(expect.objectContaining({ rule: 'meter-tamper', device: 'meter-01' }))
  expect(readFileSync(join(folder, 'gateway.log'), 'utf8')).toMatch(
    /Gatehouse is running[\s\S]*Ctrl-C[\s\S]*Stopping/,
  )
  rmSync(folder, { recursive: true, force: true })
})

it('whose time is over without an acknowledgement has failed', async () => {
  const dataDir = temporaryFolder('deaf')
  const config = campusConfig(dataDir)
  const journal = { ...config.journal, refuseAtDiskUsed: 0.000_001 } // it takes nothing
  await using _here = await gatewayHere({ ...config, journal }, Date.now())
  const run = simulating(dataDir, '--for-s', '1', '--format', 'json')
  expect(await run.ended).toBe(1)
  expect(JSON.parse(run.out.at(-1) ?? '')).toMatchObject({ is: 'unanswered' })
  expect(JSON.parse(run.out.at(-2) ?? '')).toMatchObject({ is: 'ended', acknowledged: 0 })
  rmSync(dataDir, { recursive: true, force: true })
})

it('the demo speaks for everybody but who is there, over OPC UA too', async () => {
  const folder = temporaryFolder('demo')
  cpSync('examples/campus', folder, { recursive: true })
  const site = join(folder, 'site.yaml')
  const text = readFileSync(site, 'utf8')
  const real = (id: string) => (file: string) =>
    file.replace(`- id: ${id}\n`, `- id: ${id}\n    simulated: false\n`)
  writeFileSync(
    site,
    [real('meter-01'), real('meter-06')].reduce((file, change) => change(file), text),
  )
  const environment = { GATEHOUSE_DEMO: 'true' }
  await using gateway = await startGateway({ config: join(folder, 'gatehouse.yaml'), environment })
  const seen = async () => {
    const { body } = await gateway.api('/devices?family=water-meter')
    const { items } = body as { items: { id: string; status: string }[] }
    return new Set(items.filter(({ status }) => status === 'online').map(({ id }) => id))
  }
  await expect.poll(async () => (await seen()).size, { interval: 500 }).toBe(24)
  expect([...(await seen())].filter((id) => id === 'meter-01' || id === 'meter-06')).toEqual([])
  expect(await seen()).toContain('meter-21')
})

it.each([
  [['--scenario', 'burst-pip'], 2, /burst-pip; did you mean burst-pipe\?/],
  [['--seed', 'x'], 2, /--seed is a whole number/],
  [['--for-s', '0'], 2, /--for-s is a number of seconds from 1/],
  [['--format', 'xml'], 2, /--format is text or json/],
  [['--device', 'meter-1'], 1, /no device meter-1 in .*; did you mean meter-01\?/],
  [
    ['--scenario', 'burst-pipe', '--device', 'gate-east'],
    1,
    /burst-pipe strikes a water meter; gate-east is an access control gate/,
  ],
  [[], 1, /No gateway is running on .*GATEHOUSE_DATA_DIR/],
])('a call that cannot work is told why: %j', async (args, code, sentence) => {
  const run = simulating(temporaryFolder('nobody'), ...args)
  expect(await run.ended).toBe(code)
  expect(run.err.join('\n')).toMatch(sentence)
})
