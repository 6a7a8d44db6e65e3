import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sources-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const SITE = join(import.meta.dirname, '../../tests/support/site/site.yaml')

const load = (names: readonly string[]) => {
  const sources = names.map((name) => ({
    kind: 'mqtt',
    name,
    url: 'mqtt://127.0.0.1:1883',
    clientId: name,
    topics: ['a/+'],
  }))
  const file = join(folder, 'gatehouse.yaml')
  writeFileSync(file, JSON.stringify({ site: SITE, sources }))
  return loadConfig(file, {})
}

it('refuses a source by the name under which the journal keeps the gateway’s own absences', () => {
  expect(load(['plant']).sources).toHaveLength(1)
  expect(() => load(['plant', 'gateway'])).toThrow(/sources: gateway is the name of the gateway itself/)
  expect(() => load(['plant', 'plant'])).toThrow(/sources: two are named plant/)
})
