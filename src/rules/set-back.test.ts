import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSetBacks, type LateArrivals } from './set-back.ts'

const METER = 0
type Late = readonly [at: number, receivedAt: number]

/** Instants in seconds. */
const speaking = (readings: readonly Late[]) => {
  const setBacks = createSetBacks([])
  return readings.map(([at, receivedAt]) => setBacks.isSpeaking(METER, at * 1_000, receivedAt * 1_000))
}

it('a clock that was set back an hour goes on as ours does: from the second arrival on its device speaks', () => {
  const each15min: Late[] = [0, 900, 1_800, 2_700].map((second) => [second, 3_600 + second])
  expect(speaking(each15min)).toEqual([false, true, true, true])
})

it('of a device that says something each ten seconds, a minute is waited for', () => {
  const readings = Array.from({ length: 12 }, (_, n): Late => [10 * n, 3_600 + 10 * n])
  expect(speaking(readings)).toEqual([...Array(7).fill(false), ...Array(5).fill(true)])
})

it('a backlog that is delivered again in a burst is nobody speaking, in one commit or in several', () => {
  const burst = (apartS: number) => [0, 900, 1_800, 2_700].map((at, n): Late => [at, 90_000 + n * apartS])
  for (const apartS of [0, 1, 10, 60]) expect(speaking(burst(apartS))).toEqual(Array(4).fill(false))
})

it('one message delivered again and again is nobody speaking', () => {
  for (const apartS of [1, 30, 61, 79, 300, 3_600]) {
    const again = Array.from({ length: 20 }, (_, n): Late => [100, 90_000 + n * apartS])
    expect(speaking(again), `every ${apartS} s`).toEqual(Array(20).fill(false))
  }
})

it('with what was stored before in each arrival, the newest of them tells', () => {
  const upload = (day: number): Late[] =>
    [0, 20_000, 40_000, 64_800].map((second) => [86_400 * day + second, 86_400 * (day + 5) + 70_000])
  expect(
    speaking([...upload(0), ...upload(1), ...upload(2)])
      .map((is, n) => (is ? n : -1))
      .filter((n) => n >= 0),
  ).toEqual([7, 11])
})

it('a reading in time ends it: what is late then is held against nothing from before', () => {
  const setBacks = createSetBacks([])
  expect(setBacks.isSpeaking(METER, 0, 3_600_000)).toBe(false)
  setBacks.inTime(METER)
  expect(setBacks.takeChanged()).toEqual([[METER, null]])
  expect(setBacks.isSpeaking(METER, 900_000, 4_500_000)).toBe(false)
})

it('resumed from what was kept at any reading it goes on as if it had never stopped', () => {
  const anyLate = fc.tuple(fc.nat(4), fc.nat(400)).map(([steps, waitS]) => ({ steps, waitS }))
  fc.assert(
    fc.property(fc.array(anyLate, { maxLength: 30 }), (beats) => {
      const whole = createSetBacks([])
      let rows: [number, LateArrivals][] = []
      let [at, now] = [0, 100_000]
      for (const { steps, waitS } of beats) {
        at += steps * 100_000
        now += waitS * 1_000
        const resumed = createSetBacks(rows)
        expect(resumed.isSpeaking(METER, at, now)).toBe(whole.isSpeaking(METER, at, now))
        rows = JSON.parse(JSON.stringify(resumed.takeChanged()))
      }
    }),
  )
})
