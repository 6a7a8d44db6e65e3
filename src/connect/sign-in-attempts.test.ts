import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { signInAttempts } from './sign-in-attempts.ts'

const NAT = '10.0.0.1'
const times = (count: number, task: (i: number) => void) => {
  for (let i = 0; i < count; i++) task(i)
}

it('lets a wrong password be tried four times, then makes it wait ever longer, up to five minutes', () => {
  const clock = handClock(1_000_000)
  const attempts = signInAttempts(clock)
  times(4, () => attempts.failed(NAT, 'meter-1'))
  expect(attempts.waitMs(NAT, 'meter-1')).toBe(0)
  const waits = [1, 2, 3, 4].map(() => {
    attempts.failed(NAT, 'meter-1')
    return attempts.waitMs(NAT, 'meter-1')
  })
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000])
  times(40, () => attempts.failed(NAT, 'meter-1'))
  expect(attempts.waitMs(NAT, 'meter-1')).toBe(300_000)
  clock.pass(299_999)
  expect(attempts.waitMs(NAT, 'meter-1')).toBe(1)
  clock.pass(1)
  expect(attempts.waitMs(NAT, 'meter-1')).toBe(0)
})

it('holds up neither the neighbours behind the same address nor the same name elsewhere', () => {
  const attempts = signInAttempts(handClock(1_000_000))
  times(20, () => attempts.failed(NAT, 'meter-1'))
  expect(attempts.waitMs(NAT, 'meter-2')).toBe(0)
  expect(attempts.waitMs('10.0.0.2', 'meter-1')).toBe(0)
})

it('holds up an address that guesses at many names', () => {
  const attempts = signInAttempts(handClock(1_000_000))
  times(100, (i) => attempts.failed(NAT, `meter-${i}`))
  expect(attempts.waitMs(NAT, 'never-tried')).toBe(1_000)
  expect(attempts.waitMs('10.0.0.2', 'never-tried')).toBe(0)
})

it('forgets failures after success, and after a quarter of an hour without another', () => {
  const clock = handClock(1_000_000)
  const attempts = signInAttempts(clock)
  times(6, () => attempts.failed(NAT, 'meter-1'))
  attempts.succeeded(NAT, 'meter-1')
  expect(attempts.waitMs(NAT, 'meter-1')).toBe(0)
  times(4, () => attempts.failed(NAT, 'meter-1'))
  clock.pass(900_000)
  attempts.failed(NAT, 'meter-1')
  expect(attempts.waitMs(NAT, 'meter-1')).toBe(0)
})

it('remembers a bounded number, and forgets first who was quiet longest', () => {
  const attempts = signInAttempts(handClock(1_000_000))
  attempts.failed('busy', 'meter-1')
  times(6, () => attempts.failed('quiet', 'meter-1'))
  times(2_000, (i) => attempts.failed(`before-${i}`, 'meter-1')) // two entries each
  times(6, () => attempts.failed('busy', 'meter-1'))
  times(3_500, (i) => attempts.failed(`after-${i}`, 'meter-1'))
  expect(attempts.waitMs('quiet', 'meter-1')).toBe(0)
  expect(attempts.waitMs('busy', 'meter-1')).toBeGreaterThan(0)
})

it('looks at one name from one address once at a time, and at others meanwhile', async () => {
  const attempts = signInAttempts(handClock(1_000_000))
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const looked: string[] = []
  const look = (name: string, until: Promise<void>) => async () => {
    looked.push(name)
    await until
  }
  const one = attempts.inTurn(NAT, 'meter-1', look('one', first.promise))
  const two = attempts.inTurn(NAT, 'meter-1', look('two', second.promise))
  await attempts.inTurn(NAT, 'meter-2', look('another', Promise.resolve()))
  expect(looked).toEqual(['one', 'another'])
  first.reject(new Error('wrong credentials'))
  await expect(one).rejects.toThrow('wrong credentials')
  second.resolve()
  await two
  expect(looked).toEqual(['one', 'another', 'two'])
})
