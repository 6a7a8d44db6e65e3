import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWakeUps, NEVER } from './wake-ups.ts'

const SEATS = 7

it('whatever was asked for and put off, seats wake in the order of their last wish, ties in their own order', () => {
  const wish = fc.tuple(fc.nat(SEATS - 1), fc.option(fc.nat(20), { nil: NEVER }))
  fc.assert(
    fc.property(fc.array(wish), fc.nat(20), fc.array(wish), (wishes, now, later) => {
      const wakeUps = createWakeUps(SEATS)
      const last = new Map<number, number>()
      const taken = (until: number) => {
        const woken: number[] = []
        for (let due = wakeUps.takeDue(until); due >= 0; due = wakeUps.takeDue(until)) woken.push(due)
        return woken
      }
      const wanted = (until: number) =>
        [...last]
          .filter(([, at]) => at <= until && at !== NEVER)
          .toSorted(([seat, at], [otherSeat, other]) => at - other || seat - otherSeat)
          .map(([seat]) => seat)
      for (const [seat, at] of wishes) {
        wakeUps.set(seat, at, at)
        last.set(seat, at)
      }
      const first = wanted(now)
      expect(taken(now)).toEqual(first)
      for (const seat of first) last.delete(seat)
      for (const [seat, at] of later) {
        wakeUps.set(seat, at, at)
        last.set(seat, at)
      }
      expect(taken(20)).toEqual(wanted(20))
    }),
  )
})

it('a wake-up that is put off a million times takes one place', () => {
  const wakeUps = createWakeUps(SEATS)
  for (let at = 0; at < 1_000_000; at++) wakeUps.set(3, at, at)
  expect(wakeUps.size).toBe(1)
  expect(wakeUps.takeDue(999_998)).toBe(-1)
  expect(wakeUps.takeDue(999_999)).toBe(3)
})
