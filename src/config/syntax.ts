/**
 * The text of one YAML file taken apart, with the line of every key. What is wrong with the text itself is
 * said with its line, and in words that do not suppose that the reader wrote the parser.
 */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { GatehouseError } from '../model/errors.ts'
import { unfoldAliases } from './aliases.ts'
import { wideSignIn } from './file-text.ts'

export type ParsedYaml = {
  /** An object of its own for each caller. */
  readonly tree: unknown
  /** Of the key, or of the nearest above it that stands in the file; 0 where none does. */
  lineOf(path: readonly PropertyKey[]): number
}

/** What people call a thing may have any sign. */
const NAMED = /^[ \t-]*\w+: [^{[]*$/

/** Throws GatehouseError `config-invalid`; `file` only names it. */
export function parsedYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  const rows = text.split('\n')
  const wrong =
    document.errors.length === 0
      ? unfoldAliases(document).map(({ at, message }) => `${file}:${lineAt(at)}: ${message}`)
      : (jsonSlip(file, text) ??
        [...oneALine(document.errors, lineAt)].map(
          ([line, error]) =>
            `${file}:${line}: ${messageOf(error, text)}${wideSignIn(rows[line - 1]?.replace(NAMED, '') ?? '')}`,
        ))
  if (wrong.length > 0) throw new GatehouseError('config-invalid', [...new Set(wrong)].join('\n'))
  return {
    tree: document.toJS() ?? {},
    lineOf(path) {
      for (let depth = path.length; depth >= 0; depth--) {
        const offset = offsetOf(document, path.slice(0, depth))
        if (offset !== undefined) return lineAt(offset)
      }
      return 0
    },
  }
}

/** Of the key itself, for what it holds may begin on a later line. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const above = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(above)
    ? above.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined
  const node = path.length === 0 ? document.contents : (pair?.key ?? document.getIn(path, true))
  return isNode(node) && node.range ? node.range[0] : undefined
}

/** In a file of JSON what is wrong is told as JSON: YAML takes a lost quote for something else. */
function jsonSlip(file: string, text: string): string[] | undefined {
  if (!file.endsWith('json')) return undefined
  try {
    JSON.parse(text)
    return undefined
  } catch (cause) {
    const { message } = cause as Error
    const [, line] = /\(line (\d+) column \d+\)$/.exec(message) ?? []
    return [`${file}${line === undefined ? '' : `:${line}`}: it is no JSON: ${message}`]
  }
}

/** What the parser says of a line after the first time only follows from that. */
function oneALine(errors: readonly YAMLError[], lineAt: (offset: number) => number) {
  const first = new Map<number, YAMLError>()
  for (const error of errors) {
    const line = lineAt(error.pos[0])
    if (!first.has(line)) first.set(line, error)
  }
  return first
}

function messageOf({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY')
    return `the key ${/^(?:"[^"]*"|'[^']*'|[^:\s]+)/.exec(text.slice(pos[0]))?.[0]} stands here a second time`
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here (---), and only one is read'
  if (code === 'MULTILINE_IMPLICIT_KEY') return 'a key needs a colon and a space behind it, in its own line'
  if (code === 'TAB_AS_INDENT') return `${message}: write spaces`
  if (code === 'RESOURCE_EXHAUSTION') return 'lists and keys stand in each other too deeply'
  return message
}
