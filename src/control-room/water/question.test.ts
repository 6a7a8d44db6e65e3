import { expect, it } from 'vitest'
import { below, questionOf } from './question.ts'

const NOW = Date.parse('2026-11-22T15:30:00+08:00')
const of = (address: string) => questionOf(new URLSearchParams(address), NOW, 'Asia/Shanghai')

it('asks for today by the hour, up to the hour under way, unless told', () => {
  expect(of('').asked).toEqual({
    step: 'hour',
    by: 'institution',
    from: '2026-11-21T16:00:00.000Z',
    to: '2026-11-22T08:00:00.000Z',
  })
})

it('goes down from the site to a meter, a click a level', () => {
  expect(of('').rows).toBe('institution')
  expect(of('institution=school')).toMatchObject({ rows: 'building', asked: { institution: 'school' } })
  expect(of('institution=school&building=hall')).toMatchObject({
    rows: 'device',
    choices: ['device', 'interval'],
  })
  expect(of('device=meter-1')).toMatchObject({ rows: 'interval', asked: { by: 'device', device: 'meter-1' } })
  expect(below('building', 'hall')).toEqual({ building: 'hall', by: undefined })
})

it('rows that make no sense there fall back to what does', () => {
  expect(of('institution=school&by=institution').rows).toBe('building')
  expect(of('by=interval')).toMatchObject({ rows: 'interval', asked: { by: 'institution' } })
})
