/**
 * What editors and input methods do to a file unseen: another encoding than UTF-8, in which names would be
 * garbled without a word, and Chinese punctuation where YAML takes only its own.
 */
import { GatehouseError } from '../model/errors.ts'

/** Throws GatehouseError `config-invalid` where the bytes are no UTF-8; `file` only names it. */
export function utf8Of(file: string, bytes: Uint8Array): string {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new GatehouseError('config-invalid', `${file}: it is written in UTF-16: save it as UTF-8`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const line = firstGarbled(bytes)
    const sentence = `${file}:${line}: it is not written in UTF-8, but perhaps in GBK, as editors on Windows do: save it as UTF-8`
    throw new GatehouseError('config-invalid', sentence)
  }
}

/** No sign goes over the end of a line, in UTF-8 and in GBK. */
function firstGarbled(bytes: Uint8Array): number {
  let from = 0
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, from)
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, end < 0 ? undefined : end))
    } catch {
      return line
    }
    if (end < 0) return line
    from = end + 1
  }
}

/** What they are taken for, as it must be written. */
const MEANT: Readonly<Record<string, string>> = {
  '：': ': (and a space)',
  '，': ', (and a space)',
  '－': '-',
  '　': 'an ordinary space',
  '［': '[',
  '］': ']',
  '【': '[',
  '】': ']',
  '｛': '{',
  '｝': '}',
  '＃': '#',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '\u00a0': 'an ordinary space',
}

/**
 * The first sign of a Chinese input method that YAML does not know, and what to write; empty where there is
 * none. Names may have them: it is only for a text that is wrong already.
 */
export function wideSignIn(text: string): string {
  for (const sign of text.replace(/\s#.*$/, '')) {
    const meant = MEANT[sign]
    if (meant === undefined) continue
    const shown =
      sign.trim() === '' ? `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}` : sign
    return `; ${shown} is no sign of YAML: write ${meant}`
  }
  const digits = /[０-９]+/.exec(text)?.[0]
  return digits === undefined ? '' : `; write ${digits.normalize('NFKC')} for ${digits}`
}
