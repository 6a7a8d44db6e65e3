import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retold } from './retold.ts'
import { LETTERS, LINKS, NOTES } from './words-letters.ts'
import { SLIPS } from './words-slips.ts'

const SRC = join(import.meta.dirname, '..')
const chinese = (text: string) => retold(text, 'zh-CN')

describe('a sentence that was kept in English', () => {
  it.each([
    [
      'sample 3: time: 1790000000 looks like seconds; expected epoch milliseconds; volume: expected a number, got "x"',
      '第 3 条：时间：1790000000 疑似秒；应为毫秒时间戳；volume：应为数值，收到 "x"',
    ],
    ['"east/1" sample 2: volume: is missing', '"east/1" 第 2 条：volume：缺失'],
    [
      'Another client has connected as gatehouse-plant: each of the two is sent what the other should hear; give one of them another clientId',
      '另一客户端以 gatehouse-plant 连接：两者会互相收走对方的数据，请为其中一个改用其他 clientId',
    ],
    [
      'The broker closed the connection again; perhaps another client connects as gatehouse-plant: each of the two is sent what the other should hear; give one of them another clientId',
      'MQTT 代理再次关闭了连接，可能有另一客户端以 gatehouse-plant 连接：两者会互相收走对方的数据，请为其中一个改用其他 clientId',
    ],
    ['connect ECONNREFUSED 127.0.0.1:1883', '无法连接 127.0.0.1:1883：对方拒绝连接'],
    ['fetch failed: getaddrinfo ENOTFOUND robot', '请求失败：找不到主机 robot'],
    [
      'InfluxDB did not answer: 401 unauthorized access',
      'InfluxDB 未应答：对方返回 401：unauthorized access',
    ],
    [
      'rules.yaml:12: rules.0: there is no such key; did you mean scope?\nrules.yaml:14: rules.1.id: is missing: expected string',
      'rules.yaml:12：rules.0：没有该项；是否应为 scope？\nrules.yaml:14：rules.1.id：缺失，应为文本',
    ],
  ])('%s has its words in Chinese', (english, words) => {
    expect(chinese(english)).toBe(words)
    expect(retold(english, 'en')).toBe(english)
  })

  it('and is nobody’s here is shown as it was said, and marked as such', () => {
    expect(chinese('kaputt, please call Bob')).toBe('原文：kaputt, please call Bob')
    expect(retold('kaputt, please call Bob', 'en')).toBe('kaputt, please call Bob')
  })

  it('keeps its figures and names in both languages', () => {
    const unsaid = ['more', 'what'] // how others end a sentence, and what its number is of
    const holes = (text: string) => [...text.matchAll(/\{[#…]?(\w+)\}/g)].map(([, name]) => name).sort()
    for (const [en, zh] of [...LETTERS, ...LINKS, ...NOTES, ...SLIPS]) {
      expect(zh, en).toMatch(/[\u4e00-\u9fff]/)
      const kept = holes(en).filter((name) => !unsaid.includes(name ?? ''))
      expect(
        holes(zh).filter((name) => !unsaid.includes(name ?? '')),
        en,
      ).toEqual(kept)
    }
  })

  it('is retold whatever stands in it, and soon', () => {
    const any = fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom('; ', ': ', 'sample 3: ', ' is no '))
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (parts) => {
        const text = parts.join('')
        expect(retold(text, 'en')).toBe(text)
        expect(chinese(text).length).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 200 },
    )
  })
})

/** Parts of sentences; and what is said to a client or in the log, or ends a start before there is a page. */
const NOT_ON_THE_PAGE = [
  /^not (?:allowed|listening|connected|durable)|^too much is waiting|^acknowledged later$|^the (?:broker|connection) (?:does|has)/,
  /^(?:7: )?(?:its address must be|codec 7|profile 7|a device of OPC UA)|^of others$|^its edge node lost it$/,
  /^, which looks like|^expected one of 7$|^Another client has connected 7$|^is no number$|^is of type 7$|^says one of 7$/,
]

/** Sentences as the sources have them, with 7 for each figure. */
function sentencesIn(folder: string, said: RegExp): string[] {
  return readdirSync(join(SRC, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => readFileSync(join(SRC, folder, file), 'utf8').split('\n'))
    .filter(
      (line) => said.test(line) && !/^\s*(?:\/?\*|\/\/)|\blog\.|description|^\s*'[A-Z].*',?$/.test(line),
    )
    .flatMap((line) => line.match(/'(?:[^'\\]|\\.)*'|`[^`]*`/g) ?? [])
    .map((literal) =>
      literal
        .slice(1, -1)
        .replace(/\$\{place\}/g, '')
        .replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '7'),
    )
    .filter((text) => /[a-z]{2,} [a-z]{2,}/.test(text) && !NOT_ON_THE_PAGE.some((part) => part.test(text)))
}

it.each([
  ['profiles', /fault|reason|refuse|wrong|return [`']/, 25],
  ['intake', /return `time/, 0],
  ['connect', /detail: |tell\(|new Error\(|sentence = /, 12],
  ['notify', /because: /, 2],
  ['rules', /error: '|message: '|complain\(|refuse\(/, 15],
  ['historian', /new GatehouseError\('historian|busy\(/, 3],
] as const)('what %s says of what is wrong has words in Chinese', (folder, said, least) => {
  const sentences = sentencesIn(folder, said)
  expect(sentences.length).toBeGreaterThanOrEqual(least)
  expect(sentences.filter((text) => chinese(text).startsWith('原文'))).toEqual([])
})
