import { expect, it } from 'vitest'
import { nightQuestionOf } from './night-question.ts'

const of = (address: string, now: string) =>
  nightQuestionOf(new URLSearchParams(address), Date.parse(`${now}+08:00`), 'Asia/Shanghai')

it('asks for last night and the fortnight before it', () => {
  const { first, last, days, asked } = of('', '2026-11-22T09:00')
  expect([first, last, days.length]).toEqual(['2026-11-08', '2026-11-22', 15])
  expect(asked).toEqual({
    by: 'institution',
    from: '2026-11-07T16:00:00.000Z',
    to: '2026-11-22T16:00:00.000Z',
  })
})

it('a night that is not over is not yet asked for', () => {
  expect(of('', '2026-11-22T03:59').last).toBe('2026-11-21')
  expect(of('to=2026-12-31', '2026-11-22T09:00').last).toBe('2026-11-22')
})

it('asks for no more nights than the gateway tells at once', () => {
  const { days, first } = of('from=2026-01-01&to=2026-11-22', '2026-11-22T09:00')
  expect([days.length, first]).toEqual([62, '2026-09-22'])
})

it('goes down to buildings and meters', () => {
  expect(of('institution=school', '2026-11-22T09:00').asked).toMatchObject({
    by: 'building',
    institution: 'school',
  })
  expect(of('institution=school&building=hall', '2026-11-22T09:00').asked).toMatchObject({
    by: 'device',
    building: 'hall',
  })
})
