/**
 * How marks lie in the interval book: everything a double, so that what is read is what was written to the
 * last bit.
 */
import type { Instant } from '../model/instant.ts'
import type { LinkState, MarkFigures, MarkStretch, Stand } from '../model/water-use.ts'

type Blob = Uint8Array<ArrayBuffer>

/** How many stands are believed and how many held, these three figures each, then the marks. */
export function packedStretch({ before, figures }: MarkStretch): Blob {
  const { chain, held } = before
  const doubles = new Float64Array(2 + 3 * (chain.length + held.length) + figures.length)
  doubles[0] = chain.length
  doubles[1] = held.length
  let place = 2
  const add = ({ at, volumeM3, sinceM3 }: Stand) => {
    doubles[place++] = at
    doubles[place++] = volumeM3
    doubles[place++] = sinceM3 ?? Number.NaN
  }
  for (const stand of chain) add(stand)
  for (const stand of held) add(stand)
  doubles.set(figures, place)
  return new Uint8Array(doubles.buffer)
}

export function stretchFrom(start: Instant, blob: Blob): MarkStretch {
  const doubles = doublesIn(blob)
  const [chained = 0, held = 0] = doubles
  const stand = (n: number): Stand => {
    const [at = 0, volumeM3 = 0, sinceM3 = 0] = doubles.subarray(2 + 3 * n, 5 + 3 * n)
    return Number.isNaN(sinceM3) ? { at, volumeM3 } : { at, volumeM3, sinceM3 }
  }
  const before: LinkState = {
    chain: Array.from({ length: chained }, (_, n) => stand(n)),
    held: Array.from({ length: held }, (_, n) => stand(chained + n)),
  }
  return { start, figures: doubles.subarray(2 + 3 * (chained + held)), before }
}

/** Each meter's number, how many figures follow, and these. */
export function packedFresh(
  fresh: readonly { readonly meter: number; readonly figures: MarkFigures }[],
): Blob {
  let length = 0
  for (const { figures } of fresh) length += 2 + figures.length
  const doubles = new Float64Array(length)
  let place = 0
  for (const { meter, figures } of fresh) {
    doubles[place] = meter
    doubles[place + 1] = figures.length
    if (figures.length < 16)
      for (let i = 0; i < figures.length; i++) doubles[place + 2 + i] = figures[i] as number
    else doubles.set(figures, place + 2)
    place += 2 + figures.length
  }
  return new Uint8Array(doubles.buffer)
}

export function* freshIn(blob: Blob): Generator<{ readonly meter: number; readonly figures: Float64Array }> {
  const doubles = doublesIn(blob)
  for (let place = 0; place < doubles.length; ) {
    const [meter = 0, length = 0] = [doubles[place], doubles[place + 1]]
    yield { meter, figures: doubles.subarray(place + 2, place + 2 + length) }
    place += 2 + length
  }
}

function doublesIn(given: Blob): Float64Array {
  const blob = given.byteOffset % 8 === 0 ? given : given.slice()
  return new Float64Array(blob.buffer, blob.byteOffset, blob.byteLength / 8)
}
