/**
 * Where the real servers of the tests are. One rule for all: a suite whose server is not on this
 * machine is skipped with its name, except under CI=true, where a missing server is a failure.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

export type ServerName = 'mosquitto' | 'mosquitto_pub' | 'influxd' | 'victoria-metrics' | 'chromium'

/** Debian keeps daemons out of the PATH of ordinary users. */
const ALSO_IN = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']

/** The server's path, or `undefined` where it is not installed. */
export function binary(name: ServerName): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...ALSO_IN]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** The server's path for a helper that starts it; throws where it is not installed. */
export function pathOf(name: ServerName): string {
  const path = binary(name)
  if (!path) throw new Error(`${name} is not installed on this machine`)
  return path
}

/**
 * `describe` for suites that need the server: `requireServer('mosquitto')('…', () => {…})`. Under
 * CI=true it runs whatever is installed, so that a missing server fails and never passes unseen.
 */
export function requireServer(name: ServerName): typeof describe | typeof describe.skip {
  return binary(name) || process.env.CI === 'true' ? describe : describe.skip
}
