/** Places for tests of vehicles, metres from a corner of a home yard of 200 m; flat is good enough there. */
import type { Reading } from '../../src/model/reading.ts'
import type { Area } from '../../src/rules/areas.ts'

const METRES_A_DEGREE = 111_195
const LAT = 30
const EAST = METRES_A_DEGREE * Math.cos((LAT * Math.PI) / 180)

/** Metres east and north of the yard's south-west corner. */
export const place = (eastM: number, northM = 100) => ({
  lon: 120 + eastM / EAST,
  lat: LAT + northM / METRES_A_DEGREE,
})

type Mark = Pick<Reading, 'values' | 'doubts'>

/** A fix there, with whatever else the tracker says. */
export const at = (eastM: number, more: Reading['values'] = {}): Mark => ({
  values: { ...place(eastM), ...more },
})

export function square(id: string, eastM: number, northM: number, sizeM: number): Area {
  const [low, high] = [place(eastM, northM), place(eastM + sizeM, northM + sizeM)]
  return {
    id,
    box: [low.lon, low.lat, high.lon, high.lat],
    rings: [
      [
        [low.lon, low.lat],
        [high.lon, low.lat],
        [high.lon, high.lat],
        [low.lon, high.lat],
        [low.lon, low.lat],
      ],
    ],
  }
}

export const YARD = square('yard', 0, 0, 200)

/** What a receiver says that has no satellites. */
export const NO_FIX: Mark = { values: { lon: 0, lat: 0 } }
/** 40 km away and back: a jump. */
export const JUMP: Mark = at(40_000)
