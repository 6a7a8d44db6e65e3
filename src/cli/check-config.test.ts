import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkConfig } from './check-config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-check-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, content: object) => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(content))
  return file
}

async function checked(rule: object) {
  write('site.yaml', {
    id: 'campus',
    name: 'Campus',
    timeZone: 'Asia/Shanghai',
    institutions: [{ id: 'library', name: 'Library', type: 'venue', headCount: 9, areaM2: 9 }],
    devices: [
      { id: 'meter-1', name: 'Main', profile: 'gatehouse/water-meter', place: { institution: 'library' } },
    ],
  })
  write('rules.yaml', { rules: [{ id: 'mine', severity: 'low', verifyMs: 60_000, ...rule }] })
  const config = write('gatehouse.yaml', { site: 'site.yaml', rules: 'rules.yaml' })
  const [out, err]: [string[], string[]] = [[], []]
  const code = await checkConfig.run(['--config', config], {
    environment: {},
    until: new AbortController().signal,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  })
  return { code, out, err }
}

const sustained = (point: string) => ({ kind: 'sustained', options: { point, above: 8, forMs: 5_000 } })

it('says nothing of a rule that has somebody to judge', async () => {
  const { code, out, err } = await checked(sustained('flow'))
  expect({ code, err }).toEqual({ code: 0, err: [] })
  expect(out).toEqual([expect.stringContaining('1 devices of')])
})

it('warns of a rule that judges nobody, and takes it all the same', async () => {
  const { code, err } = await checked(sustained('flwo'))
  expect({ code, err }).toEqual({
    code: 0,
    err: [
      'Warning: rule mine judges nobody: of the 1 in its scope none has what it judges by: flwo; did you mean flow?',
    ],
  })
})

it('refuses a scope that names what the site does not have, as a start does', async () => {
  const rule = { ...sustained('flow'), scope: { devices: ['meter-9'] } }
  await expect(checked(rule)).rejects.toThrow(
    'rules.yaml:1: rule mine: scope.devices: the site has no meter-9; did you mean meter-1?',
  )
})

const SITE = `id: campus
name: Campus
timeZone: Asia/Shanghai
zones: zones.geojson
institutions:
  - { id: library, name: Library, type: venue, headCount: 9, areaM2: 9 }
buildings:
  - { id: hall, name: Hall, institution: libary }
devices:
  - { id: meter-1, name: Main, profile: gatehouse/water-metre, place: { institution: library } }
  - { id: meter-2, name: Side, profil: gatehouse/water-meter, place: { institution: library } }
  - { id: acme-1, name: Acme, profile: acme/ch-200, place: { institution: library, zone: gardn } }
routes:
  - { id: night, name: Night, starts: { everyMinutes: 15 }, visits: [{ checkpoint: meter-2, offsetMinutes: 1 }] }
`
const ZONES = '{ "type": "FeatureCollection", "features": [{ "type": "Feature" }] }'
const PROFILE = `vendor: acme
model: ch-200
family: water-meter
description: Litres.
codec: jsn
`
const RULES = `rules:
  - { id: one, kind: sustained, severity: hgh, verifyMs: 1000, options: { point: flow, abov: 8, forMs: 1 } }
  - { id: two, kind: silent, severity: low, verifyMs: 1000, scope: { devices: [meter-2] }, options: { forMs: 1 } }
`
const CONFIG = `site: site.yaml
rules: rules.yaml
profiles: [profiles]
http: { prot: 8081 }
`

async function wrongIn(files: Readonly<Record<string, string>>, environment = {}): Promise<string[]> {
  mkdirSync(join(folder, 'profiles/acme'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const terminal = { environment, until: new AbortController().signal, out() {}, err() {} }
  const failed = checkConfig.run(['--config', join(folder, 'gatehouse.yaml')], terminal)
  const { message } = await failed.then(
    () => new Error('nothing was wrong'),
    (cause: Error) => cause,
  )
  return message.split('\n').map((line) => line.replace(`${folder}/`, ''))
}

it('says what is wrong in every file at once, each with its line, and nothing that only follows from it', async () => {
  const wrong = await wrongIn(
    {
      'gatehouse.yaml': CONFIG,
      'site.yaml': SITE,
      'zones.geojson': ZONES,
      'rules.yaml': RULES,
      'profiles/acme/ch-200.yaml': PROFILE,
    },
    { GATEHOUSE_HTTP_PROT: '8081' },
  )
  expect(wrong).toEqual([
    'GATEHOUSE_HTTP_PROT: there is no such key; did you mean GATEHOUSE_HTTP_PORT?',
    'gatehouse.yaml:4: http.prot: there is no such key; did you mean port?',
    'profiles/acme/ch-200.yaml:5: codec: there is no codec jsn; did you mean json?',
    'site.yaml:8: buildings.0.institution: there is no institution libary; did you mean library?',
    'site.yaml:10: devices.0.profile: there is no profile gatehouse/water-metre; did you mean gatehouse/water-meter?',
    'site.yaml:11: devices.1.profile: is missing: expected text',
    'site.yaml:11: devices.1.profil: there is no such key; did you mean profile?',
    expect.stringMatching(/^zones\.geojson:1: features\.0\.properties: is missing/),
    expect.stringMatching(/^zones\.geojson:1: features\.0\.geometry: is missing/),
    'rules.yaml:2: rules.0.severity: expected one of critical, high, medium, low; did you mean high?',
    'rules.yaml:2: rules.0.options.above: is missing: expected a number',
    'rules.yaml:2: rules.0.options.abov: there is no such key; did you mean above?',
  ])
})

it('says which device its profile cannot find, and which rule names nobody, beside what else is wrong', async () => {
  const device = (id: string) =>
    `  - { id: ${id}, name: ${id}, profile: wmbusmeters/water-meter, place: { institution: library } }\n`
  const site = SITE.slice(0, SITE.indexOf('buildings:')).replace('zones: zones.geojson\n', '')
  const files = {
    'gatehouse.yaml': 'site: site.yaml\nrules: rules.yaml\n',
    'site.yaml': `${site}devices:\n${device('meter-1')}${device('meter-3')}`,
    'rules.yaml': RULES.replace('hgh', 'high').replace('abov:', 'above:'),
  }
  const misfits = [
    expect.stringMatching(/^site\.yaml:7: meter-1: .*by address, and it has none/),
    expect.stringMatching(/^site\.yaml:8: meter-3: .*by address, and it has none/),
    expect.stringMatching(/^rules\.yaml:3: rule two: scope\.devices: the site has no meter-2; did you mean/),
  ]
  expect(await wrongIn(files)).toEqual(misfits)
  const prot = await wrongIn({ ...files, 'gatehouse.yaml': `${files['gatehouse.yaml']}http: { prot: 1 }\n` })
  expect(prot).toEqual([expect.stringContaining('gatehouse.yaml:3: http.prot'), ...misfits])
})

it('takes the campus with the rules that the documents tell to start from', async () => {
  const rules = join(import.meta.dirname, '../../docs/examples/rules.yaml')
  const out: string[] = []
  const code = await checkConfig.run([], {
    environment: { GATEHOUSE_RULES: rules },
    until: new AbortController().signal,
    out: (line) => out.push(line),
    err() {},
  })
  expect([code, out]).toEqual([0, [expect.stringContaining('is valid')]])
})
