import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from './config.ts'

const SITE = join(import.meta.dirname, '../../tests/support/site')

/** The small site with these notifications. */
function load(notify: string, environment: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'))
  const file = join(folder, 'gatehouse.yaml')
  try {
    const site = `site: ${join(SITE, 'site.yaml')}\nrules: ${join(SITE, 'rules.yaml')}\n`
    writeFileSync(join(folder, 'secret'), 'from a file\n')
    writeFileSync(file, `${site}${notify.replaceAll('FOLDER', folder)}`)
    return loadConfig(file, environment)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const channel = (more: string) => `notify:\n  channels:\n    - { name: duty, ${more} }\n`
const hook = channel('kind: webhook, url: "https://example.org/", secret: s')

it('a secret comes from the file that is named', () => {
  const { notify } = load(channel('kind: webhook, url: "https://example.org/", secretFile: FOLDER/secret'))
  expect(notify.channels[0]).toMatchObject({ secret: 'from a file', language: 'zh-CN', digest: false })
})

it('all channels come by environment', () => {
  const value = '[{ name: a, kind: wecom, url: "https://example.org/" }]'
  const { notify } = load('', { GATEHOUSE_NOTIFY_CHANNELS: value })
  expect(notify.channels).toMatchObject([{ name: 'a', limits: [{ count: 20, perMs: 60_000 }] }])
})

it('without a word there are no channels, and one seat for the whole site', () => {
  const { notify, seats } = load('')
  expect(notify.channels).toEqual([])
  expect(seats).toEqual([{ name: 'control-room', scope: {} }])
})

it.each([
  [channel('kind: webhook, secret: s'), /url or urlFile is needed/],
  [channel('kind: wecom, url: "https://li:pw@example.org/"'), /https:\/\/, without user and password/],
  [channel('kind: wecom, url: "http://[example.org"'), /begins with http/],
  [channel('kind: webhook, url: "ftp://example.org", secret: s'), /begins with http/],
  [channel('kind: webhook, url: "https://example.org/", secret: s, secretFile: x'), /not both/],
  [
    channel('kind: webhook, url: "https://example.org/", secretFile: FOLDER/none'),
    /secretFile: .*there is no such file/,
  ],
  [
    channel('kind: mail, host: h, from: a@b.org, to: [c@d.org], caFile: FOLDER/none'),
    /caFile: .*there is no such file/,
  ],
  [channel('kind: pigeon'), /notify\.channels\.0/],
  [`${hook}  routes: [{ channel: chief }]\n`, /routes\.0\.channel: there is no channel chief/],
  [`${hook}  routes: [{ channel: duty, institutions: [moon] }]\n`, /there is none named moon/],
  [`${hook}  routes: [{ channel: duty, rules: [none] }]\n`, /there is none named none/],
  [
    `${hook}  escalation: [{ name: a, steps: [{ afterMs: 9000, channels: [duty] }, { afterMs: 9000, channels: [duty] }] }]\n`,
    /later than the one before/,
  ],
  ['seats: [{ name: a }, { name: a }]\n', /seats\.1\.name: two are named a/],
])('%j is refused before the start, with its key', (notify, reason) => {
  expect(() => load(notify)).toThrow(reason)
})
