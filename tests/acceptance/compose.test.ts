/**
 * The compose file without a container engine: it is valid, every path in it exists, its gateway's
 * settings are ones that the gateway knows, and Grafana's parts refer to each other.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config/config.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

type Service = {
  readonly image?: string
  readonly build?: string
  readonly init?: boolean
  readonly command?: readonly string[]
  readonly stop_grace_period?: string
  readonly logging?: { readonly options: Readonly<Record<string, string>> }
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, unknown>>
}

const compose = parse(read('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}
const services = Object.entries(compose.services)
const gateway = compose.services.gateway as Service
const mounts = services.flatMap(([name, { volumes = [] }]) =>
  volumes.map((volume) => ({
    name,
    from: volume.split(':')[0] as string,
    to: volume.split(':')[1] as string,
  })),
)
const composer = ['docker-compose', 'docker'].find((command) => spawnSync(command, ['version']).status === 0)
const secrets = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'))
afterAll(() => rmSync(secrets, { recursive: true }))

describe('docker-compose.yml', () => {
  it.skipIf(composer === undefined)('is valid for docker-compose', () => {
    const args = composer === 'docker' ? ['compose'] : []
    execFileSync(composer as string, [...args, '-f', 'docker-compose.yml', 'config', '-q'], { cwd: ROOT })
  })

  it.each(mounts.filter(({ from }) => from.startsWith('.')))('$name: $from exists', ({ from }) => {
    expect(existsSync(join(ROOT, from))).toBe(true)
  })

  it('keeps what must survive in named volumes', () => {
    const named = mounts.filter(({ from }) => !from.startsWith('.')).map(({ from }) => from)
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)))
    expect(mounts).toContainEqual({ name: 'gateway', from: 'gateway', to: '/data' })
  })

  it('pins every image, and offers nothing beyond this machine', () => {
    for (const [name, { image, ports = [] }] of services) {
      expect(image, name).toMatch(/:\d+\.\d+/)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
    }
  })

  it('waits for services that exist, gives them time to stop and reaps their children', () => {
    for (const [name, { init, stop_grace_period, depends_on = {} }] of services) {
      expect(Object.keys(compose.services), name).toEqual(expect.arrayContaining(Object.keys(depends_on)))
      if (name !== 'secrets')
        expect({ name, init, stop_grace_period }).toEqual({ name, init: true, stop_grace_period: '30s' })
    }
  })

  it('keeps what containers print within bounds, and gives the gateway no right that it does not need', () => {
    for (const [name, { logging }] of services)
      if (name !== 'secrets') expect(logging?.options, name).toMatchObject({ 'max-size': '10m' })
    expect(gateway).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  })

  it('holds no secret itself', () => {
    for (const [name, { environment = {} }] of services) {
      const open = Object.keys(environment).filter(
        (key) => /PASSWORD|TOKEN|SECRET/.test(key) && !key.endsWith('_FILE'),
      )
      expect(open, name).toEqual([])
    }
  })
})

describe('its secrets', () => {
  const made = () =>
    execFileSync('sh', [join(ROOT, 'deploy/secrets/make-secrets.sh'), secrets], { env: withFakeHasher() })
  /** Mosquitto's hasher may not be here; what it writes is Mosquitto's own affair. */
  function withFakeHasher() {
    const path = join(secrets, 'mosquitto_passwd')
    writeFileSync(path, '#!/bin/sh\necho "$3:hash" >> "$2"\n', { mode: 0o755 })
    return { ...process.env, PATH: `${secrets}:${process.env.PATH}` }
  }

  it('are made once, and are all that the services look for', () => {
    made()
    const wanted = `${read('docker-compose.yml')}${read('deploy/grafana/provisioning/datasources/gatehouse.yaml')}`
    const files = new Set(
      [...wanted.matchAll(/\/secrets\/([a-z-]+(?:\.yaml)?)(?=\s|\}|')/g)].map(([, file]) => file as string),
    )
    expect(files.size).toBeGreaterThan(4)
    const before = [...files].map((file) => readFileSync(join(secrets, file), 'utf8'))
    expect(new Set(before).size).toBe(files.size)
    made()
    expect([...files].map((file) => readFileSync(join(secrets, file), 'utf8'))).toEqual(before)
  })

  it('and its settings make a configuration that the gateway starts with', () => {
    made()
    const environment = Object.fromEntries(
      Object.entries(gateway.environment ?? {}).map(([key, value]) => [
        key,
        value.replace('/secrets/', `${secrets}/`),
      ]),
    )
    const [start, flag, file] = gateway.command ?? []
    expect([start, flag]).toEqual(['start', '--config'])
    const config = loadConfig(join(ROOT, file as string), environment)
    const token = readFileSync(join(secrets, 'influxdb-token'), 'utf8').trim()
    expect(config.historian).toMatchObject({
      kind: 'influx',
      influx: { url: 'http://influxdb:8086', version: '2', org: 'gatehouse', bucket: 'gatehouse', token },
    })
    expect(config.sources.map(({ name }) => name)).toEqual(['campus-opcua', 'mosquitto'])
    expect(config).toMatchObject({
      demo: true,
      http: { host: '0.0.0.0', port: 8080 },
      data: { dir: '/data' },
    })
    const influxdb = compose.services.influxdb?.environment
    expect(influxdb).toMatchObject({
      DOCKER_INFLUXDB_INIT_ORG: 'gatehouse',
      DOCKER_INFLUXDB_INIT_BUCKET: 'gatehouse',
    })
  })
})

describe('Dockerfile', () => {
  const steps = read('Dockerfile').split('\n')

  it('copies only what is there, and nothing runs as root', () => {
    const copied = steps
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
    expect(copied.length).toBeGreaterThan(5)
    for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true)
    expect(steps.indexOf('USER node')).toBeLessThan(steps.findIndex((line) => line.startsWith('ENTRYPOINT')))
    expect(steps).toContain('USER node')
  })

  it('asks for readiness as the compose file does', () => {
    const tested = [read('Dockerfile'), gateway.healthcheck?.test.join(' ') ?? '']
    for (const text of tested) {
      expect(text).toContain('http://127.0.0.1:8080/livez')
      expect(
        text,
        'an orchestrator restarts by it, and a restart heals nothing that /readyz tells',
      ).not.toContain('readyz')
    }
  })

  it('is on the major version of Node that the project is built with, so that its fixes come with a build', () => {
    const { devDependencies } = JSON.parse(read('package.json'))
    for (const line of steps.filter((each) => each.startsWith('FROM '))) {
      expect(line).toContain(`node:${devDependencies.node.split('.')[0]}-slim`)
    }
  })
})

describe('Grafana', () => {
  const sources = parse(read('deploy/grafana/provisioning/datasources/gatehouse.yaml')).datasources
  const uids = sources.map(({ uid }: { uid: string }) => uid)
  const dashboards = globSync('deploy/grafana/dashboards/*.json', { cwd: ROOT })

  it('finds its dashboards where they are mounted', () => {
    const [provider] = parse(read('deploy/grafana/provisioning/dashboards/gatehouse.yaml')).providers
    expect(mounts).toContainEqual({
      name: 'grafana',
      from: './deploy/grafana/dashboards',
      to: provider.options.path,
    })
    expect(dashboards.length).toBeGreaterThan(0)
  })

  it.each(dashboards)('%s asks only data sources that are provisioned', (path) => {
    const asked = [...read(path).matchAll(/"datasource": \{\s*"type": "(\w+)",\s*"uid": "([^"]+)"/g)]
    expect(asked.length).toBeGreaterThan(0)
    for (const [, type, uid] of asked) {
      expect(uids).toContain(uid)
      expect(sources.find((source: { uid: string }) => source.uid === uid).type).toBe(type)
    }
    const { panels } = JSON.parse(read(path))
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length)
  })
})
