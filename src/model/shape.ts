/**
 * What readings of one make have in common: which points, each with its kind of value and its doubt. Said
 * once for all of them, each is left with as many numbers as its shape has points: a number itself, a switch
 * as 1 or 0, a text as its place in a list.
 */
import type { Reading, Value } from './reading.ts'

export type Shape = {
  /** Those with a value in the order of the reading, then those of which only a doubt was told. */
  readonly points: readonly string[]
  /** By point: the kind of its value and its doubt in one number. */
  readonly kinds: readonly number[]
}

type Doubt = 'uncertain' | 'bad'

/** Kinds of value. */
export const NO_VALUE = 0
export const NUMBER = 1
export const TEXT = 2
export const SWITCH = 3
/** Which of these a kind is, without its doubt. */
export const KIND = 3
const UNCERTAIN = 4
const BAD = 8

export function kindOf(value: Value | undefined): number {
  if (typeof value === 'number') return NUMBER
  if (typeof value === 'string') return TEXT
  return typeof value === 'boolean' ? SWITCH : NO_VALUE
}

const doubted = (kind: number, doubt: Doubt | undefined): number =>
  doubt === undefined ? kind : kind + (doubt === 'bad' ? BAD : UNCERTAIN)

export function doubtOf(kind: number): Doubt | undefined {
  return kind & BAD ? 'bad' : kind & UNCERTAIN ? 'uncertain' : undefined
}

export function shapeOf(values: Reading['values'], doubts: Reading['doubts'] = {}): Shape {
  const doubtedAlone = Object.keys(doubts).filter((point) => !Object.hasOwn(values, point))
  const points = [...Object.keys(values), ...doubtedAlone]
  return { points, kinds: points.map((point) => doubted(kindOf(own(values, point)), own(doubts, point))) }
}

/** Not what every object has under a name like `constructor`. */
const own = <Said>(all: Readonly<Record<string, Said>>, point: string): Said | undefined =>
  Object.hasOwn(all, point) ? all[point] : undefined

/** The same text for the same shape. */
export const shapeKey = ({ points, kinds }: Shape): string => JSON.stringify([points, kinds])

export function isSameShape(one: Shape, other: Shape): boolean {
  const { length } = one.points
  if (length !== other.points.length) return false
  for (let n = 0; n < length; n++) {
    if (one.kinds[n] !== other.kinds[n] || one.points[n] !== other.points[n]) return false
  }
  return true
}

/** The doubts of whatever has this shape. */
export function doubtsIn({ points, kinds }: Shape): Record<string, Doubt> | undefined {
  const doubts = points.flatMap((point, n): [string, Doubt][] => {
    const doubt = doubtOf(kinds[n] as number)
    return doubt ? [[point, doubt]] : []
  })
  return doubts.length > 0 ? Object.fromEntries(doubts) : undefined
}

/**
 * Where a number that may be believed stands among those of a reading, if it is finite; `believed` says the
 * same of a reading.
 */
export function placeOfNumber({ points, kinds }: Shape, point: string): number | 'bad' | 'absent' {
  const place = points.indexOf(point)
  const kind = kinds[place] ?? NO_VALUE
  if ((kind & KIND) === NO_VALUE) return 'absent'
  return kind === NUMBER || kind === NUMBER + UNCERTAIN ? place : 'bad'
}
