/**
 * A sentence that was kept in English, in another language. Reasons stand in the journal and in the books,
 * where there is no reader yet and where they outlive a release; so they are kept as they were said, and
 * their words are found by the English itself, as gettext does. What other software said and nobody knows is
 * marked as its own words.
 */
import type { Language } from './errors.ts'
import { LETTERS, LINKS, NOTES, type Sentence } from './words-letters.ts'
import { SLIPS } from './words-slips.ts'

type Pattern = { readonly regex: RegExp; readonly chinese: string }

/**
 * `rules.yaml:12: `, `rules.0.severity: `, `sample 3: `, `volume: `: what stands before a sentence says of
 * what it is.
 */
const PLACES: readonly Sentence[] = [
  ['{name} sample {#number}: {…rest}', '{name} 第 {#number} 条：{…rest}'],
  ['sample {#number}: {…rest}', '第 {#number} 条：{…rest}'],
  ['{…rest} ({device})', '{…rest}（{device}）'],
  ['time: {…rest}', '时间：{…rest}'],
  ['optionsFor: {…rest}', 'optionsFor：{…rest}'],
  ['{place}: {…rest}', '{…place}：{…rest}'],
]

/** Of one sentence: more was not written for people. */
const MOST_CHARACTERS = 2_000
const MOST_LEVELS = 6

/** A plain text goes over no end of a sentence, nor over a place before it; what is retold itself may. */
const PLAIN_HOLE = '(?:(?!; |: )[^])*?'
const HOLES: Readonly<Record<string, string>> = { '#': '-?\\d[\\d.]*', '…': '[^]*?' }

const patternOf = ([english, chinese]: Sentence): Pattern => {
  const source = english.split(/\{([#…]?\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return `(?<${part.replace(/^[#…]/, '')}>${HOLES[part[0] ?? ''] ?? PLAIN_HOLE})`
  })
  return { regex: new RegExp(`^${source.join('')}$`), chinese }
}

/** What a sentence says itself, without its holes: the more of it, the less can it be mistaken for another. */
const ownLength = ([english]: Sentence): number => english.replace(/\{[#…]?\w+\}/g, '').length

const SENTENCES = [...LETTERS, ...LINKS, ...NOTES, ...SLIPS]
  .toSorted((a, b) => ownLength(b) - ownLength(a))
  .map(patternOf)
const WITH_A_PLACE = PLACES.map(patternOf)

/** Whatever language: of English the very same text. */
export function retold(text: string, language: Language): string {
  if (language === 'en' || text === '') return text
  return text
    .split('\n')
    .map((line) => whole(line, 0) ?? `原文：${line}`)
    .join('\n')
}

/** Undefined where nothing of it is known. */
function whole(text: string, level: number): string | undefined {
  if (text.length > MOST_CHARACTERS || level > MOST_LEVELS) return undefined
  const known = told(SENTENCES, text, level)
  if (known !== undefined) return known
  const parts = text.split('; ')
  if (parts.length === 1) return told(WITH_A_PLACE, text, level)
  const retoldParts = parts.map((part) => whole(part, level + 1))
  return retoldParts.every((part) => part === undefined)
    ? told(WITH_A_PLACE, text, level)
    : retoldParts.map((part, index) => part ?? parts[index]).join('；')
}

function told(patterns: readonly Pattern[], text: string, level: number): string | undefined {
  for (const { regex, chinese } of patterns) {
    const match = regex.exec(text)
    if (!match) continue
    const found = match.groups ?? {}
    let isKnown = patterns !== WITH_A_PLACE
    const sentence = chinese.replace(/\{([#…]?)(\w+)\}/g, (_, mark: string, name: string) => {
      const part = found[name] ?? ''
      if (mark !== '…') return part
      const inner = whole(part, level + 1)
      if (name === 'rest' && inner !== undefined) isKnown = true
      return inner ?? part
    })
    if (isKnown) return sentence
  }
  return undefined
}
