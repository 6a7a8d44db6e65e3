/** What the documents name is there: scripts, commands, files. Prose that can lie is held to the code. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/index.ts'
import { ORDER_STATE_WORDS } from '../../src/model/words.ts'
import type { OrderState } from '../../src/model/work-order.ts'

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md'),
]
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
const OF_NPM = new Set(['start', 'test', 'ci', 'run', 'install'])

const SOURCES = new Set(
  globSync('{src,tests,scripts,simulators,bench}/**/*.{ts,tsx}', {
    exclude: (path) => path.includes('node_modules'),
  }).map((path) => basename(path)),
)

/** As the forges make them out of headings. */
const headingsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(document, 'utf8')

  it('links only to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = '']) => link)
    const lost = links.filter((link) => !existsSync(normalize(join(dirname(document), link))))
    expect(lost).toEqual([])
  })

  it('names only files and folders that are there', () => {
    const named = [
      ...text.matchAll(/`((?:src|tests|bench|scripts|docs|examples|device-profiles|simulators)\/[\w./-]*)`/g),
    ]
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([])
  })

  it('links only to headings that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
    const lost = links.filter(([, path = '', heading = '']) => {
      const file = path === '' ? document : normalize(join(dirname(document), path))
      return file.endsWith('.md') && !headingsOf(readFileSync(file, 'utf8')).has(heading)
    })
    expect(lost.map(([link]) => link)).toEqual([])
  })

  it('calls only source files by name that there are', () => {
    const named = [...text.matchAll(/`([\w-]+\.tsx?)`/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !SOURCES.has(name))).toEqual([])
  })

  it('names only npm scripts that there are', () => {
    const named = [...text.matchAll(/npm (?:run (?:-s )?)?([a-z][\w:-]*)/g)].map(([, script = '']) => script)
    expect(named.filter((script) => !OF_NPM.has(script) && !(script in scripts))).toEqual([])
  })

  it('calls only commands that the gateway has', () => {
    const called = [...text.matchAll(/npm run -s gatehouse -- ([a-z][a-z -]*[a-z])/g)].map(
      ([, words = '']) => words,
    )
    const known = (words: string) =>
      COMMANDS.some(({ name }) => words === name || words.startsWith(`${name} `))
    expect(called.filter((words) => !known(words))).toEqual([])
  })
})

describe('the Chinese readme', () => {
  const [english, chinese] = ['README.md', 'README.zh-CN.md'].map((file) => readFileSync(file, 'utf8'))

  it('has people run the same commands, in the same order', () => {
    const commands = (text = '') =>
      [...text.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, block = '']) => block.replace(/ *#.*$/gm, ''))
    expect(commands(chinese)).toEqual(commands(english))
    expect(commands(chinese).length).toBeGreaterThan(2)
  })

  it('calls the steps of an order as the page does', () => {
    const [, steps = ''] = /\*(reported[^*]+)\*/.exec(english ?? '') ?? []
    const words = steps.split(' → ').map((state) => ORDER_STATE_WORDS[state as OrderState]['zh-CN'])
    expect(chinese).toContain(`*${words.join(' → ')}*`)
  })

  it('draws the same rooms in the same order, and leads to the guides that lead anywhere', () => {
    const rooms = (text = '') =>
      (/^```\n( [\s\S]+?)```/m.exec(text)?.[1]?.match(/[a-z]{4,}/g) ?? []).filter((room) =>
        existsSync(`src/${room}`),
      )
    expect(rooms(chinese)).toEqual(rooms(english))
    expect(rooms(chinese)).toContain('journal')
    for (const guide of ['operations', 'configuration', 'adding-a-device', 'water-use', 'notifications'])
      expect(chinese).toContain(`(docs/${guide}.md)`)
  })
})

describe('the decisions', () => {
  const index = readFileSync('docs/decisions/README.md', 'utf8')
  const records = globSync('docs/decisions/0*.md').toSorted()
  const lineOf = (file: string) =>
    index
      .split('\n')
      .find((line) => line.startsWith('| [') && line.includes(`(${file.slice('docs/decisions/'.length)})`)) ??
    ''

  it.each(records)('%s is in the index, as it stands', (file) => {
    const [title = '', , mark = ''] = readFileSync(file, 'utf8').split('\n')
    const [, words = ''] = /^# \d{4}:? (.*)$/.exec(title) ?? []
    expect(lineOf(file)).toContain(`| ${words} |`)
    const isMarked = mark.startsWith('*Superseded')
    expect(lineOf(file), 'what stands under its title').toContain(isMarked ? 'in part' : '| stands |')
  })
})
