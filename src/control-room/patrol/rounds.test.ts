import { expect, it } from 'vitest'
import { dueIn } from './rounds.ts'

const at = (text: string) => Date.parse(`2026-11-22T${text}:00+08:00`)
const visits = [
  { checkpoint: 'gate', offsetMinutes: 0 },
  { checkpoint: 'pump', offsetMinutes: 6 },
]
const due = (starts: { everyMinutes: number } | { at: string[] }, from: string, to: string) =>
  Object.fromEntries(dueIn({ id: 'r', name: 'r', visits, starts }, at(from), at(to), 'Asia/Shanghai'))

it('rounds every quarter of an hour are due from the midnight of the site', () => {
  expect(due({ everyMinutes: 15 }, '10:05', '10:40')).toEqual({
    gate: [at('10:15'), at('10:30')],
    pump: [at('10:06'), at('10:21'), at('10:36')],
  })
})

it('rounds at listed times; one that began before the window is still under way in it', () => {
  expect(due({ at: ['08:00', '20:00'] }, '20:03', '20:30')).toEqual({ gate: [], pump: [at('20:06')] })
})
