import { expect, it } from 'vitest'
import { assertPassword } from '../../operations/accounts.ts'
import { madeUpPassword } from './made-up-password.ts'

it('a made-up password is one that the gateway takes, in groups that can be read out', () => {
  const password = madeUpPassword()
  expect(() => assertPassword(password, 'wang')).not.toThrow()
  expect(password).toMatch(/^([a-km-np-z2-9]{4}-){4}[a-km-np-z2-9]{4}$/)
})

it('no two are the same, and each sign is as likely as another', () => {
  const made = Array.from({ length: 2_000 }, madeUpPassword)
  expect(new Set(made).size).toBe(made.length)
  const times = new Map<string, number>()
  for (const sign of made.join('').replaceAll('-', '')) times.set(sign, (times.get(sign) ?? 0) + 1)
  expect(times.size).toBe(32)
  const expected = (made.length * 20) / 32
  // Eight standard deviations: it never happens to signs that are chosen evenly, and at once to a bias of a quarter
  for (const [sign, count] of times)
    expect(Math.abs(count - expected), sign).toBeLessThan(8 * Math.sqrt(expected))
})
