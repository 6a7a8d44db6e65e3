/**
 * A metric's value by its datatype (Sparkplug 3.0 §6.4.16). Integers travel without a sign and without their width,
 * so a value whose datatype is not known is no value.
 */
import type { Said } from './sparkplug-payload.ts'

export type MetricValue =
  | { readonly value: number | string | boolean; readonly doubt?: 'uncertain' }
  | { readonly fault: string }

type Datatype =
  | { readonly name: string; readonly is: 'signed' | 'unsigned'; readonly bits: number }
  | { readonly name: string; readonly is: 'float' | 'double' | 'boolean' | 'string' | 'structure' }

const structure = (name: string): Datatype => ({ name, is: 'structure' })

const DATATYPES: ReadonlyMap<number, Datatype> = new Map([
  [1, { name: 'Int8', is: 'signed', bits: 8 }],
  [2, { name: 'Int16', is: 'signed', bits: 16 }],
  [3, { name: 'Int32', is: 'signed', bits: 32 }],
  [4, { name: 'Int64', is: 'signed', bits: 64 }],
  [5, { name: 'UInt8', is: 'unsigned', bits: 8 }],
  [6, { name: 'UInt16', is: 'unsigned', bits: 16 }],
  [7, { name: 'UInt32', is: 'unsigned', bits: 32 }],
  [8, { name: 'UInt64', is: 'unsigned', bits: 64 }],
  [9, { name: 'Float', is: 'float' }],
  [10, { name: 'Double', is: 'double' }],
  [11, { name: 'Boolean', is: 'boolean' }],
  [12, { name: 'String', is: 'string' }],
  [13, { name: 'DateTime', is: 'unsigned', bits: 64 }],
  [14, { name: 'Text', is: 'string' }],
  [15, { name: 'UUID', is: 'string' }],
  [16, structure('DataSet')],
  [17, structure('Bytes')],
  [18, structure('File')],
  [19, structure('Template')],
])

/** From here on a Float no longer tells two whole numbers apart: a register counting in it loses litres unseen. */
const FLOAT_INTEGERS = 2 ** 24

/** `datatype` 0 or undefined: not known. */
export function metricValue(said: Said, datatype: number | undefined): MetricValue {
  if (datatype === undefined || datatype === 0) return selfExplained(said)
  const type = DATATYPES.get(datatype)
  if (!type) return { fault: `datatype ${datatype} is not known` }
  if (type.is === 'structure' || said.is === 'structure') return { fault: `a ${type.name} is no point` }
  const amiss = { fault: `is a ${type.name}, but said as ${said.is}` }
  switch (type.is) {
    case 'signed':
    case 'unsigned':
      return said.is === 'integer' ? fromInteger(said.value, type) : amiss
    case 'float':
    case 'double':
      return said.is === 'float' || said.is === 'double' ? selfExplained(said) : amiss
    default:
      return said.is === type.is ? { value: said.value } : amiss
  }
}

function selfExplained(said: Said): MetricValue {
  switch (said.is) {
    case 'integer':
      return { fault: 'an integer whose datatype is not known' }
    case 'structure':
      return { fault: 'a structure is no point' }
    case 'float': {
      const value = shortest(said.value)
      return Math.abs(value) >= FLOAT_INTEGERS ? { value, doubt: 'uncertain' } : { value }
    }
    default:
      return { value: said.value }
  }
}

/** Senders write a negative number with its own width or stretched to 32 or 64 bits; all three mean the same. */
function fromInteger(
  value: bigint,
  { name, is, bits }: Extract<Datatype, { readonly bits: number }>,
): MetricValue {
  const meant = is === 'signed' ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
  const widths = is === 'signed' ? [bits, 32, 64] : [bits]
  if (!widths.some((width) => BigInt.asUintN(width, meant) === value)) {
    return { fault: `${value} is no ${name}` }
  }
  const number = Number(meant)
  return Number.isSafeInteger(number) ? { value: number } : { value: number, doubt: 'uncertain' }
}

/** The shortest decimal that is this 32-bit float: 4.003 and not 4.002999782562256. */
function shortest(value: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const decimal = Number(value.toPrecision(digits))
    if (Math.fround(decimal) === value) return decimal
  }
  return value
}
