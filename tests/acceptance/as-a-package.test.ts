/** Another project links the checkout and runs the simulated campus in its own tests, as docs/simulators.md says. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/gateway.ts'

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
