/** Another project links the checkout and runs the simulated campus in its own tests, as docs/simulators.md says. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { EmbeddedBrokerOptions, embeddedBroker } from '../../src/connect/embedded-broker.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { temporaryFolder } from '../support/gateway.ts'
import { hearing } from '../support/hearing.ts'

it('the test of the document passes in that project, against a broker of its own', async () => {
  const text = readFileSync('docs/simulators.md', 'utf8')
  const [, example = ''] = /```ts\n([^`]*simulateCampus[\s\S]+?)```/.exec(text) ?? []
  expect(example).toContain('expect.poll')
  await using broker = embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0 }), {
    authenticate: async (name) => ({ name, publish: ['#'], subscribe: [] }),
    log: SILENT_LOG,
    clock: systemClock,
  })
  const heard = hearing()
  await broker.start(heard)
  const folder = temporaryFolder('vitest')
  mkdirSync(join(folder, 'node_modules'))
  for (const [name, at] of [
    ['gatehouse', '.'],
    ['vitest', 'node_modules/vitest'],
  ] as const)
    symlinkSync(resolve(at), join(folder, 'node_modules', name))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'campus.test.ts'), example)
  const vitest = resolve('node_modules/vitest/vitest.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, 'run', '--root', folder], {
    cwd: folder,
    env: { ...process.env, BROKER_URL: `mqtt://127.0.0.1:${broker.port}`, NO_COLOR: '1' },
  })
  expect(stdout).toMatch(/1 passed/)
  expect(heard.messages.length).toBeGreaterThan(20)
  rmSync(folder, { recursive: true })
})

it('the example of the document runs in a project that links this one, and says the same twice', () => {
  const [, example = ''] = /```ts\n([\s\S]+?)```/.exec(readFileSync('docs/simulators.md', 'utf8')) ?? []
  expect(example).toContain('campusReadings')
  const folder = temporaryFolder('package')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve('.'), join(folder, 'node_modules/gatehouse'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(folder, 'campus.ts'),
    example.replace(
      /\/\/ \{ device[^\n]*/,
      "if (sample.device === 'meter-01') console.log(JSON.stringify(sample))",
    ),
  )
  const run = () => execFileSync(process.execPath, ['campus.ts'], { cwd: folder, encoding: 'utf8' })
  const said = run()
  expect(run()).toBe(said)
  const flows = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).values.flow as number)
  expect(flows.length).toBeGreaterThan(50)
  expect(Math.max(...flows)).toBeGreaterThan(8)
  rmSync(folder, { recursive: true })
})
