/** What is compiled is kept for the next start, and a start that can keep nothing is a start all the same. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-compiled-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const help = (kept: string) =>
  promisify(execFile)(join(ROOT, 'node_modules/.bin/node'), [join(ROOT, 'src/main.ts'), 'help'], {
    env: { ...process.env, NODE_COMPILE_CACHE: kept },
  })

const filesIn = (kept: string) =>
  readdirSync(kept, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length

it('keeps what it has compiled where it is told to', async () => {
  const kept = join(folder, 'kept')
  const { stdout } = await help(kept)
  expect(stdout).toContain('usage: gatehouse')
  const after = filesIn(kept)
  expect(after).toBeGreaterThan(100)
  await help(kept)
  expect(filesIn(kept)).toBe(after)
})

it('starts where nothing can be kept', async () => {
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  const { stdout } = await help(join(file, 'below'))
  expect(stdout).toContain('usage: gatehouse')
})
