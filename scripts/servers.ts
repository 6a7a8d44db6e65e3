/**
 * Gets the real servers that the tests talk to from Debian, where it may: as root on a machine
 * with apt. Nothing is started by installing; the tests start their own on free ports.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

const PACKAGES = {
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  influxd: 'influxdb',
  'victoria-metrics': 'victoria-metrics',
  chromium: 'chromium',
  'docker-compose': 'docker-compose',
} as const

/** Debian asks this file before it starts a service; 101 means never. */
const POLICY = '/usr/sbin/policy-rc.d'

const onPath = (binary: string) =>
  [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin'].some((folder) =>
    existsSync(`${folder}/${binary}`),
  )

/** Returns the binaries that are still missing afterwards. */
export function ensureServers(): string[] {
  const missing = () => Object.keys(PACKAGES).filter((binary) => !onPath(binary))
  const wanted = missing()
  if (wanted.length === 0) return []
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return wanted
  const packages = wanted.map((binary) => PACKAGES[binary as keyof typeof PACKAGES])
  if (wanted.includes('chromium')) packages.push('fonts-noto-cjk' as never)
  console.log(`Installing ${packages.join(', ')} (their services stay off)`)
  const ownPolicy = !existsSync(POLICY)
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', ...packages)
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true })
  }
  return missing()
}
