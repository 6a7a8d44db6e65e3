/**
 * A password for somebody else: made in the browser, as hard to guess as the gateway's own, and easy to read
 * out over a telephone.
 */

/** No l, o, 0 or 1, which are taken for each other; 32 of them, so that five random bits choose one without a bias. */
const SIGNS = 'abcdefghijkmnpqrstuvwxyz23456789'
const GROUPS = 5
const GROUP = 4

/** 100 random bits. */
export function madeUpPassword(): string {
  const random = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP))
  const signs = Array.from(random, (byte) => SIGNS.charAt(byte % SIGNS.length)).join('')
  return Array.from({ length: GROUPS }, (_, at) => signs.slice(at * GROUP, (at + 1) * GROUP)).join('-')
}
