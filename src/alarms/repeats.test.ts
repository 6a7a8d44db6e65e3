import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Alarm } from '../model/alarm.ts'
import { isUnanswered, next, raise } from './lifecycle.ts'
import { foldedRepeats, UNANSWERED_MOST } from './repeats.ts'

const because = { code: 'above-for', figures: {} }
const came = (at: number, more: Partial<Alarm> = {}): Alarm => {
  const about = { rule: 'r', fault: 'r', subject: 'meter-1', device: 'meter-1', severity: 'low' } as const
  return raise({
    id: `a-${at}`,
    ...about,
    place: { institution: 'school' },
    raisedAt: at,
    learnedAt: at,
    because,
    ...more,
  })
}
const wentAt = (at: number, more: Partial<Alarm> = {}) =>
  next(came(at, more), { is: 'clear', at: at + 5, because })

it('a few that nobody answered stay as they are', () => {
  const few = Array.from({ length: UNANSWERED_MOST }, (_, i) => wentAt(i * 10))
  expect(foldedRepeats(few)).toBeUndefined()
})

it('of one more the second joins the first, which knows how many it stands for and when the first and the last came', () => {
  const many = Array.from({ length: UNANSWERED_MOST + 2 }, (_, i) => wentAt(i * 10))
  const folded = foldedRepeats(many)
  expect(folded?.standing).toMatchObject({
    id: 'a-0',
    state: 'cleared-unacknowledged',
    raisedAt: 0,
    repeats: { count: 2, firstAt: 10, lastAt: 20 },
  })
  expect(folded?.repeats).toMatchObject([
    { id: 'a-10', state: 'cleared', raisedAt: 10, clearedAt: 15, repeatOf: 'a-0' },
    { id: 'a-20', state: 'cleared', raisedAt: 20, clearedAt: 25, repeatOf: 'a-0' },
  ])
})

it('what is active, or was seen, is never folded away', () => {
  const seen = next(wentAt(0), { is: 'acknowledge', at: 7, by: 'li' })
  const rest = Array.from({ length: UNANSWERED_MOST }, (_, i) => wentAt(10 + i * 10))
  expect(foldedRepeats([seen, ...rest, came(1_000)])).toBeUndefined()
  for (const alarm of [seen, came(1_000)]) expect(next(alarm, { is: 'repeat', of: 'a-10' })).toBe(alarm)
})

it('a latched one stays until a person lets it go, and what it stands for ended when its condition was over', () => {
  const latched = Array.from({ length: UNANSWERED_MOST + 1 }, (_, i) => wentAt(i * 10, { latching: true }))
  const folded = foldedRepeats(latched)
  expect(folded?.standing).toMatchObject({ state: 'active-unacknowledged', repeats: { count: 1 } })
  expect(folded?.repeats).toMatchObject([{ state: 'cleared', clearedAt: 15, repeatOf: 'a-0' }])
})

it('however often it comes, and whenever somebody answers, few wait and none is lost count of', () => {
  const steps = fc.array(fc.constantFrom('comes', 'comes', 'comes', 'comes', 'answered'), { maxLength: 200 })
  fc.assert(
    fc.property(steps, (deeds) => {
      const book = new Map<string, Alarm>()
      const waiting = () => [...book.values()].filter(isUnanswered)
      deeds.forEach((deed, i) => {
        if (deed === 'comes') book.set(`a-${i}`, wentAt(i, { id: `a-${i}` }))
        const [first] = waiting()
        if (deed === 'answered' && first)
          book.set(first.id, next(first, { is: 'acknowledge', at: i, by: 'li' }))
        const folded = foldedRepeats(waiting())
        for (const alarm of [...(folded?.repeats ?? []), ...(folded ? [folded.standing] : [])])
          book.set(alarm.id, alarm)
        expect(waiting().length).toBeLessThanOrEqual(UNANSWERED_MOST)
      })
      for (const { id, repeats } of book.values()) {
        const own = [...book.values()].filter(({ repeatOf }) => repeatOf === id)
        expect(repeats?.count ?? 0).toBe(own.length)
        if (repeats) expect(repeats.lastAt).toBe(Math.max(...own.map(({ raisedAt }) => raisedAt)))
      }
    }),
  )
})
