/**
 * The campus, broken as people break it: each slip is refused before anything starts, in a sentence that says
 * where and what to write.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { retold } from '../model/retold.ts'
import { loadConfig } from './config.ts'
import { assertFits } from './fit.ts'

const CAMPUS = join(import.meta.dirname, '../../examples/campus')

const RIGHT = readFileSync(join(CAMPUS, 'gatehouse.yaml'), 'utf8').split('\n')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-slips-'))
  cpSync(CAMPUS, folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What is said of it, without the folder; nothing where it is taken. */
function said(environment: Readonly<Record<string, string>> = {}): string[] {
  try {
    assertFits(loadConfig(join(folder, 'gatehouse.yaml'), environment))
    return []
  } catch (cause) {
    return (cause as Error).message.replaceAll(`${folder}/`, '').split('\n')
  }
}

function edit(file: string, right: string, wrong: string): void {
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text).toContain(right)
  writeFileSync(
    join(folder, file),
    text.replace(right, () => wrong),
  )
}

/** A key below the first line of the file, or in place of what is there. */
const adding = (wrong: string) => edit('gatehouse.yaml', 'site: site.yaml\n', `site: site.yaml\n${wrong}\n`)

const MQTT = '- { kind: mqtt, name: plant, url: "mqtt://plant", topics: [a/#] }'

it('the campus is right as it is', () => expect(said()).toEqual([]))

describe('of the configuration itself', () => {
  it.each([
    ['http: { port: eighty }', 'http.port: expected a number, found the text "eighty"'],
    ['http: { port: 80.5 }', 'http.port: expected a whole number, found 80.5'],
    ['mqtt: { port: -1 }', 'mqtt.port: must be at least 0'],
    ['mqtt: { port: 70000 }', 'mqtt.port: must be at most 65535'],
    ['http: { prot: 80 }', 'http.prot: there is no such key; did you mean port?'],
    ['source: []', 'source: there is no such key; did you mean sources?'],
    ['log: { levle: info, at: x }', 'log.levle: there is no such key; did you mean level?'],
    ['log: { colour: true }', 'log.colour: there is no such key; there are level'],
    ['log: { level: 5 }', 'log.level: expected one of error, warn, info, debug'],
    ['log: { level: inof }', 'log.level: expected one of error, warn, info, debug; did you mean info?'],
    ['demo: yes', 'demo: expected true or false, found the text "yes"'],
    ['http:', 'http: is empty: expected keys with values'],
    ['http: [1]', 'http: expected keys with values, found a list'],
    ['alarms: on', 'alarms: expected keys with values, found the text "on"'],
    ['profiles: mine', 'profiles: expected a list, found the text "mine"'],
    ['historian: { kind: influx }', 'historian.influx: needed where historian.kind is influx'],
    [
      'notify: { channels: [{ kind: webhok, name: a }] }',
      'kind: there is no kind webhok; did you mean webhook?',
    ],
    ['mqtt: { certFile: site.yaml }', 'certFile and keyFile are given together or not at all'],
    ['http: { port: 1883 }', 'http.port: 1883 is mqtt.port too, and only one of them can listen there'],
    ['site: other.yaml', 'the key site stands here a second time'],
    ['log: *usual', 'Unresolved alias usual'],
    ['log:\n\tlevel: info', 'Tabs are not allowed as indentation'],
    ['---', 'a second document begins here (---), and only one is read'],
    ['seats: [{ name: a }]', 'the key seats stands here a second time'],
  ])('%s', (wrong, sentence) => {
    adding(wrong)
    const [first, ...more] = said()
    expect([first, ...more].join('\n')).toContain(sentence)
    expect(first).toMatch(/^gatehouse\.yaml:\d+: /)
  })

  it.each([
    ['kind: opcua', 'kind: opc-ua', 'sources.0.kind: there is no kind opc-ua; did you mean opcua?'],
    ['- kind: opcua\n    name', '- name', 'sources.0.kind: is missing: expected one of mqtt, opcua'],
    ['opc.tcp://', 'http://', 'sources.0.endpoint: must begin with opc.tcp://'],
    ['name: campus-opcua', 'name: ""', 'sources.0.name: must not be empty'],
    [
      '- kind: opcua',
      `${MQTT.replace('mqtt://plant', 'plant:1883')}\n  - kind: opcua`,
      'sources.0.url: expected an address that begins with mqtt:// or mqtts://',
    ],
    [
      '- kind: opcua',
      `${MQTT.replace('topics: [a/#]', 'topics: []')}\n  - kind: opcua`,
      'sources.0.topics: expected at least 1 entry',
    ],
    [
      '    simulated: true',
      `    simulated: true\n  ${MQTT.replace('plant', 'campus-opcua')}`,
      'sources.1.name: two are named campus-opcua',
    ],
    [
      "publish: ['wmbusmeters/#']",
      "publish: 'wmbusmeters/#'",
      'bridges.0.publish: expected a list, found the text "wmbusmeters/#"',
    ],
    ["publish: ['wmbusmeters/#']", "publish: ['wmbusmeters/#/x']", 'bridges.0.publish.0: is no topic filter'],
    ['name: owntracks', 'name: wmbusmeters', 'bridges.1.name: two are named wmbusmeters'],
    ['name: owntracks', 'name: meter-01', 'bridges.1.name: meter-01 is the name of a device already'],
    ['name: owntracks', 'name: Own Tracks', 'bridges.1.name: lower-case letters, digits and dashes'],
    [
      '安保值班 Security desk',
      '动力值班 Facilities desk',
      'seats.1.name: two are named 动力值班 Facilities desk',
    ],
    [
      'site: site.yaml',
      'site: sites.yaml',
      'site: Cannot read sites.yaml: there is no such file; did you mean site.yaml?',
    ],
    [
      'rules: rules.yaml',
      'rules: rules.yaml/x',
      'rules: Cannot read rules.yaml/x: a part of its path is no folder',
    ],
    ['site: site.yaml', 'site: .', 'it is a folder'],
    [
      'site: site.yaml',
      'profiles: [mine]\nsite: site.yaml',
      'profiles.0: Cannot read mine: there is no such folder',
    ],
    [
      'site: site.yaml',
      'profiles: [site.yaml]\nsite: site.yaml',
      'profiles.0: Cannot read site.yaml: it is no folder',
    ],
  ])('%s → %s', (right, wrong, sentence) => {
    edit('gatehouse.yaml', right, wrong)
    const [first, ...more] = said()
    expect([first, ...more].join('\n')).toContain(sentence)
    const changed = readFileSync(join(folder, 'gatehouse.yaml'), 'utf8').split('\n')
    const line = changed.findIndex((one, at) => one !== RIGHT[at]) + 1
    expect(first).toMatch(new RegExp(`^gatehouse\\.yaml:${line}: `))
  })

  it('a value by the environment is named by its variable and its key', () => {
    expect(said({ GATEHOUSE_HTTP_PORT: '' })).toEqual([
      'GATEHOUSE_HTTP_PORT: http.port: is empty: expected a number',
    ])
    expect(said({ GATEHOUSE_DEMO: 'yes' })).toEqual([
      'GATEHOUSE_DEMO: demo: expected true or false, found the text "yes"',
    ])
    expect(said({ GATEHOUSE_HTTP_PRT: '1' })).toEqual([
      'GATEHOUSE_HTTP_PRT: there is no such key; did you mean GATEHOUSE_HTTP_PORT?',
    ])
    expect(said({ GATEHOUSE_SITE: 'none.yaml' })).toEqual([
      'GATEHOUSE_SITE: site: Cannot read none.yaml: there is no such file',
    ])
    expect(said({ GATEHOUSE_HTTP_PORT_FILE: join(folder, 'none') })).toEqual([
      'GATEHOUSE_HTTP_PORT_FILE: Cannot read none: there is no such file',
    ])
  })

  it('a certificate that is none', () => {
    writeFileSync(join(folder, 'own.pem'), 'not a certificate')
    adding(`mqtt: { certFile: ${folder}/own.pem, keyFile: ${folder}/own.pem }`)
    expect(said()).toEqual([
      expect.stringMatching(
        /^gatehouse\.yaml:4: mqtt\.certFile, mqtt\.keyFile: TLS cannot use them together: /,
      ),
    ])
  })
})

describe('of the files that it names', () => {
  it.each([
    [
      'site.yaml',
      'Asia/Shanghai',
      'Asia/Shangai',
      'timeZone: an IANA time zone, such as Asia/Shanghai; did you mean Asia/Shanghai?',
    ],
    [
      'site.yaml',
      'headCount: 180',
      'headCount: "180"',
      'institutions.0.headCount: expected a number, found the text "180"',
    ],
    ['site.yaml', 'headCount: 180', 'headCount: 0', 'institutions.0.headCount: must be above 0'],
    [
      'site.yaml',
      'type: office',
      'type: ofice',
      'institutions.0.type: expected one of office, school, hospital, venue, other; did you mean office?',
    ],
    [
      'site.yaml',
      'id: meter-02',
      'id: meter-01',
      'devices.1.id: there are two of meter-01; the other is in line ',
    ],
    [
      'site.yaml',
      'institution: finance-department }\n  - { id: tower-3',
      'institution: finance-departement }\n  - { id: tower-3',
      'buildings.1.institution: there is no institution finance-departement; did you mean finance-department?',
    ],
    [
      'site.yaml',
      'starts: { everyMinutes: 15 }',
      'starts: { everyMinute: 15 }',
      'routes.0.starts.everyMinute: there is no such key; did you mean everyMinutes?',
    ],
    [
      'site.yaml',
      'source: campus-opcua',
      'source: campus-opc',
      'source: there is no campus-opc among the sources of the configuration; did you mean campus-opcua?',
    ],
    [
      'site.yaml',
      'zones: zones.geojson',
      'zones: zone.geojson',
      'zones: Cannot read zone.geojson: there is no such file; did you mean zones.geojson?',
    ],
    [
      'site.yaml',
      'calendars: calendar.yaml',
      'calendars: calender.yaml',
      'calendars: Cannot read calender.yaml: there is no such file; did you mean calendar.yaml?',
    ],
    ['zones.geojson', '"FeatureCollection"', '"FeatureCollection', 'it is no JSON: '],
    [
      'zones.geojson',
      '"kind": "parking"',
      '"kind": "parkin"',
      'kind: expected one of campus, building, parking, area; did you mean parking?',
    ],
    ['calendar.yaml', 'monday', 'mon', 'calendars.0.hours.mon: there is no such key; there are monday, '],
    [
      'rules.yaml',
      'kind: sustained',
      'kind: sustaned',
      'rules.0.kind: there is no kind sustaned; did you mean sustained?',
    ],
    [
      'rules.yaml',
      'kind: sustained',
      'kind: leak',
      'rules.0.kind: there is no kind leak: expected one of sustained, silent, ',
    ],
    [
      'rules.yaml',
      'severity: critical',
      'severity: urgent',
      'rules.0.severity: expected one of critical, high, medium, low',
    ],
    [
      'rules.yaml',
      'forMs: 20000',
      'forMs: 20s',
      'rules.0.options.forMs: expected a number, found the text "20s"; in milliseconds that is 20000',
    ],
    [
      'rules.yaml',
      'clearBelow: 6',
      'clearBelow: 60',
      'rule burst-pipe: options: clearBelow must not exceed above',
    ],
    [
      'rules.yaml',
      'families: [water-meter]',
      'devices: [meter-0l]',
      'scope.devices: the site has no meter-0l; did you mean meter-01?',
    ],
    ['rules.yaml', 'rules:', 'rulse:', 'rulse: there is no such key; did you mean rules?'],
  ])('%s: %s → %s', (file, right, wrong, sentence) => {
    edit(file, right, wrong)
    const sentences = said()
    expect(sentences.join('\n')).toContain(sentence)
    for (const one of sentences) expect(one).toMatch(new RegExp(`^${file.replace('.', '\\.')}:\\d+: `))
    if (file === 'rules.yaml')
      for (const one of sentences) expect(retold(one, 'zh-CN')).not.toMatch(/原文|expected|there (?:is|are)/)
  })

  it.each(['site.yaml', 'rules.yaml'])('%s is empty', (file) => {
    writeFileSync(join(folder, file), '')
    expect(said().at(-1)).toMatch(/^(?:site\.yaml: devices|rules\.yaml: rules): is missing: expected a list/)
  })

  it('where there are no devices nobody is missed among them', () => {
    edit('site.yaml', '\ndevices:\n', '\ndevices: none\nspare:\n')
    expect(said()).toEqual([
      expect.stringMatching(/^site\.yaml:\d+: devices: expected a list, found the text "none"$/),
      expect.stringMatching(/^site\.yaml:\d+: spare: there is no such key/),
    ])
  })
})

describe('of a profile', () => {
  const PROFILE = `vendor: acme
model: m1
family: water-meter
description: Litres.
codec: json
topic: plant/{address}
time: { from: ts, format: epoch-seconds }
measuresEveryMs: 900000
reportsEveryMs: 900000
points:
  volume: { type: number, unit: m³, from: cum, scale: 0.001, range: [0, 1000000], required: true }
`
  it.each([
    ['unit: m³', 'unit: m3', 'points.volume.unit: expected one of m³, '],
    ['unit: m³', 'unit: L', 'points.volume: volume of a water-meter is in m³; scale it'],
    ['codec: json', 'codec: jsn', 'codec: there is no codec jsn; did you mean json?'],
    ['family: water-meter', 'family: watermeter', 'did you mean water-meter?'],
    ['scale: 0.001', 'scal: 0.001', 'points.volume.scal: there is no such key; did you mean scale?'],
    ['epoch-seconds', 'unix', 'time.format: expected one of iso, epoch-milliseconds, epoch-seconds'],
    ['measuresEveryMs: 900000', 'measuresEveryMs: 15min', 'in milliseconds that is 900000'],
    ['range: [0, 1000000]', 'range: [10, 1]', 'points.volume.range: the smaller bound stands first'],
    ['model: m1', 'model: m2', 'model: says it is acme/m2, but stands at acme/m1'],
  ])('%s → %s', (right, wrong, sentence) => {
    const file = join(folder, 'mine/acme/m1.yaml')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, PROFILE.replace(right, wrong))
    adding('profiles: [mine]')
    const [first, ...more] = said()
    expect(first).toMatch(/^mine\/acme\/m1\.yaml:\d+: /)
    expect([first, more]).toEqual([expect.stringContaining(sentence), []])
  })
})

it('of thousands of devices that lack the same each has its line, and the file is taken apart once', () => {
  const lines = Array.from(
    { length: 5_010 },
    (_, i) =>
      `  - { id: radio-${i}, name: R, profile: wmbusmeters/water-meter, place: { institution: clinic } }`,
  )
  edit('site.yaml', '\ndevices:\n', `\ndevices:\n${lines.join('\n')}\n`)
  const first =
    readFileSync(join(folder, 'site.yaml'), 'utf8')
      .split('\n')
      .indexOf(lines[0] ?? '') + 1
  const sentences = said()
  expect(sentences[0]).toMatch(new RegExp(`^site\\.yaml:${first}: radio-0: .*by address, and it has none`))
  expect(sentences[199]).toMatch(new RegExp(`^site\\.yaml:${first + 199}: radio-199: `))
  expect(sentences.at(-1)).toBe('… and 4810 more')
})
