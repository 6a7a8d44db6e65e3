/**
 * The version of a rule: what it means, not only what it says. Beside the declaration it covers the options
 * that its subjects came to, in which the site, the profiles and the calendars are settled, so that two
 * verdicts of one version fell by the same limits.
 */

/** 32 bits each, from the same text by two seeds: it tells two meanings apart, it guards nothing. */
type Hash = readonly [number, number]

/** FNV-1a over UTF-16 units, twice. */
function hashOf(text: string): Hash {
  let [one, other] = [0x811c9dc5, 0x5bd1e995]
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 0x01000193)
    other = Math.imul(other ^ unit, 0x01000197)
  }
  return [one, other]
}

/**
 * 16 hexadecimal digits. `declared` is whatever the rule says itself; `options` holds what its subjects came
 * to, each once, in any order: a device that is judged as others are changes nothing for them.
 */
export function ruleVersion(declared: unknown, options: Iterable<unknown>): string {
  let [one, other] = hashOf(JSON.stringify(declared))
  for (const each of options) {
    const [first, second] = hashOf(JSON.stringify(each))
    one = (one + first) | 0
    other = (other + second) | 0
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

const judgements = new WeakMap<object, Map<string, string>>()

/**
 * What one subject is judged by, of 16 digits as a version: the same while the kind and this subject's
 * options are, whatever becomes of severities and of other subjects. Options are plain data that live as long
 * as their rule, so each is looked at once.
 */
export function judgementOf(kind: string, options: unknown): string {
  if (typeof options !== 'object' || options === null) return ruleVersion(kind, [options])
  const known = judgements.get(options) ?? new Map<string, string>()
  judgements.set(options, known)
  const judgement = known.get(kind) ?? ruleVersion(kind, [options])
  known.set(kind, judgement)
  return judgement
}
