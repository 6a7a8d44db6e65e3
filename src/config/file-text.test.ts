/**
 * Files as editors and input methods of Chinese Windows leave them: each is refused in a sentence that says
 * what to write, or means what it says.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'
import { assertFits } from './fit.ts'

const CAMPUS = join(import.meta.dirname, '../../examples/campus')
/** 办公, in GBK. */
const OFFICE_GBK = Buffer.from([0xb0, 0xec, 0xb9, 0xab])

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-text-'))
  cpSync(CAMPUS, folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

function said(): string[] {
  try {
    assertFits(loadConfig(join(folder, 'gatehouse.yaml'), {}))
    return []
  } catch (cause) {
    return (cause as Error).message.replaceAll(`${folder}/`, '').split('\n')
  }
}

const written = (file: string) => readFileSync(join(folder, file), 'utf8')
const write = (file: string, content: string | Uint8Array) => writeFileSync(join(folder, file), content)

function edit(file: string, right: string, wrong: string): void {
  const text = written(file)
  expect(text).toContain(right)
  write(
    file,
    text.replace(right, () => wrong),
  )
}

describe('an encoding', () => {
  it('of UTF-8 with a byte order mark and lines that end as on Windows is read as it is meant', () => {
    for (const file of ['gatehouse.yaml', 'site.yaml', 'rules.yaml', 'calendar.yaml'])
      write(file, `\ufeff${written(file).replaceAll('\n', '\r\n')}`)
    expect(said()).toEqual([])
  })

  it.each(['gatehouse.yaml', 'site.yaml', 'rules.yaml', 'calendar.yaml'])(
    'of GBK in %s garbles no name: it is refused with the first line of it',
    (file) => {
      write(file, Buffer.concat([Buffer.from('# Office\n# '), OFFICE_GBK, Buffer.from(`\n${written(file)}`)]))
      expect(said().join()).toContain(
        `${file}:2: it is not written in UTF-8, but perhaps in GBK, as editors on Windows do: save it as UTF-8`,
      )
    },
  )

  it.each([false, true])(
    'of UTF-16 is refused by its name, whichever byte comes first (swapped: %s)',
    (swapped) => {
      const bytes = Buffer.from(`\ufeff${written('site.yaml')}`, 'utf16le')
      write('site.yaml', swapped ? bytes.swap16() : bytes)
      expect(said().join()).toContain('site.yaml: it is written in UTF-16: save it as UTF-8')
    },
  )
})

describe('a sign of a Chinese input method', () => {
  it.each([
    ['http:\n  port：8080', 'found the text "port：8080"; ： is no sign of YAML: write : (and a space)'],
    ['http： { port: 80 }', 'there is no such key; ： is no sign of YAML: write : (and a space)'],
    ['http: { port: 80， host: 127.0.0.1 }', '; ， is no sign of YAML: write , (and a space)'],
    ['http: { port: ８０８０ }', 'found the text "８０８０"; write 8080 for ８０８０'],
    ['profiles: 【mine】', 'found the text "【mine】"; 【 is no sign of YAML: write ['],
    ['http:\u00a0{ port: 80 }', '; U+00A0 is no sign of YAML: write an ordinary space'],
  ])('in place of one of YAML is named with its line and what to write: %j', (wrong, sentence) => {
    edit('gatehouse.yaml', 'site: site.yaml\n', `site: site.yaml\n${wrong}\n`)
    expect(said()[0]).toMatch(/^gatehouse\.yaml:\d+: /)
    expect(said()[0]).toContain(sentence)
  })

  it.each([
    ['    profile: gatehouse/water-meter', '    profile：gatehouse/water-meter', '： is no sign of YAML'],
    ['  - id: meter-02', '  － id: meter-02', '－ is no sign of YAML: write -'],
    ['  - id: meter-02', '\u3000 - id: meter-02', 'U+3000 is no sign of YAML: write an ordinary space'],
  ])('among the devices is named as well: %j written as %j', (right, wrong, sentence) => {
    edit('site.yaml', right, wrong)
    expect(said()[0]).toMatch(/^site\.yaml:\d+: /)
    expect(said()[0]).toContain(sentence)
  })

  it('in a name is a part of the name, and no reason for what else is wrong there', () => {
    edit('site.yaml', 'name: 机关大院 Government Campus', 'name: “机关”大院：北区，Government Campus')
    expect(said()).toEqual([])
    edit('site.yaml', 'name: “机关”', ' name: “机关”')
    expect(said()[0]).toMatch(/^site\.yaml:\d+: /)
    expect(said().join()).not.toContain('no sign of YAML')
  })
})

describe('what YAML makes of a text', () => {
  it.each([
    [
      'site.yaml',
      '- id: meter-02',
      '- id: 0042',
      'devices.1.id: expected text, and YAML reads a number: put it in quotes',
    ],
    [
      'site.yaml',
      '- id: meter-02',
      '- id: 12e3',
      'devices.1.id: expected text, and YAML reads a number: put it in quotes',
    ],
    [
      'site.yaml',
      'starts: { everyMinutes: 15 }',
      'starts: { at: 22:30 }',
      'routes.0.starts.at: expected a list, found the text "22:30"',
    ],
    [
      'gatehouse.yaml',
      'site: site.yaml',
      'site: site.yaml\nhttp:\n  port:8080',
      '; a space belongs behind the colon of a key',
    ],
    [
      'gatehouse.yaml',
      'site: site.yaml',
      'site: site.yaml\nhttp: { trustProxy: on }',
      'expected true or false, found the text "on"',
    ],
    [
      'site.yaml',
      '    profile: gatehouse/water-meter',
      '\tprofile: gatehouse/water-meter',
      'Tabs are not allowed as indentation: write spaces',
    ],
    [
      'site.yaml',
      '    place: { institution',
      '    institution: clinic\n    place: { institution',
      'devices.0.institution: there is no such key',
    ],
  ])(
    'in %s is said with its line where it is another thing: %j written as %j',
    (file, right, wrong, sentence) => {
      edit(file, right, wrong)
      expect(said()[0]).toMatch(new RegExp(`^${file}:\\d+: `))
      expect(said()[0]).toContain(sentence)
    },
  )
})
