import { describe, expect, it } from 'vitest'
import { begun, ended, firstRounds, nextEnd, placeOf, type RoundOptions } from './patrol-rounds.ts'

const MINUTE_MS = 60_000

const options = (timeZone: string, starts: RoundOptions['plan']['starts']): RoundOptions => ({
  plan: {
    timeZone,
    starts,
    visits: [
      { checkpoint: 'a', offsetMs: 2 * MINUTE_MS },
      { checkpoint: 'b', offsetMs: 10 * MINUTE_MS },
    ],
    lengthMs: 10 * MINUTE_MS,
  },
  earlyMs: MINUTE_MS,
  missAfterMs: 5 * MINUTE_MS,
  repeatMs: MINUTE_MS,
  graceMs: 0,
})

const at = (zoned: string) => Temporal.ZonedDateTime.from(zoned).epochMilliseconds

/** Local times at which the rounds of that day started, each judged once, by its own wake-up. */
function startsOn(date: string, timeZone: string, starts: RoundOptions['plan']['starts']): string[] {
  const own = options(timeZone, starts)
  const day = Temporal.PlainDate.from(date)
  const midnight = day.toZonedDateTime(timeZone).epochMilliseconds
  const next = day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds
  const found: number[] = []
  let state = firstRounds(own, midnight - 2 * MINUTE_MS)
  for (;;) {
    const wake = nextEnd(state, own)
    const { state: left, over } = ended(state, wake, own)
    state = left
    for (const { start } of over) {
      if (start >= next) {
        return found.map((instant) =>
          Temporal.Instant.fromEpochMilliseconds(instant)
            .toZonedDateTimeISO(timeZone)
            .toPlainTime()
            .toString({ smallestUnit: 'minute' }),
        )
      }
      found.push(start)
    }
  }
}

describe('the rounds of a route', () => {
  it('have an hour less where the clock is put forward, and an hour more where it is put back', () => {
    const hourly = { everyMinutes: 60 }
    expect(startsOn('2026-03-28', 'Europe/Berlin', hourly)).toHaveLength(24)
    expect(startsOn('2026-03-29', 'Europe/Berlin', hourly)).toHaveLength(23)
    expect(startsOn('2026-10-25', 'Europe/Berlin', hourly)).toHaveLength(25)
  })

  it('a listed time that the clock skips is walked after it, one that comes twice is walked once', () => {
    const night = { at: ['02:30', '23:55'] }
    expect(startsOn('2026-03-29', 'Europe/Berlin', night)).toEqual(['03:30', '23:55'])
    expect(startsOn('2026-10-25', 'Europe/Berlin', night)).toEqual(['02:30', '23:55'])
  })

  it('two listed times that become the same instant are one round', () => {
    const night = { at: ['02:30', '03:30'] }
    expect(startsOn('2026-03-29', 'Europe/Berlin', night)).toEqual(['03:30'])
  })

  it('go over midnight and the end of a month', () => {
    const own = options('Asia/Shanghai', { at: ['23:55'] })
    const state = firstRounds(own, at('2026-02-28T20:00[Asia/Shanghai]'))
    const { open } = begun(state, at('2026-02-28T23:57[Asia/Shanghai]'), own)
    expect(open.map(({ start }) => start)).toEqual([at('2026-02-28T23:55[Asia/Shanghai]')])
    const read = at('2026-03-01T00:06[Asia/Shanghai]')
    expect(placeOf(open, 'b', read, own)).toEqual({ round: 0, visit: 1 })
    expect(nextEnd(begun(state, read, own), own)).toBe(at('2026-03-01T00:10[Asia/Shanghai]'))
  })

  it('a read is the visit whose plan is nearest, of the round before where that is still without it', () => {
    const own = options('Asia/Shanghai', { everyMinutes: 10 })
    const start = at('2026-03-01T08:00[Asia/Shanghai]')
    const { open } = begun(firstRounds(own, start - MINUTE_MS), start + 12 * MINUTE_MS, own)
    expect(open.map((round) => (round.start - start) / MINUTE_MS)).toEqual([0, 10])
    expect(placeOf(open, 'b', start + 12 * MINUTE_MS, own)).toEqual({ round: 0, visit: 1 })
    expect(placeOf(open, 'a', start + 11 * MINUTE_MS, own)).toEqual({ round: 1, visit: 0 })
    const made = open.map((round, nth) =>
      nth === 0 ? { ...round, made: [null, { at: start + 12 * MINUTE_MS, by: '' }] } : round,
    )
    expect(placeOf(made, 'b', start + 12 * MINUTE_MS + 30_000, own), 'it repeats that visit').toBeUndefined()
    expect(placeOf(made, 'b', start + 14 * MINUTE_MS, own)).toEqual({ round: 1, visit: 1 })
    expect(placeOf(open, 'stranger', start + 11 * MINUTE_MS, own)).toBeUndefined()
  })
})
