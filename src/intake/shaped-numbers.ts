/**
 * The numbers of many readings one behind the other. A shape is the points of a reading in their order: nearly all of a
 * device's have the same one, so that only the numbers need to be written.
 */
import type { Value } from '../model/reading.ts'

/** In place of a shape: words, switches, nothing at all, or a name that is part of every object. */
export const NO_SHAPE = -1

const FIRST_ROOM = 4_096

export type ShapedNumbers = {
  /** How many there are; the next reading's begin here. */
  readonly used: number
  /** What was written, until the next `add` or `clear`. */
  readonly written: Float64Array
  readonly shapes: readonly (readonly string[])[]
  /** The shape of the values whose numbers were written, or NO_SHAPE: then nothing was. */
  add(values: Readonly<Record<string, Value>>): number
  valuesAt(shape: number, first: number): Record<string, Value>
  /** Begins anew and keeps the room. Shapes that were given out stay as they are. */
  clear(): void
}

export function shapedNumbers(): ShapedNumbers {
  let numbers = new Float64Array(FIRST_ROOM)
  let used = 0
  let shapes: (readonly string[])[] = []
  let shapeOf = new Map<string, number>()
  let points: readonly string[] = []
  let present = NO_SHAPE

  const makeRoom = () => {
    if (numbers.length - used >= points.length) return
    const larger = new Float64Array(2 * numbers.length + points.length)
    larger.set(numbers)
    numbers = larger
  }
  /** Writes them down while the points are those of the present shape; whether they were, to the last. */
  const fits = (values: Readonly<Record<string, Value>>): boolean => {
    let n = 0
    for (const point in values) {
      const value = values[point]
      if (typeof value !== 'number' || point !== points[n]) return false
      numbers[used + n++] = value
    }
    return n === points.length
  }
  const turnTo = (values: Readonly<Record<string, Value>>): boolean => {
    const own = Object.keys(values)
    if (own.length === 0 || own.includes('__proto__')) return false
    if (own.some((point) => typeof values[point] !== 'number')) return false
    const key = JSON.stringify(own)
    present = shapeOf.get(key) ?? shapes.push(own) - 1
    shapeOf.set(key, present)
    points = own
    makeRoom()
    return fits(values)
  }

  return {
    get used() {
      return used
    },
    get written() {
      return numbers.subarray(0, used)
    },
    get shapes() {
      return shapes
    },
    add(values) {
      makeRoom()
      if ((present === NO_SHAPE || !fits(values)) && !turnTo(values)) return NO_SHAPE
      used += points.length
      return present
    },
    valuesAt(shape, first) {
      const values: Record<string, Value> = {}
      let next = first
      for (const point of shapes[shape] as readonly string[]) values[point] = numbers[next++] as number
      return values
    },
    clear() {
      used = 0
      shapes = []
      shapeOf = new Map()
      points = []
      present = NO_SHAPE
    },
  }
}
