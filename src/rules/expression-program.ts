/**
 * Expressions of rules: CEL (Common Expression Language) over the points of a device. Parsed and type-checked
 * once, when the rule is bound; a program only computes: no I/O, no clock, no loops, no regular expressions,
 * and its size is limited.
 *
 * Every number is a floating-point one, so that nobody must write `2.0` for `2`; a point named with dashes is
 * written with underscores.
 */
import {
  type ASTNode,
  TypeError as CheckError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js'
import type { Value } from '../model/reading.ts'

/** Characters of an expression. */
const MOST_CHARACTERS = 500

const LIMITS = { maxAstNodes: 120, maxDepth: 16, maxListElements: 32, maxMapEntries: 0, maxCallArguments: 4 }

export type PointType = 'number' | 'string' | 'boolean'

const CEL_TYPES = { number: 'double', string: 'string', boolean: 'bool' } as const

/** An expression that cannot be used; `message` says why and where. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault'
}

/**
 * What an expression may hold. Everything else of the language (fields, indexes, macros that loop,
 * conversions, regular expressions) is refused.
 */
const OPERATORS: ReadonlySet<string> = new Set([
  'value',
  'id',
  'list',
  'in',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '!_',
  '-_',
  '&&',
  '||',
  '?:',
])
const FUNCTIONS: ReadonlySet<string> = new Set(['abs', 'min', 'max'])
const METHODS: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith'])

const BASE = new Environment({ limits: LIMITS })
  .registerFunction('abs(double): double', Math.abs)
  .registerFunction('min(double, double): double', Math.min)
  .registerFunction('max(double, double): double', Math.max)

type Parsed = {
  /** With integers written as floating-point numbers. */
  readonly source: string
  /** The names in it, in order of their first appearance. */
  readonly names: readonly string[]
  /** Where each `.0` was put in, as places in the original. */
  readonly widened: readonly number[]
}

/** Throws ExpressionFault. What it knows of names and types comes later, from the profile. */
export function parseExpression(expression: string): Parsed {
  if (expression.length > MOST_CHARACTERS)
    throw new ExpressionFault(`longer than ${MOST_CHARACTERS} characters`)
  const names = new Set<string>()
  const widened: number[] = []
  const refuse = ({ start }: ASTNode, what: string) => {
    throw new ExpressionFault(`${what} cannot be used here, at character ${start + 1}`)
  }
  const lookAtAll = (nodes: readonly ASTNode[]): void => {
    for (const node of nodes) look(node)
  }
  const look = (node: ASTNode): void => {
    switch (node.op) {
      case 'value':
        if (typeof node.args === 'bigint') {
          const isDecimal = /^\d+$/.test(expression.slice(node.start, node.end))
          if (!isDecimal) refuse(node, 'a number that is not decimal')
          widened.push(node.end)
        } else if (!['number', 'string', 'boolean'].includes(typeof node.args)) refuse(node, 'such a value')
        break
      case 'id':
        names.add(node.args)
        break
      case 'call': {
        const [name, args] = node.args
        if (!FUNCTIONS.has(name)) refuse(node, `${name}()`)
        lookAtAll(args)
        break
      }
      case 'rcall': {
        const [name, on, args] = node.args
        if (!METHODS.has(name)) refuse(node, `${name}()`)
        lookAtAll([on, ...args])
        break
      }
      default:
        if (!OPERATORS.has(node.op)) refuse(node, `\`${node.op}\``)
        lookAtAll([node.args].flat().filter(isNode))
    }
  }
  look(saying(() => BASE.parse(expression), []).ast)
  widened.sort((a, b) => a - b)
  let source = ''
  let from = 0
  for (const end of widened) {
    const literal = expression.slice(from, end)
    source += `${literal}.0`
    from = end
  }
  return { source: source + expression.slice(from), names: [...names], widened }
}

/** Runs what may find a fault, and says it with its place in the expression as it was written. */
function saying<T>(run: () => T, widened: readonly number[]): T {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof ParseError || cause instanceof CheckError || cause instanceof EvaluationError))
      throw cause
    throw new ExpressionFault(sentence(cause, widened), { cause })
  }
}

type Fault = { readonly summary: string; readonly range?: { readonly start: number } }

function sentence({ summary, range }: Fault, widened: readonly number[]): string {
  if (!range) return summary
  const before = widened.filter((end, index) => end + 2 * index < range.start).length
  return `${summary}, at character ${range.start - 2 * before + 1}`
}

const isNode = (it: unknown): it is ASTNode => typeof it === 'object' && it !== null && 'op' in it

export type Program = {
  /** Names as the expression writes them, and the points that they stand for, in the same order. */
  readonly names: readonly string[]
  readonly points: readonly string[]
  /** Whether it holds; undefined where it cannot be computed. */
  run(values: Readonly<Record<string, Value>>): boolean | undefined
}

const pointOf = (name: string) => name.replaceAll('_', '-')

/**
 * Throws ExpressionFault: an unknown point, types that do not go together, or a result that is neither true
 * nor false.
 */
export function compile(expression: string, typeOf: (point: string) => PointType | undefined): Program {
  const { source, names, widened } = parseExpression(expression)
  const environment = BASE.clone()
  for (const name of names) {
    const type = typeOf(pointOf(name))
    if (type) environment.registerVariable(name, CEL_TYPES[type])
  }
  const program = saying(() => environment.parse(source), widened)
  const { valid, type, error } = program.check()
  if (!valid) throw new ExpressionFault(error ? sentence(error, widened) : 'it does not fit together')
  if (type !== 'bool') throw new ExpressionFault(`it says a ${type}, neither true nor false`)
  return {
    names,
    points: names.map(pointOf),
    run(values) {
      try {
        const holds: unknown = program(values)
        return typeof holds === 'boolean' ? holds : undefined
      } catch {
        return undefined
      }
    },
  }
}
