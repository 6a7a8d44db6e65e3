/** Runs after every install: builds the page that the gateway serves. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const config = 'src/control-room/vite.config.ts'
if (!existsSync(config)) process.exit(0) // installed as a dependency, without the sources of the page
const vite = join(import.meta.dirname, '../node_modules/.bin/vite')
const { status } = spawnSync(vite, ['build', '--config', config, '--logLevel', 'warn'], { stdio: 'inherit' })
process.exitCode = status ?? 1
