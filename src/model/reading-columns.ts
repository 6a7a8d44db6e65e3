/**
 * Readings side by side, in columns of numbers, each name and each shape said once. Who counts or keeps
 * numbers reads them here: as objects, hundreds of thousands a second are each copied by the collector before
 * the last consumer has seen them.
 */
import { grown } from './grown.ts'
import type { Instant } from './instant.ts'
import type { DeviceId, Reading, Sample, Value } from './reading.ts'
import {
  doubtsIn,
  KIND,
  kindOf,
  NO_VALUE,
  NUMBER,
  type Shape,
  SWITCH,
  shapeKey,
  shapeOf,
  TEXT,
} from './shape.ts'

export type ReadingColumns = {
  /** By reading, when it was measured. */
  readonly at: Float64Array
  /** By reading, its place in `devices`. */
  readonly device: Uint32Array
  /** By reading, its place in `shapes`. */
  readonly shape: Uint32Array
  /** Of one reading after the other, as many as its shape has points. */
  readonly numbers: Float64Array
  readonly devices: readonly DeviceId[]
  readonly shapes: readonly Shape[]
  readonly texts: readonly string[]
}

/** Is told the places of a reading's device and shape, its instant, and where in `numbers` its own begin. */
export type TellReading = (device: number, shape: number, at: Instant, first: number) => void

/** Tells of each reading, in their order. */
export function eachReading({ at, device, shape, shapes }: ReadingColumns, tell: TellReading): void {
  let first = 0
  for (let nth = 0; nth < at.length; nth++) {
    const own = shape[nth] as number
    tell(device[nth] as number, own, at[nth] as number, first)
    first += (shapes[own] as Shape).points.length
  }
}

/**
 * The same without those that are followed by one of the same device and shape that is not older: nothing
 * that is the newest is left out.
 */
export function eachNotOvertaken(readings: ReadingColumns, tell: TellReading): void {
  const { at, device: devices, shape: shapes } = readings
  let nth = 0
  eachReading(readings, (device, shape, instant, first) => {
    const next = ++nth
    const isOvertaken = devices[next] === device && shapes[next] === shape && (at[next] as number) >= instant
    if (!isOvertaken) tell(device, shape, instant, first)
  })
}

/** The same readings, at most `size` of them in a piece; one piece at least, and nothing is copied. */
export function inPieces(readings: ReadingColumns, size: number): readonly ReadingColumns[] {
  const { at, device, shape, shapes, numbers } = readings
  if (at.length <= size) return [readings]
  const pieces: ReadingColumns[] = []
  for (let from = 0, first = 0; from < at.length; from += size) {
    const own = shape.subarray(from, from + size)
    const end = own.reduce((sum, number) => sum + (shapes[number] as Shape).points.length, first)
    pieces.push({
      ...readings,
      at: at.subarray(from, from + size),
      device: device.subarray(from, from + size),
      shape: own,
      numbers: numbers.subarray(first, end),
    })
    first = end
  }
  return pieces
}

/** The value of a kind that a number stands for; `undefined` where only a doubt was told. */
export function valueIn(texts: readonly string[], kind: number, number: number): Value | undefined {
  switch (kind & KIND) {
    case NUMBER:
      return number
    case TEXT:
      return texts[number]
    case SWITCH:
      return number === 1
    default:
      return undefined
  }
}

/** Readings that are made when they are looked at, each time anew. */
export type Readings = Iterable<Reading> & { readonly length: number }

export const readingsIn = (columns: ReadingColumns, receivedAt: Instant): Reading[] =>
  madeOf(columns, (device, at, values, doubts) =>
    doubts ? { device, at, receivedAt, values, doubts } : { device, at, receivedAt, values },
  )

/** What `make` makes of each reading, in their order. */
export function madeOf<Made>(
  columns: ReadingColumns,
  make: (device: DeviceId, at: Instant, values: Reading['values'], doubts: Reading['doubts']) => Made,
): Made[] {
  const { devices, shapes, numbers, texts } = columns
  const valuesOf = shapes.map((shape) => valueMaker(shape, numbers, texts))
  const doubts = shapes.map(doubtsIn)
  const made: Made[] = []
  eachReading(columns, (device, shape, at, first) => {
    const values = (valuesOf[shape] as ValueMaker)(first)
    made.push(make(devices[device] as DeviceId, at, values, doubts[shape]))
  })
  return made
}

type ValueMaker = (first: number) => Record<string, Value>

function valueMaker({ points, kinds }: Shape, numbers: Float64Array, texts: readonly string[]): ValueMaker {
  const isPlain = kinds.every((kind) => (kind & KIND) === NUMBER) && !points.includes('__proto__')
  if (!isPlain)
    return (first) =>
      Object.fromEntries(
        points.flatMap((point, n): [string, Value][] => {
          const value = valueIn(texts, kinds[n] as number, numbers[first + n] as number)
          return value === undefined ? [] : [[point, value]]
        }),
      )
  return (first) => {
    const values: Record<string, Value> = {}
    for (let n = 0; n < points.length; n++) values[points[n] as string] = numbers[first + n] as number
    return values
  }
}

export function inColumns(samples: readonly Sample[]): ReadingColumns {
  const gathered = columnGatherer(samples.length)
  for (const sample of samples) gathered.add(sample)
  return gathered.columns
}

export type ColumnGatherer = {
  add(sample: Sample): void
  /** What was added, until the next `add` or `clear`; its names and shapes stay as they are. */
  readonly columns: ReadingColumns
  /** Begins anew and keeps the room. */
  clear(): void
}

/** @param room for so many readings at first */
export function columnGatherer(room = 1_024): ColumnGatherer {
  let at = new Float64Array(room)
  let device = new Uint32Array(room)
  let shape = new Uint32Array(room)
  let numbers = new Float64Array(4 * room)
  let count = 0
  let used = 0
  let devices = new Map<DeviceId, number>()
  let lastDevice: DeviceId | undefined
  let lastNumber = 0
  let shapes: Shape[] = []
  let shapeNumbers = new Map<string, number>()
  let present = 0
  let texts: string[] = []

  const makeRoom = (points: number) => {
    if (count === at.length) {
      const more = Math.max(8, 2 * count)
      at = grown(at, new Float64Array(more))
      device = grown(device, new Uint32Array(more))
      shape = grown(shape, new Uint32Array(more))
    }
    if (used + points > numbers.length)
      numbers = grown(numbers, new Float64Array(2 * numbers.length + points))
  }
  const numberOfDevice = (name: DeviceId): number => {
    if (name === lastDevice) return lastNumber
    lastDevice = name
    lastNumber = devices.get(name) ?? devices.size
    devices.set(name, lastNumber)
    return lastNumber
  }
  const numberOfShape = (own: Shape): number => {
    const key = shapeKey(own)
    const number = shapeNumbers.get(key) ?? shapes.push(own) - 1
    shapeNumbers.set(key, number)
    return number
  }
  const numberFor = (value: Value): number => {
    if (typeof value === 'number') return value
    return typeof value === 'string' ? texts.push(value) - 1 : Number(value)
  }
  /** Nearly all of a device's readings are of the shape of the one before: then each value is looked at once. */
  const putAs = ({ points, kinds }: Shape, values: Reading['values']): boolean => {
    const { length } = texts
    let n = 0
    for (const point in values) {
      const value = values[point] as Value
      if (point !== points[n] || kindOf(value) !== kinds[n]) {
        texts.length = length
        return false
      }
      numbers[used + n++] = numberFor(value)
    }
    return n === points.length
  }

  return {
    add({ device: name, at: instant, values, doubts }) {
      const expected = shapes[present]
      makeRoom(expected?.points.length ?? 0)
      if (expected === undefined || doubts !== undefined || !putAs(expected, values)) {
        const own = shapeOf(values, doubts)
        const { points, kinds } = own
        present = numberOfShape(own)
        makeRoom(points.length)
        for (let n = 0; n < points.length; n++) {
          const isSaid = ((kinds[n] as number) & KIND) !== NO_VALUE
          numbers[used + n] = isSaid ? numberFor(values[points[n] as string] as Value) : 0
        }
      }
      at[count] = instant
      device[count] = numberOfDevice(name)
      shape[count] = present
      count++
      used += (shapes[present] as Shape).points.length
    },
    get columns() {
      return {
        at: at.subarray(0, count),
        device: device.subarray(0, count),
        shape: shape.subarray(0, count),
        numbers: numbers.subarray(0, used),
        devices: [...devices.keys()],
        shapes,
        texts,
      }
    },
    clear() {
      count = 0
      used = 0
      devices = new Map()
      lastDevice = undefined
      shapes = []
      shapeNumbers = new Map()
      present = 0
      texts = []
    },
  }
}
