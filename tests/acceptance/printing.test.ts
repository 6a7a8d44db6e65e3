/** What commands print is for people, who may stop reading; nothing that was asked for ends with that. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

it('a command whose reader has left does what it was asked for', async () => {
  const node = join(ROOT, 'node_modules/.bin/node')
  const child = spawn(node, ['src/main.ts', 'check-config'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdout.destroy()
  const [code] = await once(child, 'close')
  expect(stderr).not.toContain('EPIPE')
  expect(code).toBe(0)
})
