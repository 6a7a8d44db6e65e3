import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWakeUps } from './wake-ups.ts'

const SUBJECTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

it('whatever was asked for and put off, subjects wake in the order of their last wish, ties in their own order', () => {
  const wish = fc.tuple(fc.constantFrom(...SUBJECTS), fc.option(fc.nat(20), { nil: undefined }))
  fc.assert(
    fc.property(fc.array(wish), fc.nat(20), (wishes, now) => {
      const wakeUps = createWakeUps(SUBJECTS)
      for (const [subject, at] of wishes) wakeUps.set(subject, at)
      const last = new Map(wishes)
      const wanted = SUBJECTS.filter((subject) => (last.get(subject) ?? Number.POSITIVE_INFINITY) <= now)
      wanted.sort((a, b) => (last.get(a) ?? 0) - (last.get(b) ?? 0))
      const woken: (string | undefined)[] = []
      for (let due = wakeUps.takeDue(now); due !== undefined; due = wakeUps.takeDue(now)) woken.push(due)
      expect(woken).toEqual(wanted)
    }),
  )
})

it('a wake-up that is put off a million times takes one place', () => {
  const wakeUps = createWakeUps(SUBJECTS)
  for (let at = 0; at < 1_000_000; at++) wakeUps.set('a', at)
  expect(wakeUps.size).toBe(1)
  expect(wakeUps.takeDue(999_998)).toBeUndefined()
  expect(wakeUps.takeDue(999_999)).toBe('a')
})
