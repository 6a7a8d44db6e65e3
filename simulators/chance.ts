/**
 * Randomness without a state: a number in [0, 1) from a seed and whatever names the occasion. What a device
 * does at an instant is the same however often, in whatever steps, and from wherever it is asked.
 */

/** FNV-1a over the names, then the finalizer of MurmurHash3 so that neighbours do not look alike. */
export function chance(seed: number, ...occasion: readonly (string | number)[]): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (const name of occasion) {
    for (const letter of `${name}\n`) {
      hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

export const between = (least: number, most: number, share: number) => least + (most - least) * share

/** One of them; throws RangeError where there is none. */
export function pick<T>(choices: readonly T[], share: number): T {
  const choice = choices[Math.floor(share * choices.length)]
  if (choice === undefined) throw new RangeError('nothing to pick from')
  return choice
}
