/**
 * What a slip of the pen was meant to be: the nearest of the words that would have been right, where one is
 * near enough.
 */

/** Of more words than this none is looked for: a site of a hundred thousand devices is no list to guess from. */
const MOST_WORDS = 5_000
const LONGEST = 64

/** `; did you mean …?`, or nothing. */
export function meant(word: string, known: Iterable<string>): string {
  const words = [...known]
  if (word.length > LONGEST || words.length > MOST_WORDS) return ''
  const most = Math.max(1, Math.floor(word.length / 4))
  let [nearest, least] = [beginsAs(word, words) ?? '', most + 1]
  for (const one of words) {
    if (Math.abs(one.length - word.length) > most || one.length > LONGEST) continue
    const steps = one.toLowerCase() === word.toLowerCase() ? 0 : stepsBetween(word, one)
    if (steps < least) [nearest, least] = [one, steps]
  }
  return nearest === '' || nearest === word ? '' : `; did you mean ${nearest}?`
}

/** One in the plural, or with the unit that was forgotten: it begins alike, and nothing else does. */
function beginsAs(word: string, words: readonly string[]): string | undefined {
  const start = word.slice(0, Math.max(4, word.length - 1)).toLowerCase()
  const alike = words.filter((one) => one.toLowerCase().startsWith(start))
  return word.length >= 4 && alike.length === 1 ? alike[0] : undefined
}

/** Letters put in, left out, exchanged or swapped with their neighbour (optimal string alignment). */
function stepsBetween(one: string, other: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, i) => i)]
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    ;[before, last] = [last, row]
  }
  return last[other.length] ?? 0
}
