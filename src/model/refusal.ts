/** A sentence that is not yet in a language: who refuses knows what, who answers knows to whom. */
import type { Language, Words } from './errors.ts'
import { phrase } from './phrase.ts'
import { REFUSALS, type RefusalCode } from './words-refusals.ts'

/** A figure may itself be words, such as a state of an order. */
export type Said = {
  readonly is: RefusalCode
  readonly figures: Readonly<Record<string, string | number | Words>>
}

export const said = (is: RefusalCode, figures: Said['figures'] = {}): Said => ({ is, figures })

export function inWords({ is, figures }: Said, language: Language): string {
  const plain = Object.entries(figures).map(([name, figure]) => [
    name,
    typeof figure === 'object' ? figure[language] : figure,
  ])
  return phrase(REFUSALS[is], language, Object.fromEntries(plain))
}
